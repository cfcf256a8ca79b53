/** `eval`, `instantiate`, `parse` as scripts call them: what goes to which stream, and with which exit code. */
import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { start } from '../../src/base/process.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { program, root } from '../support/program.ts';
import { Place } from './support.ts';

const place = new Place();
const dummy = { NIX_REMOTE: 'dummy://' };
const evaluate = (...words: string[]) => place.run(['eval', ...words], { env: dummy });

describe('values', () => {
  test.each([
    [['-E', '1 + 1'], '2\n'],
    [['-E', '{ a = 1; b = [ 2 ]; }', '--strict'], '{ a = 1; b = [ 2 ]; }\n'],
    [['-E', '{ a.b = 1; c = [ 2 ]; }', '-A', 'a.b', '-A', 'c'], '1\n[ 2 ]\n'],
    [['-E', '[ 1 null "ü" ]', '--json'], '[1,null,"ü"]\n'],
    [['-E', '"ü\\n"', '--raw'], 'ü\n'],
    [['-E', '{ x, y ? "!" }: x + y', '--argstr', 'x', 'a b'], '"a b!"\n'],
    [['-E', '{ x }: x', '--arg', 'x', '1 + 2'], '3\n'],
    [['--expr', '1', '--expr', '2'], '1\n2\n'],
  ])('%j', async (words, value) => {
    expect(await evaluate(...words)).toMatchObject({ status: 0, stdout: value, stderr: '' });
  });

  test('files: by operand, by option, a folder, a link, a lookup name, standard input', async () => {
    place.write('x.nix', 'import ./dir + 1');
    place.write('dir/default.nix', '{ n = 41; }.n');
    fs.symlinkSync('dir', place.at('link'));
    const inputs: [string[], string][] = [
      [['x.nix'], '42\n'],
      [['-f', 'x.nix'], '42\n'],
      [['dir', 'link', './x.nix'], '41\n41\n42\n'],
      [['-I', 'd=dir', '<d>'], '41\n'],
    ];
    for (const [words, value] of inputs) expect(await evaluate(...words)).toMatchObject({ stdout: value, stderr: '' });
    const piped = await place.run(['eval', '-', '-A', 'a'], { env: dummy, input: '{ a = ./dir; }' });
    expect(piped).toMatchObject({ status: 0, stdout: `${place.at('dir')}\n` });
    expect(await place.run(['eval'], { env: dummy, cwd: place.at('dir') })).toMatchObject({ stdout: '41\n' });
  });

  test('traces and warnings go to standard error', async () => {
    const expression = 'builtins.trace "here" (builtins.warn "careful" 1)';
    expect(await evaluate('-E', expression)).toMatchObject({
      status: 0,
      stdout: '1\n',
      stderr: 'trace: here\nevaluation warning: careful\n',
    });
  });

  test('only what the printed value mentions is written; otherwise not even a store is made', async () => {
    const store = place.at('no-store');
    const evaluateIn = (text: string) => place.ok(['--store', store, 'eval', '--raw', '-E', text]);
    expect(await evaluateIn('builtins.substring 0 10 "${./dir} ${builtins.toFile "x" "y"}"')).toBe('/nix/store');
    expect(await evaluateIn(`(derivation { name = "d"; system = "x"; builder = ./dir; }).drvPath`)).toMatch(/-d\.drv$/);
    expect(fs.existsSync(store)).toBe(false);
    const path = await evaluateIn('"${./dir}"');
    expect(fs.readdirSync(store + path)).toEqual(['default.nix']);
  });

  test('what was added to the store is read back in the same evaluation', async () => {
    const words = ['eval', '-E', 'import "${./dir}" + import (builtins.toFile "t.nix" "1")'];
    expect(await place.run(words, { env: dummy })).toMatchObject({ stdout: '42\n', stderr: '' });
  });

  test('a filter is heeded when it is read back', async () => {
    place.write('tree/keep', '');
    place.write('tree/drop', '');
    const source = 'builtins.path { path = ./tree; name = "t"; filter = p: t: baseNameOf p != "drop"; }';
    const expression = `let t = ${source}; in [ (builtins.attrNames (builtins.readDir t)) (builtins.pathExists (t + "/drop")) ]`;
    expect(await evaluate('--strict', '-E', expression)).toMatchObject({ stdout: '[ [ "keep" ] false ]\n' });
  });
});

describe('errors', () => {
  test('position, line and caret; nothing on standard output; 1', async () => {
    place.write('bad.nix', 'let\n  set = { value = 1; };\nin\nset.valeu\n');
    expect(await evaluate('bad.nix')).toEqual({
      status: 1,
      signal: null,
      stdout: '',
      stderr: `error: attribute 'valeu' missing
       at ${place.at('bad.nix')}:4:1:
            3| in
            4| set.valeu
             | ^
            5|
       Did you mean value?
`,
    });
  });

  test.each([
    [['-E', '{'], 1, 'error: syntax error, unexpected end of file'],
    [['absent.nix'], 1, `path '${place.at('absent.nix')}' does not exist`],
    [['-E', 'let x = x; in x'], 1, 'infinite recursion encountered'],
    [['-E', 'let f = x: 1 + f x; in f 1'], 1, 'stack overflow; max-call-depth exceeded'],
    [['-E', '<absent>'], 1, "file 'absent' was not found in the Nix search path (add it using $NIX_PATH or -I)"],
    [['-E', 'abort "no"'], 1, "evaluation aborted with the following error message: 'no'"],
    [['-E', '1', '--json', '--jsom'], 64, "error: unrecognised flag '--jsom'"],
    [['-E'], 64, "'-E' requires an argument"],
  ])('%j: %d', async (words, status, message) => {
    const result = await evaluate(...words);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toMatch(/at .*\.(c?js|ts):\d+|bug in sysbuild/);
    expect(result).toMatchObject({ status, stdout: '' });
  });

  test('what was printed before stays', async () => {
    expect(await evaluate('-E', '1', '-E', 'throw "x"')).toMatchObject({ status: 1, stdout: '1\n' });
  });

  test('restricted and pure evaluation', async () => {
    place.write('secret', 'x');
    const read = `builtins.readFile ${place.at('secret')}`;
    expect((await evaluate('--restrict-eval', '-E', read)).stderr).toContain(
      `access to absolute path '${place.at('secret')}' is forbidden in restricted mode`,
    );
    expect((await evaluate('--pure-eval', '-E', read)).stderr).toContain('is forbidden in pure evaluation mode');
    expect(await evaluate('--restrict-eval', '-I', `s=${place.folder}`, '-E', read)).toMatchObject({ stdout: '"x"\n' });
    expect(await evaluate('--pure-eval', '-E', 'builtins ? currentSystem')).toMatchObject({ stdout: 'false\n' });
    expect(await evaluate('--pure-eval', '--impure', '-E', read)).toMatchObject({ stdout: '"x"\n' });
  });

  test('a reader that goes away ends it quietly', async () => {
    const words = [
      '-c',
      `"$0" eval --strict -E 'builtins.genList (x: x) 100000' | head -c 10; echo "\${PIPESTATUS[0]}"`,
    ];
    const child = start('bash', [...words, program], { env: place.env(dummy), stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout!.on('data', (chunk: Buffer) => void (stdout += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => void (stderr += chunk.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    expect([stdout, stderr]).toEqual(['[ 0 1 2 3 141\n', '']);
  });
});

describe('instantiate', () => {
  const derivation = 'derivation { name = "d"; system = "x"; builder = ./dir; outputs = [ "out" "dev" ]; }';

  test('writes the derivation and its sources; a link keeps it', async () => {
    place.write('dir/default.nix', '{ n = 41; }.n');
    const store = place.at('store');
    const words = ['--store', store, 'instantiate', '-E', derivation];
    const path = (await place.ok(words)).trim();
    expect(fs.readFileSync(store + path, 'utf8')).toMatch(/^Derive\(\[\("dev",/);
    expect(fs.readdirSync(`${store}/nix/store`).filter((name) => name.endsWith('-dir'))).toHaveLength(1);
    expect(await place.ok([...words, '--add-root', 'root'])).toBe(`${place.at('root')}\n`);
    expect(fs.readlinkSync(place.at('root'))).toBe(path);
    expect(await place.ok(['--store', store, 'instantiate', '-E', `(${derivation}).dev`])).toBe(`${path}!dev\n`);
  });

  test('with a store that keeps nothing: the path alone', async () => {
    const path = await place.ok(['instantiate', '-E', derivation], { env: dummy });
    expect(path).toBe(await place.ok(['--store', place.at('store'), 'instantiate', '-E', derivation]));
  });

  oracleTest('the example’s derivations are those of real Nix', async () => {
    const file = `${root}/examples/first-machine/system.nix`;
    const store = place.at('nix');
    fs.mkdirSync(store);
    const env = { ...process.env, NIX_REMOTE: `local?root=${store}` };
    for (const attribute of ['', 'pkgs.userland', 'pkgs.debian.busybox-static']) {
      const flags = attribute === '' ? [] : ['-A', attribute];
      const theirs = await oracle(['nix-instantiate', file, ...flags], { env });
      expect(theirs.stdout, theirs.stderr).toMatch(/^\/nix\/store\/.*\.drv\n$/);
      expect(await place.ok(['instantiate', file, ...flags], { env: dummy })).toBe(theirs.stdout);
    }
  });
});

describe('parse', () => {
  test('the expression with all its parentheses', async () => {
    expect(await place.ok(['parse', '-E', 'x: x.b or x x'])).toBe('(x: ((x).b or (x) x))\n');
    place.write('p.nix', 'x: x + 1');
    expect(await place.ok(['parse', 'p.nix'])).toBe('(x: (x + 1))\n');
  });

  test('standard input is named in errors', async () => {
    const result = await place.run(['parse', '-'], { input: '{ a = ; }' });
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toContain('«stdin»:1:7');
  });
});

describe('about itself', () => {
  test('version, help on standard output; no command: help on standard error and 64', async () => {
    expect(await place.ok(['--version'])).toMatch(/^sysbuild \d+\.\d+\.\d+\n$/);
    expect(await place.ok(['--help'])).toContain('Usage: sysbuild COMMAND');
    expect(await place.ok(['help', 'eval'])).toBe(await place.ok(['eval', '--help']));
    expect(await place.run([])).toMatchObject({ status: 64, stdout: '' });
  });

  test('through a link, from anywhere', async () => {
    fs.symlinkSync(program, place.at('sb'));
    const child = start(place.at('sb'), ['--version'], { cwd: '/', env: place.env(), stdio: 'ignore' });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  });

  test('settings: the value and where it comes from', async () => {
    place.write('home/.config/sysbuild/sysbuild.conf', 'cores = 3\n');
    const json = await place.ok(['config', 'cores', 'max-jobs', '--json', '-j', '4']);
    expect(JSON.parse(json)).toMatchObject({
      cores: { value: 3, origin: `${place.at('home')}/.config/sysbuild/sysbuild.conf:1` },
      'max-jobs': { value: 4, origin: '--max-jobs' },
    });
  });
});
