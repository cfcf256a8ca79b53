/** Content-addressed outputs: early cutoff, one build for what resolves to the same, records for both forms. */
import * as fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planBuild, readLog, realise } from '../../src/build/index.ts';
import { parseContentAddress, type StorePath } from '../../src/formats/index.ts';
import { Scratch } from './support.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

/** A chain of three; the first ignores its `comment`, so that its content stays the same. */
function chain(comment: string, last: 'floating' | 'input-addressed' = 'floating'): StorePath[] {
  const a = scratch.derivation({ name: 'a', kind: 'floating', env: { comment }, script: 'echo same > $out' });
  const over = (name: string, input: StorePath, kind: 'floating' | 'input-addressed'): StorePath =>
    scratch.derivation({
      name,
      kind,
      inputs: [input],
      env: { input: scratch.reference(input) },
      script: 'mkdir $out; cp -r $input $out/input; echo $out > $out/self',
    });
  const b = over('b', a, 'floating');
  return [a, b, over('c', b, last)];
}

test.each(['floating', 'input-addressed'] as const)(
  'a rebuilt input with the same content rebuilds nothing after it (%s)',
  async (last) => {
    const [, , first] = chain('one', last);
    expect((await scratch.build(first!)).built.length).toBe(3);
    const [a, b, second] = chain('two', last);
    expect(second).not.toBe(first);
    const plan = planBuild(scratch.store, [{ drvPath: second!, outputs: 'all' }]);
    expect(plan).toMatchObject({ willBuild: [a], perhaps: [b, second], present: [] });
    const result = await scratch.build(second!);
    expect(result.built).toEqual([a]);
    expect(result.outputs.get(second!)).toEqual((await scratch.build(first!)).outputs.get(first!));
    expect(planBuild(scratch.store, [{ drvPath: second!, outputs: 'all' }]).present).toEqual([second]);
  },
);

test('a new expression over known content is known before anything runs', async () => {
  const [a] = chain('one');
  await scratch.build(a!);
  const [, , first] = chain('one');
  await scratch.build(first!);
  const other = scratch.derivation({
    name: 'a',
    kind: 'floating',
    env: { comment: 'three' },
    script: 'echo same > $out',
  });
  await scratch.build(other);
  const [, b, top] = chain('three');
  const plan = planBuild(scratch.store, [{ drvPath: top!, outputs: 'all' }]);
  expect(plan.willBuild).toEqual([]);
  expect(plan.present).toEqual([b, top].filter((path) => plan.nodes.has(path!)));
  expect((await scratch.build(top!)).built).toEqual([]);
});

test('derivations that resolve to one are built once, also in one run', async () => {
  const [, , first] = chain('one');
  const [, , second] = chain('two');
  const wanted = [first!, second!].map((drvPath) => ({ drvPath, outputs: 'all' as const }));
  const { built, outputs } = await realise(scratch.store, wanted, { maxJobs: 2 }, scratch.sink);
  expect(built.length).toBe(4);
  expect(outputs.get(first!)).toEqual(outputs.get(second!));
  expect(scratch.leftovers()).toEqual([]);
});

test('the same content by different ways is one path', async () => {
  const one = scratch.derivation({ name: 'same', kind: 'floating', script: 'echo x > $out' });
  const two = scratch.derivation({ name: 'same', kind: 'floating', script: 'printf "x\\n" > $out' });
  const path = await scratch.path(one);
  expect(await scratch.path(two)).toBe(path);
  expect(scratch.store.pathInfo(path)!.contentAddress).toMatch(/^fixed:r:sha256:/);
});

test('references of the unresolved and the resolved derivation lead to the same record and the same log', async () => {
  const [, b] = chain('one');
  const path = await scratch.path(b!);
  expect(scratch.store.realisation(b!, 'out')!.outPath).toBe(path);
  const resolved = scratch.store.pathInfo(path)!.deriver!;
  expect(resolved).not.toBe(b);
  expect(scratch.store.realisation(resolved, 'out')!.outPath).toBe(path);
  expect(scratch.store.readDerivation(resolved).inputDrvs.size).toBe(0);
  expect(await readLog(scratch.store.logDir, b!)).toEqual(await readLog(scratch.store.logDir, resolved));
});

test('an output refers to itself by its final path alone', async () => {
  const drvPath = scratch.derivation({
    name: 'self',
    kind: 'floating',
    outputs: ['out', 'lib'],
    script: 'mkdir $out $lib; echo $out > $out/own; echo $out $lib > $lib/both; ln -s $lib/both $lib/link',
  });
  const outputs = (await scratch.build(drvPath)).outputs.get(drvPath)!;
  const [out, lib] = [outputs.get('out')!, outputs.get('lib')!];
  expect(fs.readFileSync(`${scratch.store.realPath(out)}/own`, 'utf8')).toBe(`${out}\n`);
  expect(fs.readFileSync(`${scratch.store.realPath(lib)}/both`, 'utf8')).toBe(`${out} ${lib}\n`);
  expect(fs.readlinkSync(`${scratch.store.realPath(lib)}/link`)).toBe(`${lib}/both`);
  expect(scratch.store.pathInfo(lib)!.references).toEqual([lib, out].sort());
  expect(parseContentAddress(scratch.store.pathInfo(lib)!.contentAddress!).method).toBe('nar');
});

test('an output that is gone is made again, without touching its sibling', async () => {
  const drvPath = scratch.derivation({
    name: 'pair',
    kind: 'floating',
    outputs: ['out', 'dev'],
    script: 'echo $dev > $out; echo dev > $dev',
  });
  const before = (await scratch.build(drvPath)).outputs.get(drvPath)!;
  scratch.store.parts.database.exec(`delete from ValidPaths where path = '${before.get('out')}'`);
  const after = await scratch.build(drvPath);
  expect(after.outputs.get(drvPath)).toEqual(before);
  expect(after.built).toEqual([drvPath]);
});
