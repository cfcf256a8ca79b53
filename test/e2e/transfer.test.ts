/** `copy`, `sign`, `key`, `serve`, `export` and `import`, as they are typed. */
import * as fs from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ended, start } from '../../src/base/process.ts';
import { removeTree } from '../../src/store/index.ts';
import { program } from '../support/program.ts';
import { writeLibrary } from './builds.ts';
import { Place } from './support.ts';

const place = new Place();

async function sysbuild(...words: string[]) {
  const result = await place.run(words);
  expect(result, result.stderr).toMatchObject({ status: 0 });
  return result.stdout.trim();
}

/** A source of this text in store `a`. */
async function added(name: string): Promise<string> {
  const file = place.write(name, `the text of ${name}`);
  return sysbuild('store', 'add', file, '--store', place.at('a'));
}

async function serving(...words: string[]): Promise<{ url: string; keys: string[] }> {
  const child = start(program, ['serve', '--listen', '127.0.0.1:0', '--store', place.at('a'), ...words], {
    cwd: place.folder,
    env: place.env(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const end = ended(child, program);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    expect(await end).toEqual({ status: 0, signal: null });
  });
  let text = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    // The address, then a line for each key; they may come in one chunk or in two.
    if (text.split('\n').length > (words.includes('--secret-key-files') ? 2 : 1)) break;
  }
  const [url, ...keys] = text.trim().split('\n');
  return { url: url!, keys };
}

const content = (store: string, path: string): string => fs.readFileSync(place.at(store) + path, 'utf8');

test('a key is made, and never replaced', async () => {
  await sysbuild('key', 'generate', 'e2e-1', '-o', 'key');
  expect(fs.statSync(place.at('key')).mode & 0o777).toBe(0o600);
  const publicKey = await sysbuild('key', 'public', 'key');
  expect(publicKey).toMatch(/^e2e-1:/);
  const again = await place.run(['key', 'generate', 'e2e-1', '-o', 'key']);
  expect(again).toMatchObject({ status: 64, stderr: expect.stringContaining('cannot be written') });
  expect(await sysbuild('key', 'public', 'key')).toBe(publicKey);
  const path = await added('signed');
  expect(await sysbuild('sign', path, '--key-file', 'key', '--store', place.at('a'))).toBe('1 path signed');
  expect(await sysbuild('sign', path, '--key-file', 'key', '--store', place.at('a'))).toBe('0 paths signed');
  // Without a named key, that of the store signs too.
  expect(await sysbuild('sign', path, '--store', place.at('a'))).toBe('1 path signed');
});

describe('copies', () => {
  test('through a folder, from and to another store', async () => {
    const path = await added('through-a-folder');
    const cache = `file://${place.at('cache')}`;
    expect(await sysbuild('copy', path, '--to', cache, '--store', place.at('a'))).toBe('1 path copied');
    expect(await sysbuild('copy', path, '--to', cache, '--store', place.at('a'))).toBe('0 paths copied');
    expect(await sysbuild('copy', path, '--from', cache, '--store', place.at('b'))).toBe('1 path copied');
    expect(content('b', path)).toBe('the text of through-a-folder');
    expect(await sysbuild('copy', path, '--from', place.at('a'), '--store', place.at('c'))).toBe('1 path copied');
    expect(content('c', path)).toBe('the text of through-a-folder');
  });

  test('through a server, and up to it with a token', async () => {
    place.write('token', 'e2e-token\n');
    const { url, keys } = await serving('--upload-token-file', 'token', '--secret-key-files', 'key');
    expect(keys).toEqual([expect.stringMatching(/^e2e-1:/)]);
    const path = await added('through-a-server');
    expect(await sysbuild('copy', path, '--from', url, '--store', place.at('d'))).toBe('1 path copied');
    expect(content('d', path)).toBe('the text of through-a-server');
    const file = place.write('sent', 'the text of sent');
    const sent = await sysbuild('store', 'add', file, '--store', place.at('d'));
    const refused = await place.run(['copy', sent, '--to', url, '--store', place.at('d')]);
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('a token is needed') });
    const words = ['copy', sent, '--to', url, '--store', place.at('d'), '--token-file', 'token'];
    expect(await sysbuild(...words)).toBe('1 path copied');
    expect(content('a', sent)).toBe('the text of sent');
  });

  test('from a dead cache fail with its reason, once', async () => {
    const path = await added('from-nowhere');
    const result = await place.run(['copy', path, '--from', 'http://127.0.0.1:1', '--store', place.at('e')]);
    expect(result.status).toBe(1);
    expect(result.stderr.match(/refuses connections/g)).toHaveLength(1);
  });

  test.each([[], ['--to', 'x', '--from', 'y'], ['--to', 'ftp://x']])('%j makes no sense', async (...words) => {
    const path = await added('nonsense');
    const { status } = await place.run(['copy', path, '--store', place.at('a'), ...words]);
    expect([1, 64]).toContain(status);
  });
});

describe('files', () => {
  test.each(['tar', 'nix'])('of the form %s go out and in', async (format) => {
    const path = await added(`as-${format}`);
    await sysbuild('export', path, '--format', format, '-o', `${format}.out`, '--store', place.at('a'));
    expect(fs.readdirSync(place.folder).filter((name) => name.includes('.part'))).toEqual([]);
    expect(await sysbuild('import', `${format}.out`, '--store', place.at(`in-${format}`))).toBe(path);
    expect(content(`in-${format}`, path)).toBe(`the text of as-${format}`);
    const bytes = fs.readFileSync(place.at(`${format}.out`));
    fs.writeFileSync(place.at('cut'), bytes.subarray(0, bytes.length / 2));
    const cut = await place.run(['import', 'cut', '--store', place.at('cut-store')]);
    expect(cut).toMatchObject({ status: 1, stdout: '' });
    expect(cut.stderr).not.toContain('bug');
  });
});

test('the key of a store signs, and names the store for others; what is added says where it came from', async () => {
  const text = 'derivation { name = "signed"; system = builtins.currentSystem; builder = "/bin/sh"; }';
  const store = ['--store', place.at('signing')];
  const key = await sysbuild('key', 'public', ...store);
  expect(key).toMatch(/^[A-Za-z0-9.-]+:/);
  const path = await sysbuild('store', 'add', place.write('some', 'some text'), ...store);
  expect(await sysbuild('sign', path, ...store)).toBe('1 path signed');
  const [info] = JSON.parse(await sysbuild('store', 'path-info', path, '--json', ...store));
  expect(info.signatures).toEqual([expect.stringMatching(`^${key.split(':')[0]}:`)]);
  expect(info.provenance).toMatchObject([{ kind: 'source', details: { path: place.at('some') } }]);
  const drv = await sysbuild('instantiate', '-E', text, ...store);
  const [derivation] = JSON.parse(await sysbuild('store', 'path-info', drv, '--json', ...store));
  expect(derivation.provenance).toMatchObject([{ kind: 'evaluation', details: { of: [text] } }]);
});

test('a damaged path is found, and repaired from where it came', async () => {
  const store = ['--store', place.at('repairing')];
  const path = await sysbuild('store', 'add', place.write('whole', 'the text'), ...store);
  const real = place.at('repairing') + path;
  fs.chmodSync(real, 0o644);
  fs.writeFileSync(real, 'THE text');
  expect(await place.run(['store', 'verify', '--check-contents', ...store])).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('was changed'),
  });
  expect(JSON.parse(await sysbuild('store', 'verify', '--check-contents', '--repair', '--json', ...store))).toEqual({
    problems: [],
    repairs: [{ path, by: 'the file that it was added from', failures: [] }],
  });
  place.write('whole', 'changed');
  fs.rmSync(real);
  const failed = await place.run(['store', 'repair', path, ...store]);
  expect(failed).toMatchObject({ status: 1, stdout: `${path}: could not be repaired\n` });
});

test('a folder that is a cache is exported to, and imported from', async () => {
  const path = await added('cached');
  const exported = await sysbuild(
    'export',
    path,
    '--format',
    'cache',
    '-o',
    'stick',
    '--json',
    '--store',
    place.at('a'),
  );
  expect(JSON.parse(exported)).toEqual({ output: place.at('stick'), format: 'cache', paths: [path] });
  const imported = await sysbuild('import', 'stick', '--json', '--store', place.at('from-stick'));
  expect(JSON.parse(imported)).toEqual({ imported: [path], known: [] });
  expect(content('from-stick', path)).toBe('the text of cached');
});

test('what was built is signed, and built again when it is damaged', async () => {
  writeLibrary(place);
  place.write(
    'again.nix',
    `with import ./lib.nix; build "again" "mkdir $out; echo \${build "input" "echo x > $out"} > $out/file"`,
  );
  const store = ['--store', place.at('rebuilding')];
  const path = await sysbuild('build', 'again.nix', '--no-out-link', ...store);
  const [info] = JSON.parse(await sysbuild('store', 'path-info', path, '--json', ...store));
  expect(info.signatures).toEqual([
    expect.stringMatching(`^${(await sysbuild('key', 'public', ...store)).split(':')[0]}:`),
  ]);
  expect(info.provenance).toMatchObject([{ kind: 'build', details: { derivation: info.deriver } }]);
  removeTree(place.at('rebuilding') + path);
  const [repair] = JSON.parse(await sysbuild('store', 'repair', path, '--json', ...store));
  expect(repair).toEqual({ path, by: 'building it again', failures: [] });
  expect(await sysbuild('store', 'verify', '--check-contents', ...store)).toBe('all is well');
  expect(fs.readdirSync(place.at('rebuilding/nix/var/nix')).filter((name) => name.startsWith('repair-'))).toEqual([]);
});

test('questions about paths have verbs: outputs, sizes, trees, hash parts', async () => {
  const store = ['--store', place.at('asked')];
  const text =
    'let a = builtins.toFile "a" "x"; in derivation { name = "d"; system = builtins.currentSystem; builder = "/bin/sh"; inherit a; }';
  const drv = await sysbuild('instantiate', '-E', text, ...store);
  const [output] = JSON.parse(await sysbuild('store', 'outputs', drv, '--json', ...store));
  expect(output).toMatchObject({ drvPath: drv, outputName: 'out', valid: false });
  const [tree] = JSON.parse(await sysbuild('store', 'tree', drv, '--json', ...store));
  const [input] = tree.references;
  const [size] = JSON.parse(await sysbuild('store', 'size', drv, '--json', ...store));
  const [inputSize] = JSON.parse(await sysbuild('store', 'size', input.path, '--json', ...store));
  expect(size.closureSize).toBe(size.size + inputSize.size);
  const hashPart = drv.slice('/nix/store/'.length).split('-')[0]!;
  expect(await sysbuild('store', 'by-hash', hashPart, ...store)).toBe(drv);
  expect(await place.run(['store', 'by-hash', '0'.repeat(32), ...store])).toMatchObject({ status: 1, stdout: '' });
  expect(
    await sysbuild('store', 'add', '--mode', 'git', '--hash-algo', 'sha1', place.write('f', 'x'), ...store),
  ).toMatch(/-f$/);
});
