/** Builds from one end to the other: what is built, what is not built again, what it leaves. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planBuild, readLog, realise } from '../../src/build/index.ts';
import { formatHash, type hashPartOf } from '../../src/formats/index.ts';
import { hashPath, removeTree } from '../../src/store/index.ts';
import { failing, Recorder, Scratch, sha256 } from './support.ts';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.remove());

test('an input-addressed derivation is built, registered and not built again', async () => {
  const drvPath = scratch.derivation({ name: 'hello', script: 'echo hello > $out; echo said' });
  const first = await scratch.build(drvPath);
  expect(first.built).toEqual([drvPath]);
  const path = first.outputs.get(drvPath)!.get('out')!;
  expect(fs.readFileSync(scratch.store.realPath(path), 'utf8')).toBe('hello\n');
  const info = scratch.store.pathInfo(path)!;
  expect(info).toMatchObject({ deriver: drvPath, references: [], ultimate: true, contentAddress: undefined });
  expect(formatHash(info.narHash, 'sri')).toBe(formatHash(hashPath(scratch.store.realPath(path)).hash, 'sri'));
  expect(scratch.sink.log).toContain('said');
  expect(scratch.sink.started('build')).toContain(drvPath);
  const second = await scratch.build(drvPath);
  expect(second.built).toEqual([]);
  expect(second.outputs.get(drvPath)!.get('out')).toBe(path);
  expect(scratch.leftovers()).toEqual([]);
});

test('outputs are canonical: read-only, time 1, ours', async () => {
  const drvPath = scratch.derivation({
    name: 'modes',
    script:
      'mkdir -p $out/a/b; echo x > $out/a/x; chmod 700 $out/a/x; echo y > $out/a/y; ln -s y $out/a/z; chmod 0 $out/a/b',
  });
  const out = await scratch.out(drvPath);
  const modeOf = (name: string): string => (fs.lstatSync(join(out, name)).mode & 0o7777).toString(8);
  expect([modeOf(''), modeOf('a'), modeOf('a/b'), modeOf('a/x'), modeOf('a/y')]).toEqual([
    '555',
    '555',
    '555',
    '555',
    '444',
  ]);
  for (const name of ['', 'a', 'a/b', 'a/x', 'a/y', 'a/z']) expect(fs.lstatSync(join(out, name)).mtimeMs).toBe(1000);
  expect(fs.readlinkSync(join(out, 'a/z'))).toBe('y');
});

test('references are found in contents, names and targets of links', async () => {
  const dependency = scratch.store.addText('dependency', 'x', []);
  const other = scratch.store.addText('other', 'x', []);
  const unused = scratch.store.addText('unused', 'x', []);
  const drvPath = scratch.derivation({
    name: 'references',
    sources: [dependency, other, unused],
    env: { dependency, other, unused },
    script: 'mkdir $out; ln -s $dependency $out/link; echo x > $out/$(basename $other); echo $out > $out/self',
  });
  const path = await scratch.path(drvPath);
  expect(scratch.store.pathInfo(path)!.references).toEqual([dependency, other, path].sort());
});

test('a graph is built in order, in parallel, and only what is missing of it again', async () => {
  const base = scratch.derivation({ name: 'base', script: 'echo base > $out' });
  const middles = ['a', 'b', 'c', 'd'].map((name) =>
    scratch.derivation({
      name,
      inputs: [base],
      env: { base: scratch.reference(base) },
      script: 'cat $base > $out; echo $name >> $out',
    }),
  );
  const top = scratch.derivation({
    name: 'top',
    inputs: middles,
    env: { parts: middles.map((drvPath) => scratch.reference(drvPath)).join(' ') },
    script: 'cat $parts > $out',
  });
  const sink = new Recorder();
  const result = await realise(scratch.store, [{ drvPath: top, outputs: 'all' }], { maxJobs: 4 }, sink);
  expect(result.built.length).toBe(6);
  expect(result.built.at(0)).toBe(base);
  expect(result.built.at(-1)).toBe(top);
  expect(fs.readFileSync(scratch.store.realPath(result.outputs.get(top)!.get('out')!), 'utf8')).toBe(
    'base\na\nbase\nb\nbase\nc\nbase\nd\n',
  );
  const totals = sink.events.filter((event) => event.type === 'totals');
  expect(totals.at(-1)).toMatchObject({ kind: 'build', expected: 6, running: 0, done: 6, failed: 0 });
  expect(Math.max(...totals.map((event) => event.running))).toBeGreaterThan(1);
});

test('several outputs, of which a part is wanted', async () => {
  const drvPath = scratch.derivation({
    name: 'several',
    outputs: ['out', 'dev', 'doc'],
    script: 'echo $dev > $out; echo dev > $dev; echo $out > $doc',
  });
  const { outputs } = await realise(scratch.store, [{ drvPath, outputs: ['dev'] }], {}, scratch.sink);
  expect([...outputs.get(drvPath)!.keys()]).toEqual(['dev']);
  const all = (await scratch.build(drvPath)).outputs.get(drvPath)!;
  expect(scratch.store.pathInfo(all.get('out')!)!.references).toEqual([all.get('dev')]);
  expect(scratch.store.pathInfo(all.get('doc')!)!.references).toEqual([all.get('out')]);
  expect(all.get('dev')!.endsWith('-several-dev')).toBe(true);
});

test('what stands at an output path without being valid is replaced', async () => {
  const drvPath = scratch.derivation({ name: 'leftover', script: 'mkdir $out; echo new > $out/file' });
  const [path] = planBuild(scratch.store, [{ drvPath, outputs: 'all' }])
    .nodes.get(drvPath)!
    .derivation.outputs.values();
  const real = scratch.store.realPath((path as { path: Parameters<typeof hashPartOf>[0] }).path);
  fs.mkdirSync(join(real, 'deep'), { recursive: true });
  fs.writeFileSync(join(real, 'deep/old'), 'old');
  fs.chmodSync(join(real, 'deep'), 0o555);
  expect(fs.readdirSync(await scratch.out(drvPath))).toEqual(['file']);
});

test('logs are kept, of failures too', async () => {
  const drvPath = scratch.derivation({
    name: 'logged',
    script: 'echo to stdout; echo to stderr >&2; echo > /dev/stderr; exit 1',
  });
  const error = await failing(scratch.build(drvPath));
  expect((await readLog(scratch.store.logDir, drvPath))!.toString()).toBe('to stdout\nto stderr\n\n');
  const name = drvPath.slice('/nix/store/'.length);
  expect(error.details['log']).toBe(join(scratch.store.logDir, 'drvs', name.slice(0, 2), `${name.slice(2)}`));
});

test('a fixed output by a builder of any kind', async () => {
  const drvPath = scratch.derivation({
    name: 'fixed',
    fixed: { method: 'flat', hash: sha256('content') },
    script: 'echo -n content > $out; test "$NIX_OUTPUT_CHECKED" = 1; cat /etc/resolv.conf > /dev/null',
  });
  const path = await scratch.path(drvPath);
  expect(scratch.store.pathInfo(path)).toMatchObject({
    references: [],
    contentAddress: expect.stringMatching(/^fixed:sha256:/),
  });
});

test('many inputs are staged, and seen like few', async () => {
  const inputs = Array.from({ length: 150 }, (_, i) => scratch.store.addText(`input-${i}`, `${i}\n`, []));
  const script =
    'ls /nix/store > list; wc -l < list > $out; cat $inputs >> $out; for i in $inputs; do echo x > $i && exit 1; done; :';
  const drvPath = scratch.derivation({ name: 'many', sources: inputs, env: { inputs: inputs.join(' ') }, script });
  const lines = fs
    .readFileSync(await scratch.out(drvPath), 'utf8')
    .trim()
    .split('\n')
    .map(Number);
  // The inputs and busybox.
  expect(lines[0]).toBe(151);
  expect(lines.slice(1)).toEqual(Array.from({ length: 150 }, (_, i) => i));
});

test('paths of the settings are seen, at the places that are said', async () => {
  const drvPath = scratch.derivation({
    name: 'shell',
    script: '/bin/sh -c "echo from /bin/sh" > $out; test ! -e /opt/none',
  });
  const source = `${scratch.store.realPath(scratch.busybox)}/bin/busybox`;
  const sandboxPaths = { '/bin/sh': { source, optional: false }, '/opt/none': { source: '/no/such', optional: true } };
  expect(fs.readFileSync(await scratch.out(drvPath, 'out', { sandboxPaths }), 'utf8')).toBe('from /bin/sh\n');
});

test('an output that was deleted is built again, at the same path', async () => {
  const drvPath = scratch.derivation({ name: 'gone', kind: 'floating', script: 'echo gone > $out' });
  const path = await scratch.path(drvPath);
  removeTree(scratch.store.realPath(path));
  scratch.store.parts.database.exec(`delete from ValidPaths where path = '${path}'`);
  const again = await scratch.build(drvPath);
  expect(again.built).toEqual([drvPath]);
  expect(again.outputs.get(drvPath)!.get('out')).toBe(path);
});
