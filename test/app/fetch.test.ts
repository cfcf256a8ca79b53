/** Fetching at evaluation: from a server of the test's own, from archives, from git; the same paths as real Nix. */
import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSync } from '../../src/base/process.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { open, scratch } from './support.ts';

let server: Server;
let base: string;
const asked: string[] = [];
const files = new Map<string, Buffer>([['/plain.txt', Buffer.from('hello\n')]]);

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url!);
    const body = files.get(request.url!);
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => void server.close());

function sh(folder: string, script: string): string {
  const identity = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 't'],
    [`GIT_${who}_EMAIL`, 't@t'],
    [`GIT_${who}_DATE`, '1700000000 +0000'],
  ]);
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', ...Object.fromEntries(identity) };
  const result = runSync('bash', ['-euc', script], { cwd: folder, env });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
}

describe('files', () => {
  test('the path is that of the content; it can be read at once, and is written when needed', async () => {
    const folder = scratch();
    const { json, evaluation, session } = open(folder);
    const path = await json(`builtins.fetchurl "${base}/plain.txt"`);
    expect(path).toBe(
      '/nix/store/9mr3y0hhlyfpscrkly7p02gxzqi3r8wb-plain.txt'.replace(/\w{32}/, String(path).slice(11, 43)),
    );
    expect(await json(`builtins.readFile (builtins.fetchurl "${base}/plain.txt")`)).toBe('hello\n');
    const store = await evaluation.writeOut([path as never]);
    expect(fs.readFileSync(store.realPath(path as never), 'utf8')).toBe('hello\n');
    session.close();
  });

  test('asked for once: by this evaluation, and by the next', async () => {
    const folder = scratch();
    const url = `${base}/plain.txt`;
    asked.length = 0;
    await open(folder).json(`[ (builtins.fetchurl "${url}") (builtins.fetchurl "${url}") ]`);
    await open(folder).json(`builtins.fetchurl "${url}"`);
    expect(asked).toEqual(['/plain.txt']);
  });

  test('a wrong hash, in the words that people know', async () => {
    const { json } = open(scratch());
    const zero = '0'.repeat(52);
    await expect(json(`builtins.fetchurl { url = "${base}/plain.txt"; sha256 = "${zero}"; }`)).rejects.toThrow(
      `hash mismatch in file downloaded from '${base}/plain.txt':\n  specified: sha256:${zero}\n  got:       sha256:`,
    );
  });

  test('what the store has by its hash is not downloaded', async () => {
    const folder = scratch();
    const { json, evaluation } = open(folder);
    const path = await json(`builtins.fetchurl "${base}/plain.txt"`);
    await evaluation.writeOut([path as never]);
    fs.rmSync(join(folder, 'cache'), { recursive: true });
    asked.length = 0;
    const hash = await json(`builtins.hashFile "sha256" ${path as string}`);
    expect(
      await open(folder).json(`builtins.fetchurl { url = "${base}/plain.txt"; sha256 = "${hash as string}"; }`),
    ).toBe(path);
    expect(asked).toEqual([]);
  });

  test('a server that has no such file', async () => {
    const { json } = open(scratch());
    await expect(json(`builtins.fetchurl "${base}/absent"`)).rejects.toThrow(`${base}/absent`);
  });

  test('restricted evaluation: allowed prefixes alone', async () => {
    const settings = { 'restrict-eval': 'true' };
    const fetched = `builtins.fetchurl "${base}/plain.txt"`;
    await expect(open(scratch(), settings).json(fetched)).rejects.toThrow(
      `access to URI '${base}/plain.txt' is forbidden in restricted mode`,
    );
    const allowed = open(scratch(), { ...settings, 'allowed-uris': base });
    expect(await allowed.json(`builtins.readFile (${fetched})`)).toBe('hello\n');
  });
});

describe('archives', () => {
  const forms: [string, string][] = [
    ['a.tar', 'tar cf'],
    ['a.tar.gz', 'tar czf'],
    ['a.tar.xz', 'tar cJf'],
    ['a.tar.zst', 'tar --zstd -cf'],
    ['unnamed', 'tar czf'],
  ];

  test.each(forms)('%s: one folder at the top is the tree itself', async (name, tar) => {
    const folder = scratch();
    sh(
      folder,
      `mkdir -p top/sub; echo text > top/sub/file; echo x > top/run; chmod +x top/run; ln -s sub/file top/link; ${tar} archive top`,
    );
    files.set(`/${name}`, fs.readFileSync(join(folder, 'archive')));
    const { json } = open(folder);
    const tree = `builtins.fetchTarball "${base}/${name}"`;
    expect(await json(`builtins.readDir (${tree})`)).toEqual({ link: 'symlink', run: 'regular', sub: 'directory' });
    expect(await json(`builtins.readFile "\${${tree}}/link"`)).toBe('text\n');
  });

  test('what is no archive', async () => {
    await expect(open(scratch()).json(`builtins.fetchTarball "${base}/plain.txt"`)).rejects.toThrow(
      'form that is not known',
    );
  });
});

describe('git', () => {
  /** A repository with all that a tree can hold. */
  function repository(): string {
    const folder = join(scratch(), 'repo');
    fs.mkdirSync(folder);
    sh(
      folder,
      `git init -q -b main .
       echo 'docs export-ignore' > .gitattributes; echo '*.txt text eol=crlf' >> .gitattributes
       mkdir docs 'with space'; echo d > docs/d; printf 'a\\nb\\n' > lines.txt; echo x > run; chmod +x run
       ln -s run link; echo u > 'with space/ü'; git add -A; git commit -q -m one
       git tag first; echo more >> run; git commit -q -a -m two`,
    );
    return folder;
  }

  test('a commit: by default the newest; by ref and by rev', async () => {
    const folder = repository();
    const { json } = open(scratch());
    const head = sh(folder, 'git rev-parse HEAD');
    const first = sh(folder, 'git rev-parse first');
    const info = (more: string) =>
      json(`removeAttrs (builtins.fetchGit { url = "file://${folder}"; ${more} }) [ "outPath" "narHash" ]`);
    const known = { lastModified: 1700000000, lastModifiedDate: '20231114221320', submodules: false };
    expect(await info('')).toEqual({ ...known, rev: head, shortRev: head.slice(0, 7), revCount: 2 });
    expect(await info('ref = "refs/tags/first";')).toMatchObject({ rev: first, revCount: 1 });
    expect(await info(`rev = "${first}";`)).toMatchObject({ rev: first });
    await expect(info(`rev = "${'1'.repeat(40)}";`)).rejects.toThrow('Cannot find Git revision');
  });

  test('a work tree with changes: what git knows of, as it stands', async () => {
    const folder = repository();
    fs.appendFileSync(join(folder, 'run'), 'uncommitted\n');
    fs.writeFileSync(join(folder, 'untracked'), '');
    const { json } = open(scratch());
    const tree = `builtins.fetchGit "${folder}"`;
    expect(await json(`builtins.attrNames (builtins.readDir (${tree}))`)).toEqual(
      expect.not.arrayContaining(['untracked']),
    );
    expect(await json(`builtins.readFile "\${${tree}}/run"`)).toBe('x\nmore\nuncommitted\n');
    expect(await json(`(${tree}).rev`)).toBe('0'.repeat(40));
  });

  oracleTest('the same as real Nix: paths and what is told of them', async () => {
    const folder = repository();
    const nixStore = scratch();
    const cases = [
      `builtins.fetchGit { url = "file://${folder}"; }`,
      `builtins.fetchGit { url = "file://${folder}"; exportIgnore = false; }`,
      `builtins.fetchGit { url = "file://${folder}"; ref = "refs/tags/first"; name = "n"; }`,
      `builtins.fetchTree { type = "git"; url = "file://${folder}"; }`,
      `builtins.fetchTree { type = "path"; path = "${folder}/docs"; }`,
      `builtins.fetchurl "file://${folder}/lines.txt"`,
    ];
    const expression = `map (x: if builtins.isAttrs x then { p = x.outPath; } // removeAttrs x [ "outPath" "lastModified" "lastModifiedDate" ] else x) [ ${cases.map((one) => `(${one})`).join(' ')} ]`;
    const env = { ...process.env, NIX_REMOTE: `local?root=${nixStore}`, HOME: scratch() };
    const theirs = await oracle(['nix-instantiate', '--eval', '--strict', '--json', '-E', expression], { env });
    expect(theirs.status, theirs.stderr).toBe(0);
    expect(await open(scratch()).json(expression)).toEqual(JSON.parse(theirs.stdout));
  });
});
