/** `build` and its neighbours with the real program: results, links, failures, interruptions. */
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeLibrary } from './builds.ts';
import { Place } from './support.ts';

const place = new Place();
const store = place.at('root');
const physical = (path: string): string => store + path.trim();
const call = { env: { SYSBUILD_STORE: store } };
const run = (...words: string[]) => place.run(words, call);
const ok = (...words: string[]) => place.ok(words, call);
const expression = (body: string): string[] => ['-E', `with import ./lib.nix; ${body}`];

beforeAll(() => writeLibrary(place));

describe('what is built', () => {
  test('the path on standard output, the counts on standard error, a link that keeps it', async () => {
    const result = await run('build', ...expression(`build "hello" "echo hi > $out"`));
    expect(result).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\/nix\/store\/\w{32}-hello\n$/) });
    expect(result.stderr).toMatch(/building \/nix\/store\/.*-hello\.drv\n1 built, 0 fetched, 0 reused in /);
    expect(fs.readFileSync(physical(result.stdout), 'utf8')).toBe('hi\n');
    expect(fs.readlinkSync(place.at('result'))).toBe(result.stdout.trim());
    expect(await ok('store', 'roots')).toContain(`${place.at('result')} (indirect) -> ${result.stdout}`);
    expect(await ok('gc')).not.toContain(result.stdout);
    expect((await run('build', ...expression(`build "hello" "echo hi > $out"`))).stderr).toBe('');
  });

  test('links are named by number and output', async () => {
    const two =
      'let d = n: buildWith { outputs = [ "out" "dev" ]; } n "mkdir $out $dev"; in [ (d "a") (d "a").dev (d "b") ]';
    const paths = (await ok('build', '-o', 'linked', ...expression(two))).trim().split('\n');
    const links = ['linked', 'linked-dev', 'linked-2'];
    expect(links.map((link) => fs.readlinkSync(place.at(link)))).toEqual(paths);
    await ok('build', '--no-out-link', ...expression(`build "c" "echo > $out"`));
    expect(fs.readdirSync(place.folder)).not.toContain('linked-3');
  });

  test('a derivation in the store, by its path', async () => {
    const two = 'buildWith { outputs = [ "out" "dev" ]; } "byPath" "echo 1 > $out; echo 2 > $dev"';
    const drvPath = (await ok('instantiate', ...expression(two))).trim();
    const paths = (await ok('build', '--no-out-link', drvPath, `${drvPath}!dev`)).trim().split('\n');
    expect(paths.map((path) => fs.readFileSync(physical(path), 'utf8'))).toEqual(['1\n', '2\n']);
    expect(await run('build', `${drvPath}!man`)).toMatchObject({ status: 1, stdout: '' });
  });

  test('paths of the machine, and features, that settings name', async () => {
    place.write('seen', 'from outside');
    const body = `buildWith { requiredSystemFeatures = [ "quick" ]; } "seen" "cat /opt/seen > $out; test ! -e /opt/none"`;
    const paths = `/opt/seen=${place.at('seen')} /opt/none=/no/such?`;
    const words = ['build', '--no-out-link', '--sandbox-paths', paths, ...expression(body)];
    expect(await run(...words)).toMatchObject({ status: 1, stderr: expect.stringContaining("it needs 'quick'") });
    const path = await ok(...words, '--system-features', 'quick');
    expect(fs.readFileSync(physical(path), 'utf8')).toBe('from outside');
  });

  test('--dry-run changes nothing, and says what is to be done', async () => {
    const body = `build "top" "cat \${build "below" "echo 1 > $out"} > $out"`;
    const result = await run('build', '--dry-run', ...expression(body));
    expect(result).toMatchObject({ status: 0, stdout: '' });
    expect(result.stderr).toMatch(/^these 2 derivations will be built:\n {2}.*-below\.drv\n {2}.*-top\.drv\n$/);
    const json = JSON.parse(await ok('build', '--dry-run', '--json', ...expression(body))) as Record<string, string[]>;
    expect(json['willBuild']).toHaveLength(2);
    expect(await ok('store', 'path-info')).not.toMatch(/-top\n/);
  });

  test('a rebuilt input with the same content: nothing after it is built', async () => {
    const body = (comment: string): string =>
      `floating "top" "cat \${floating "below" "echo same > $out # ${comment}"} > $out"`;
    const first = await run('build', '--no-out-link', ...expression(body('one')));
    expect(first.stderr).toMatch(/2 built/);
    const second = await run('build', '--no-out-link', ...expression(body('two')));
    expect(second.stderr).toMatch(/1 built/);
    expect(second.stdout).toBe(first.stdout);
  });

  test('evaluation reads what it had to build first', async () => {
    const body = `import (build "expression.nix" "echo 20 + 22 > $out")`;
    expect(await ok('eval', ...expression(body))).toBe('42\n');
    const forbidden = await run('eval', '--no-allow-import-from-derivation', ...expression(body.replace('22', '23')));
    expect(forbidden).toMatchObject({ status: 1, stdout: '' });
    expect(forbidden.stderr).toContain("because the option 'allow-import-from-derivation' is disabled");
  });

  test('--check: the same again, or 104', async () => {
    const stable = expression(`build "stable" "echo 1 > $out"`);
    await ok('build', '--no-out-link', ...stable);
    await ok('build', '--no-out-link', '--check', ...stable);
    const random = expression(`build "random" "cat /proc/sys/kernel/random/uuid > $out"`);
    await ok('build', '--no-out-link', ...random);
    expect(await run('build', '--no-out-link', '--check', ...random)).toMatchObject({ status: 104, stdout: '' });
  });

  test('progress as JSON: each line an event', async () => {
    const words = ['build', '--no-out-link', '--log-format', 'json'];
    const { stderr } = await run(...words, ...expression(`build "talks" "echo said; echo 1 > $out"`));
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toContainEqual(expect.objectContaining({ type: 'log', line: 'said' }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'stop', ok: true }));
  });

  test('the log of a build, by name and by result', async () => {
    const path = (
      await ok('build', '--no-out-link', ...expression(`build "logged" "echo told; echo 1 > $out"`))
    ).trim();
    expect(await ok('log', 'logged')).toBe('told\n');
    expect(await ok('log', path)).toBe('told\n');
    expect(await run('log', 'unheard')).toMatchObject({ status: 1 });
  });
});

describe('what fails', () => {
  const nothingHalfMade = async (name: string): Promise<void> => {
    expect(await ok('store', 'verify', '--check-contents')).toBe('all is well\n');
    expect(await ok('store', 'path-info')).not.toMatch(new RegExp(`-${name}\\n`));
  };

  test('a builder that fails: 100, with the end of its log', async () => {
    const result = await run('build', ...expression(`build "broken" "echo almost; false"`));
    expect(result).toMatchObject({ status: 100, stdout: '' });
    expect(result.stderr).toMatch(
      /error: the builder of 'broken' failed with exit status 1\n[\s\S]*> almost\n[\s\S]*\.drv/,
    );
    await nothingHalfMade('broken');
  });

  test('a wrong hash: 102, with both hashes; the bytes are not registered', async () => {
    const zero = `sha256-${'A'.repeat(43)}=`;
    const more = `{ outputHash = "${zero}"; outputHashAlgo = "sha256"; outputHashMode = "flat"; }`;
    const result = await run('build', ...expression(`buildWith ${more} "fixed" "echo 1 > $out"`));
    expect(result).toMatchObject({ status: 102, stdout: '' });
    expect(result.stderr).toContain(zero);
    expect(result.stderr).toMatch(/sha256-(?!AAAA)[A-Za-z0-9+/]{43}=/);
    await nothingHalfMade('fixed');
  });

  test('--keep-going builds what it can, and names every failure', async () => {
    const three = '[ (build "bad1" "false") (build "good" "echo 1 > $out") (build "bad2" "exit 3") ]';
    const result = await run('build', '--no-out-link', '--keep-going', '-j1', ...expression(three));
    expect(result.status).toBe(100);
    expect(result.stderr).toMatch(/bad1/);
    expect(result.stderr).toMatch(/bad2/);
    expect(await ok('store', 'path-info')).toMatch(/-good\n/);
  });

  test('a build that takes too long: 101', async () => {
    const result = await run('build', '--timeout', '1', ...expression(`build "slow" "sleep 60"`));
    expect(result).toMatchObject({ status: 101, stdout: '' });
    await nothingHalfMade('slow');
  });

  test('no network: the URL, the setting and what was tried', async () => {
    const url = 'mirror://debian/pool/x.deb';
    const body =
      `derivation { name = "x.deb"; system = "builtin"; builder = "builtin:fetchurl"; inherit url; url = "${url}";
      outputHash = "sha256-${'A'.repeat(43)}="; outputHashMode = "flat"; outputHashAlgo = "sha256"; }`.replace(
        'inherit url; ',
        '',
      );
    const result = await run('build', '--mirror-debian', 'http://127.0.0.1:9/debian', ...expression(body));
    expect(result).toMatchObject({ status: 100, stdout: '' });
    expect(result.stderr).toContain('http://127.0.0.1:9/debian/pool/x.deb');
    expect(result.stderr).toContain('mirror-debian');
    await nothingHalfMade('x.deb');
  });

  test('what is no derivation', async () => {
    expect(await run('build', '-E', '1')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('expression does not evaluate to a derivation'),
    });
  });

  test('Ctrl-C ends the builders, cleans up, and exits with 130', async () => {
    const began = place.start(['build', ...expression(`build "waits" "echo waiting; sleep 300"`), '-L'], call);
    while (!began.output().includes('waits> waiting')) await sleep(50);
    process.kill(began.child.pid!, 'SIGINT');
    expect(await began.end).toMatchObject({ status: 130 });
    expect(began.output()).toContain('interrupted');
    await nothingHalfMade('waits');
    expect(
      fs.readdirSync(`${store}/nix/store`).filter((name) => name.includes('waits') && !name.endsWith('.drv')),
    ).toEqual([]);
  });

  test('Ctrl-C during evaluation ends it at once', async () => {
    const began = place.start(
      ['eval', '-E', 'builtins.trace "begun" (let f = n: if n == 0 then 0 else f (n - 1) + f (n - 1); in f 60)'],
      call,
    );
    while (!began.output().includes('begun')) await sleep(50);
    process.kill(began.child.pid!, 'SIGINT');
    expect(await began.end).toMatchObject({ signal: 'SIGINT' });
  });
});

describe('the store', () => {
  test('two builds of the same thing at once: it is built once', async () => {
    const words = ['build', '--no-out-link', ...expression(`build "shared" "sleep 1; echo 1 > $out"`)];
    const both = await Promise.all([run(...words), run(...words)]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(both[0].stdout).toBe(both[1].stdout);
    expect(both.filter(({ stderr }) => stderr.includes('1 built'))).toHaveLength(1);
  });

  test('add, dump, references, copy, collect', async () => {
    place.write('tree/file', 'text');
    const added = (await ok('store', 'add', 'tree', '--name', 'source')).trim();
    expect(added).toMatch(/-source$/);
    expect(await ok('store', 'dump', added)).toContain('nix-archive-1');
    const top = (await ok('build', '--no-out-link', ...expression(`build "refers" "echo ${added} > $out"`))).trim();
    expect(await ok('store', 'references', top)).toBe('');
    const other = place.at('other');
    await ok('copy', top, '--to', other);
    expect(await place.ok(['--store', other, 'store', 'verify', '--check-contents'])).toBe('all is well\n');
    expect(fs.readFileSync(other + top, 'utf8')).toBe(`${added}\n`);
    expect(await ok('gc')).toContain(added);
    expect(fs.existsSync(store + added)).toBe(false);
  });

  test('damage is found and named', async () => {
    const path = (await ok('build', '--no-out-link', ...expression(`build "damaged" "echo 1 > $out"`))).trim();
    fs.chmodSync(physical(path), 0o644);
    fs.writeFileSync(physical(path), 'other');
    const result = await run('store', 'verify', '--check-contents');
    expect(result).toMatchObject({ status: 1, stdout: expect.stringContaining(`${path}: was changed`) });
    await ok('gc');
  });
});
