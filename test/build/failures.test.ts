/** Each way in which a build can fail, with its own words, and nothing left behind. */
import * as fs from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codes } from '../../src/build/errors.ts';
import { failureOfRun, realise } from '../../src/build/index.ts';
import { formatHash, type StorePath } from '../../src/formats/index.ts';
import { failing, type Recipe, Recorder, Scratch, sha256 } from './support.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  expect(scratch.leftovers()).toEqual([]);
  scratch.remove();
});

const failure = (recipe: Recipe, options = {}): ReturnType<typeof failing> =>
  failing(scratch.build(scratch.derivation({ name: 'bad', ...recipe }), options));

test('a builder that fails shows its status and its last lines', async () => {
  const error = await failure({ script: 'seq 1 100; echo the end >&2; exit 3' }, { logLines: 3 });
  expect(error.code).toBe('build/builder-failed');
  expect(error.message).toBe(
    "the builder of 'bad' failed with exit status 3\nThe last 3 lines of its log:\n> 99\n> 100\n> the end",
  );
  expect(codes['build/builder-failed']).toBe(100);
});

test('a builder that is killed', async () => {
  expect((await failure({ script: 'kill -9 $$' })).message).toContain('was ended by signal 9 (exit status 137)');
});

test('a builder that does not exist', async () => {
  const error = await failure({ builder: '/nix/store/none/bin/sh', args: ['-c', 'true'] });
  expect(error.code).toBe('build/builder-failed');
  expect(error.message).toContain('No such file');
});

test('an output that was not made', async () => {
  const error = await failure({ outputs: ['out', 'dev'], script: 'echo > $out' });
  expect(error.code).toBe('build/output-missing');
  expect(error.message).toContain("its output 'dev'");
});

test('outputs of kinds that no store path can have', async () => {
  expect((await failure({ script: 'mkdir $out; mkfifo $out/pipe' })).message).toContain('unsupported type');
  expect((await failure({ script: 'mkdir $out; chmod 777 $out' })).code).toBe('build/output-rejected');
});

test('an archive is deeper, or a name longer, than any archive may be', async () => {
  const error = await failure({ script: 'mkdir $out; cd $out; for i in $(seq 1 70); do mkdir d; cd d; done' });
  expect(error.code).toBe('build/output-rejected');
  expect(error.message).toContain('maximum depth of 64');
});

test('attributes that are no JSON', async () => {
  expect((await failure({ json: '{"a":' })).code).toBe('build/invalid-derivation');
});

test('a flat output that refers to a path, which only trees can', async () => {
  const drvPath = scratch.derivation({ name: 'flat', kind: 'floating', script: 'echo $PATH > $out' });
  const derivation = scratch.store.readDerivation(drvPath);
  const flat = scratch.store.addDerivation({
    ...derivation,
    outputs: new Map([['out', { kind: 'floating', method: 'flat', algorithm: 'sha256' }]]),
  });
  const error = await failing(scratch.build(flat));
  expect(error.code).toBe('build/output-rejected');
  expect(error.message).toContain('not allowed to refer to other store paths');
});

test('a fixed output with another hash: both hashes, the URL, and nothing registered', async () => {
  const drvPath = scratch.derivation({
    name: 'bad',
    fixed: { method: 'flat', hash: sha256('right') },
    env: { url: 'https://example.org/file' },
    script: 'echo -n wrong > $out',
  });
  const error = await failing(scratch.build(drvPath));
  expect(error.code).toBe('build/hash-mismatch');
  expect(codes['build/hash-mismatch']).toBe(102);
  for (const words of [
    formatHash(sha256('right'), 'sri'),
    formatHash(sha256('wrong'), 'sri'),
    'https://example.org/file',
  ]) {
    expect(error.message).toContain(words);
  }
  expect(scratch.store.allPaths().filter((path) => path.endsWith('-bad'))).toEqual([]);
});

test('a fixed output that refers to a store path', async () => {
  const error = await failure({ fixed: { method: 'nar', hash: sha256('') }, script: 'echo $PATH > $out' });
  expect(error.code).toBe('build/reference-not-allowed');
});

test('an executable, or a tree, where the hash is that of a file', async () => {
  const fixed = { method: 'flat' as const, hash: sha256('x') };
  expect((await failure({ fixed, script: 'mkdir $out' })).message).toContain('should be a regular file');
  expect((await failure({ fixed, script: 'echo -n x > $out; chmod +x $out' })).code).toBe('build/output-rejected');
});

test('outputs that refer to each other in a circle', async () => {
  for (const kind of ['input-addressed', 'floating'] as const) {
    const error = await failure({ kind, outputs: ['a', 'b'], script: 'echo $b > $a; echo $a > $b' });
    expect(error.message).toMatch(/circle: (a -> b -> a|b -> a -> b)/);
  }
});

describe('limits', () => {
  test('time', async () => {
    const error = await failure({ script: "trap '' TERM INT HUP; while :; do sleep 1; done" }, { timeout: 1 });
    expect(error.code).toBe('build/timed-out');
    expect(error.message).toContain('took more than 1.0s');
    expect(codes['build/timed-out']).toBe(101);
  });

  test('silence', async () => {
    const error = await failure({ script: 'echo start; sleep 30' }, { maxSilentTime: 1 });
    expect(error.message).toContain('said nothing for more than 1.0s');
  });

  test('a builder that speaks now and then is not silent', async () => {
    const script = 'for i in 1 2 3 4; do sleep 0.4; echo $i; done; echo > $out';
    await scratch.build(scratch.derivation({ script }), { maxSilentTime: 1 });
  });

  test('log', async () => {
    const error = await failure({ script: 'yes' }, { maxLogSize: 100_000 });
    expect(error.code).toBe('build/log-too-long');
  });

  test('what is interrupted before it began', async () => {
    const error = await failure({ script: 'true' }, { signal: AbortSignal.abort(new Error('of the caller')) });
    expect(error.code).toBe('build/cancelled');
  });

  test('time, while our own builder waits for a server', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
    const fixed = { method: 'flat' as const, hash: sha256('x') };
    const error = await failure({ builder: 'builtin:fetchurl', fixed, env: { url } }, { timeout: 1 });
    expect(error.code).toBe('build/timed-out');
    server.close();
    server.closeAllConnections();
  });

  test('an interruption stops the builder, and says so', async () => {
    const controller = new AbortController();
    const sink = new Recorder();
    const drvPath = scratch.derivation({ script: 'echo started; sleep 60' });
    setTimeout(() => controller.abort(), 600);
    const started = performance.now();
    const error = await failing(
      realise(scratch.store, [{ drvPath, outputs: 'all' }], { signal: controller.signal }, sink),
    );
    expect(error.code).toBe('build/cancelled');
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('what a derivation asks of its outputs', () => {
  const dependency = (): StorePath => scratch.store.addText('dependency', 'x', []);

  test('allowedReferences', async () => {
    const path = dependency();
    const error = await failure({
      sources: [path],
      env: { path, allowedReferences: 'out' },
      script: 'echo $path > $out',
    });
    expect(error.code).toBe('build/reference-not-allowed');
    expect(error.message).toContain(path);
    const fine = { sources: [path], env: { path, allowedReferences: `out ${path}` }, script: 'echo $path $out > $out' };
    await scratch.build(scratch.derivation({ name: 'fine', ...fine }));
  });

  test('disallowedReferences, disallowedRequisites: with the way there', async () => {
    const path = dependency();
    const between = scratch.store.addText('between', path, [path]);
    const error = await failure({
      sources: [between],
      env: { between, disallowedRequisites: path, disallowedReferences: path },
      script: 'echo $between > $out',
    });
    expect(error.message).toContain(`${between}\n    -> ${path}`);
  });

  test('maxSize', async () => {
    const attributes = { outputChecks: { out: { maxSize: 1000 } } };
    const error = await failure({
      json: JSON.stringify(attributes),
      args: [
        '-c',
        `${scratch.busybox}/bin/head -c 2000 /dev/zero > $(${scratch.busybox}/bin/sed -n 's/.*"out":"\\([^"]*\\)".*/\\1/p' $NIX_ATTRS_JSON_FILE)`,
      ],
    });
    expect(error.code).toBe('build/output-too-large');
    expect(error.message).toContain('2112 bytes');
  });

  test('a check that names an output which is not there', async () => {
    expect((await failure({ env: { allowedReferences: 'dev' }, script: 'echo > $out' })).code).toBe(
      'build/invalid-derivation',
    );
  });
});

describe('what is refused before anything runs', () => {
  test.each([
    [{ system: 'sparc-solaris' }, "for the system 'sparc-solaris'"],
    [{ env: { requiredSystemFeatures: 'big-parallel quantum' } }, "needs 'quantum'"],
    [{ env: { __noChroot: '1' } }, '__noChroot'],
    [{ builder: 'builtin:nonsense' }, "no builder 'builtin:nonsense'"],
    [{ env: { 'a=b': 'c' }, script: 'true' }, "variable named 'a=b'"],
    [{ env: { exportReferencesGraph: 'one' }, script: 'true' }, 'odd number'],
  ] as [Recipe, string][])('%j', async (recipe, words) => {
    expect((await failure(recipe)).message).toContain(words);
  });

  test('a source that is not there', async () => {
    const path = scratch.store.addText('source', 'x', []);
    const drvPath = scratch.derivation({ sources: [path], script: 'true' });
    scratch.store.parts.database.exec('pragma foreign_keys = off');
    scratch.store.parts.database.exec(`delete from ValidPaths where path = '${path}'`);
    const error = await failing(scratch.build(drvPath));
    expect(error.code).toBe('build/missing-input');
    expect(error.message).toContain(path);
  });

  test('an output that the derivation does not have', async () => {
    const drvPath = scratch.derivation({ script: 'true' });
    const error = await failing(realise(scratch.store, [{ drvPath, outputs: ['doc'] }], {}, scratch.sink));
    expect(error.message).toContain("does not have an output named 'doc'");
  });
});

describe('several', () => {
  const three = (): { wanted: StorePath[]; bad: StorePath; top: StorePath } => {
    const bad = scratch.derivation({ name: 'bad', script: 'exit 1' });
    const worse = scratch.derivation({ name: 'worse', script: 'exit 2' });
    const good = scratch.derivation({ name: 'good', script: 'sleep 0.3; echo good > $out' });
    const top = scratch.derivation({ name: 'top', inputs: [bad, good], script: 'echo > $out' });
    return { wanted: [worse, good, top], bad, top };
  };

  test('the first failure ends the run', async () => {
    const { wanted } = three();
    const list = wanted.map((drvPath) => ({ drvPath, outputs: 'all' as const }));
    const error = await failing(realise(scratch.store, list, { maxJobs: 1 }, scratch.sink));
    expect(error.code).toBe('build/builder-failed');
  });

  test('keepGoing builds what can be built, and tells all failures', async () => {
    const { wanted, bad, top } = three();
    const list = wanted.map((drvPath) => ({ drvPath, outputs: 'all' as const }));
    const result = await realise(scratch.store, list, { maxJobs: 2, keepGoing: true }, scratch.sink);
    expect(result.failures.map(({ drvPath }) => drvPath).sort()).toEqual([wanted[0], bad].sort());
    expect(result.skipped).toEqual([top]);
    expect(result.built).toEqual([wanted[1]]);
    expect([...result.outputs.keys()]).toEqual([wanted[1]]);
    const told = failureOfRun(result)!;
    expect(told).toMatchObject({ code: 'build/several-failed', exitStatus: 100 });
    expect(told.message).toMatch(
      /^2 builds failed:\n {2}(worse|bad) +failed with exit status \d\n {2}(bad|worse) +failed.*\n1 derivation could not be built because of that:\n {2}top$/,
    );
  });

  test('failures of different kinds have an exit status together', async () => {
    const slow = scratch.derivation({ name: 'slow', script: 'sleep 100' });
    const other = scratch.derivation({
      name: 'other',
      script: 'echo > $out',
      fixed: { method: 'flat', hash: sha256('something else') },
    });
    const wanted = [slow, other].map((drvPath) => ({ drvPath, outputs: 'all' as const }));
    const result = await realise(scratch.store, wanted, { maxJobs: 2, keepGoing: true, timeout: 2 }, scratch.sink);
    expect(failureOfRun(result)).toMatchObject({ exitStatus: 101 | 102 });
  });
});

describe('check', () => {
  test('a deterministic build passes, and nothing changes', async () => {
    for (const kind of ['input-addressed', 'floating'] as const) {
      const drvPath = scratch.derivation({ name: kind, kind, script: 'mkdir $out; echo $out > $out/self' });
      const before = await scratch.path(drvPath);
      const result = await scratch.build(drvPath, { check: true });
      expect(result.built).toEqual([drvPath]);
      expect(result.outputs.get(drvPath)!.get('out')).toBe(before);
    }
  });

  test('another result is kept beside the first', async () => {
    for (const kind of ['input-addressed', 'floating'] as const) {
      const drvPath = scratch.derivation({ name: kind, kind, script: 'head -c 8 /dev/urandom > $out' });
      const out = await scratch.out(drvPath);
      const before = fs.readFileSync(out);
      const error = await failing(scratch.build(drvPath, { check: true }));
      expect(error.code).toBe('build/not-deterministic');
      expect(codes['build/not-deterministic']).toBe(104);
      expect(fs.readFileSync(out)).toEqual(before);
      expect(fs.readFileSync(`${out}.check`)).not.toEqual(before);
      expect(error.message).toMatch(/differs from .*\.check\n {4}\.: (from byte \d|line \d|the (first|second) ends)/);
      fs.rmSync(`${out}.check`);
    }
  });

  test('what was never built cannot be checked', async () => {
    expect((await failure({ script: 'echo > $out' }, { check: true })).code).toBe('build/not-built');
  });
});

test('keepFailed keeps the folder, and says where', async () => {
  await failure({ script: 'echo precious > precious; exit 1' }, { keepFailed: true });
  const said = scratch.sink.events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
  const folder = said.at(-1)!.replace('the folder of the failed build is kept: ', '');
  expect(fs.readFileSync(join(folder, 'build/precious'), 'utf8')).toBe('precious\n');
  fs.rmSync(join(scratch.store.stateDir, 'builds'), { recursive: true });
});
