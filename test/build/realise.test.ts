import * as fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failing, Scratch } from './support.ts';

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
  expect(scratch.store.pathInfo(path)).toMatchObject({ deriver: drvPath, references: [], ultimate: true });
  expect(scratch.sink.log).toContain('said');
  const second = await scratch.build(drvPath);
  expect(second.built).toEqual([]);
  expect(second.outputs.get(drvPath)!.get('out')).toBe(path);
  expect(scratch.leftovers()).toEqual([]);
});

test('a builder that fails says so, with its last lines, and leaves nothing', async () => {
  const drvPath = scratch.derivation({ name: 'bad', script: 'echo one; echo two >&2; mkdir $out; exit 3' });
  const error = await failing(scratch.build(drvPath));
  expect(error.code).toBe('build/builder-failed');
  expect(error.message).toContain('failed with exit status 3');
  expect(error.message).toContain('> one\n> two');
  expect(scratch.leftovers()).toEqual([]);
});
