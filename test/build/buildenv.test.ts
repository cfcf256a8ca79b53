/** `builtin:buildenv`, compared with the real Nix's, and what it refuses. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StorePath } from '../../src/formats/index.ts';
import { hashPath } from '../../src/store/index.ts';
import { type Files, writeFiles } from '../store/support.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { failing, Scratch, scratchFolder } from './support.ts';

let ours: Scratch;
let theirs: Scratch;
beforeAll(() => {
  // On disk, where the real Nix sees them.
  ours = new Scratch(scratchFolder('disk'));
  theirs = new Scratch(scratchFolder('disk'));
});
afterAll(() => {
  ours.remove();
  theirs.remove();
});

function add(scratch: Scratch, name: string, files: Files): StorePath {
  const physicalPath = writeFiles(join(scratch.folder, name), files);
  return scratch.store.addPath({ physicalPath, name, ingestion: 'nar' });
}

interface Package {
  readonly path: StorePath;
  readonly priority?: number;
  readonly active?: boolean;
}

function environment(scratch: Scratch, packages: readonly Package[], more: readonly StorePath[] = []): StorePath {
  const manifest = scratch.store.addText('env-manifest.nix', '[]', []);
  const words = packages.flatMap(({ path, priority = 5, active = true }) => [
    String(active),
    String(priority),
    '1',
    path,
  ]);
  return scratch.derivation({
    name: 'user-environment',
    builder: 'builtin:buildenv',
    system: 'builtin',
    sources: [manifest, ...packages.map(({ path }) => path), ...more],
    env: { derivations: words.join(' '), manifest },
  });
}

oracleTest('the same tree as the real Nix makes', async () => {
  const make = (scratch: Scratch): StorePath => {
    const propagated = add(scratch, 'propagated', { lib: { p: 'p' }, share: { man: { p: 'p' } } });
    const a = add(scratch, 'a', {
      bin: { one: { executable: '#!' }, both: 'a', '.hidden': '' },
      share: { man: { man1: { a: 'a' } }, only: { a: { deep: 'x' } } },
      'manifest.nix': 'x',
      link: { link: 'bin' },
      dangling: { link: 'nowhere' },
    });
    const b = add(scratch, 'b', {
      bin: { both: 'b', two: 'two' },
      share: { man: { man1: { b: 'b' }, man5: { b: 'b' } } },
      'nix-support': { 'propagated-user-env-packages': `${propagated}\n` },
      lib: { link: `${propagated}/lib` },
    });
    const inactive = add(scratch, 'inactive', { bin: { never: 'x' } });
    const file = scratch.store.addText('file', 'x', []);
    return environment(
      scratch,
      [{ path: a, priority: 5 }, { path: b, priority: 3 }, { path: inactive, active: false }, { path: file }],
      [propagated],
    );
  };
  const drvPath = make(ours);
  expect(make(theirs)).toBe(drvPath);
  const path = await ours.path(drvPath);
  const nix = await oracle(['--store', join(theirs.folder, 'root/nix'), 'nix-store', '--realise', drvPath]);
  expect(nix.stdout.trim()).toBe(path);
  expect(hashPath(ours.store.realPath(path))).toEqual(hashPath(theirs.store.realPath(path)));
});

test('two packages with the same file', async () => {
  const a = add(ours, 'first', { bin: { same: 'a' } });
  const b = add(ours, 'second', { bin: { same: 'b' } });
  const error = await failing(ours.build(environment(ours, [{ path: a }, { path: b }])));
  expect(error.message).toContain(
    [a, b]
      .sort()
      .map((path) => `\n  ${path}/bin/same`)
      .join(''),
  );
  expect(error.hint).toContain('priority other than 5');
});

test('a folder where a package of a better priority has a file', async () => {
  const a = add(ours, 'folder', { thing: { x: 'x' } });
  const b = add(ours, 'plain', { thing: 'x' });
  const drvPath = environment(ours, [
    { path: b, priority: 1 },
    { path: a, priority: 2 },
  ]);
  expect((await failing(ours.build(drvPath))).message).toContain('only one of them is a directory');
});

test('a damaged list', async () => {
  const manifest = ours.store.addText('manifest', '', []);
  const recipe = { builder: 'builtin:buildenv', sources: [manifest], env: { derivations: 'true 5 2 /x', manifest } };
  expect((await failing(ours.build(ours.derivation(recipe)))).message).toContain('damaged');
});
