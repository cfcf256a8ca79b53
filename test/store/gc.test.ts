import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ended, start } from '../../src/base/process.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { collectGarbage, type LocalStore, planCollection, rootsOf, whyAlive } from '../../src/store/index.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { entries, openStore, scratchFolder, writeFiles } from './support.ts';

/** Fills a store by a process' worth of temporary roots that are given up at once. */
function filled<T>(physicalRoot: string, fill: (store: LocalStore) => T): { store: LocalStore; made: T } {
  const first = openStore({ physicalRoot });
  const made = fill(first);
  first.close();
  return { store: openStore({ physicalRoot }), made };
}

const chain = (store: LocalStore): StorePath[] => {
  const paths: StorePath[] = [];
  for (const name of ['a', 'b', 'c']) paths.push(store.addText(name, name, paths.slice(-1)));
  return paths;
};

describe('roots', () => {
  test('are links in their folders, links elsewhere, and what processes need', () => {
    const physicalRoot = scratchFolder();
    const { store, made } = filled(physicalRoot, chain);
    const [a, b, c] = made as [StorePath, StorePath, StorePath];
    const own = join(store.stateDir, 'gcroots/mine/a');
    const generation = join(store.stateDir, 'profiles/system/generation-1');
    const result = join(physicalRoot, 'result');
    store.addPermanentRoot(own, a);
    store.addPermanentRoot(generation, b);
    fs.symlinkSync('generation-1', join(generation, '../current'));
    store.addPermanentRoot(result, c);
    const roots = Object.fromEntries(rootsOf(store, false));
    expect(roots[a]).toContainEqual({ kind: 'permanent', from: own });
    expect(roots[b]).toContainEqual({ kind: 'profile', from: generation });
    expect(roots[c]).toContainEqual({ kind: 'indirect', from: result });
    for (const path of [a, b, c]) expect(roots[path]).toContainEqual({ kind: 'temporary', from: `pid ${process.pid}` });
    expect(fs.readlinkSync(result)).toBe(c);
  });

  test('do not replace what is not a link into the store', () => {
    const physicalRoot = scratchFolder();
    const { store, made } = filled(physicalRoot, chain);
    const [a, b] = made as [StorePath, StorePath];
    writeFiles(physicalRoot, { file: 'text', link: { link: '/etc/hostname' } });
    const inTheWay = expect.objectContaining({ code: 'store/root-in-the-way' });
    for (const place of ['file', 'link', 'nix', 'nix/store/root']) {
      expect(() => store.addPermanentRoot(join(physicalRoot, place), a)).toThrow(inTheWay);
    }
    expect(() => store.addPermanentRoot('relative', a)).toThrow(inTheWay);
    store.addPermanentRoot(join(physicalRoot, 'result'), a);
    store.addPermanentRoot(join(physicalRoot, 'result'), b);
    expect(fs.readlinkSync(join(physicalRoot, 'result'))).toBe(b);
  });

  test('are programs that run, and their open files', async () => {
    const physicalRoot = scratchFolder();
    const { store, made } = filled(physicalRoot, (first) => {
      const folder = writeFiles(join(physicalRoot, 'tool'), {});
      fs.copyFileSync('/bin/sleep', join(folder, 'sleep'));
      fs.chmodSync(join(folder, 'sleep'), 0o755);
      return [
        first.addPath({ physicalPath: folder, name: 'tool', ingestion: 'nar' }),
        first.addText('open', '', []),
      ] as const;
    });
    const [tool, text] = made;
    const fd = fs.openSync(store.realPath(text), 'r');
    const child = start(join(store.realPath(tool), 'sleep'), ['60'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
    fs.closeSync(fd);
    try {
      await collectGarbage(store);
      expect(store.allPaths()).toEqual([tool, text].sort());
      expect(rootsOf(store).get(tool)).toContainEqual({ kind: 'process', from: `/proc/${child.pid}/exe` });
    } finally {
      child.kill('SIGKILL');
      await ended(child, 'sleep');
    }
    await collectGarbage(store);
    expect(store.allPaths()).toEqual([]);
  });
});

describe('a collection', () => {
  test('deletes what no root leads to, and what a crash left', async () => {
    const physicalRoot = scratchFolder();
    const { store, made } = filled(physicalRoot, (first) => [...chain(first), first.addText('dead', 'x', [])]);
    const [a, b, c, dead] = made as [StorePath, StorePath, StorePath, StorePath];
    const link = join(physicalRoot, 'result');
    store.addPermanentRoot(link, b);
    store.close();
    const other = openStore({ physicalRoot });
    writeFiles(store.realStoreDir, {
      '.tmp-1-left': {},
      '00000000000000000000000000000000-half': { file: 'x' },
      stray: 'x',
    });
    fs.writeFileSync(`${other.realPath(dead)}.lock`, '');
    expect(
      planCollection(other)
        .dead.map((node) => node.path)
        .sort(),
    ).toEqual([c, dead].sort());
    const result = await collectGarbage(other);
    expect([...result.deleted].sort()).toEqual([c, dead].sort());
    expect(result).toMatchObject({ complete: true });
    expect([...result.strays].sort()).toHaveLength(4);
    expect(result.freed).toBeGreaterThan(0);
    expect(other.allPaths()).toEqual([a, b].sort());
    expect(entries(other)).toEqual([a, b].map((path) => path.slice(11)).sort());
    expect(await other.verify({ checkContents: true })).toEqual([]);
    expect(whyAlive(other, a)?.chain.map((step) => step.path)).toEqual([b, a]);

    fs.rmSync(link);
    await collectGarbage(other);
    expect(other.allPaths()).toEqual([]);
    expect(fs.readdirSync(join(other.stateDir, 'gcroots/auto'))).toEqual([]);
    expect(fs.statSync(join(other.stateDir, 'db/reserved')).size).toBe(8 * 1024 * 1024);
  });

  test('stops at what was asked for, and goes on later', async () => {
    const { store } = filled(scratchFolder(), (first) => {
      for (let i = 0; i < 30; i++) first.addText(`text-${i}`, 'x'.repeat(5000), []);
    });
    const first = await collectGarbage(store, { maxFreed: 30_000 });
    expect(first.complete).toBe(false);
    expect(first.deleted.length).toBeGreaterThan(3);
    expect(first.deleted.length).toBeLessThan(10);
    const second = await collectGarbage(store, { batchSize: 7 });
    expect(first.deleted.length + second.deleted.length).toBe(30);
  });

  test('keeps the derivation of what lives, when it is told to', async () => {
    const physicalRoot = scratchFolder();
    const { store, made } = filled(physicalRoot, (first) => {
      const drvPath = first.addText('thing.drv', '', []);
      const output = first.addText('output', 'o', []);
      first.registerOutputs(
        [{ ...first.requireInfo(output), deriver: drvPath }],
        [{ drvPath, outputName: 'out', outPath: output }],
      );
      first.parts.database.exec(`update ValidPaths set deriver = '${drvPath}' where path = '${output}'`);
      return { drvPath, output };
    });
    store.addPermanentRoot(join(store.stateDir, 'gcroots/output'), made.output);
    store.close();
    const other = openStore({ physicalRoot });
    expect(planCollection(other).dead).toEqual([]);
    expect(planCollection(other, { keepDerivations: false }).dead.map((node) => node.path)).toEqual([made.drvPath]);
    await collectGarbage(other, { keepDerivations: false });
    expect(other.allPaths()).toEqual([made.output]);
    expect(other.realisation(made.drvPath, 'out')?.outPath).toBe(made.output);
  });

  test('leaves paths that are being made', async () => {
    const physicalRoot = scratchFolder();
    const store = openStore({ physicalRoot });
    const path = '/nix/store/00000000000000000000000000000000-made' as StorePath;
    store.addTempRoot(path);
    writeFiles(store.realPath(path), { half: 'x' });
    const locks = await store.lockOutputs([path]);
    onTestFinished(() => locks.release());
    await collectGarbage(openStore({ physicalRoot }));
    expect(entries(store)).toHaveLength(2);
  });

  oracleTest('finds dead what the real Nix finds dead', async () => {
    const physicalRoot = scratchFolder();
    const { store } = filled(physicalRoot, (first) => {
      for (let i = 0; i < 40; i++) {
        const paths = first.allPaths();
        first.addText(`text-${i}`, String(i), paths.filter((_, index) => (index * 7 + i) % 5 === 0).slice(0, 3));
      }
      return first.allPaths();
    });
    for (const [i, path] of store.allPaths().entries()) {
      if (i % 9 === 0) fs.symlinkSync(path, join(store.stateDir, `gcroots/${i}`));
    }
    const { stdout } = await oracle(['--store', join(physicalRoot, 'nix'), 'nix-store', '--gc', '--print-dead']);
    const dead = planCollection(store).dead.map((node) => node.path);
    expect(dead.sort()).toEqual(
      stdout
        .split('\n')
        .filter((line) => line.startsWith('/nix/store/'))
        .sort(),
    );
    expect(dead.length).toBeGreaterThan(5);
  });
});

describe('generations', () => {
  const setUp = () => {
    const physicalRoot = scratchFolder();
    const { store, made } = filled(physicalRoot, (first) =>
      ['one', 'two', 'three'].map((name) => first.addText(name, name, [])),
    );
    const [one, two, three] = made as [StorePath, StorePath, StorePath];
    const profile = join(store.stateDir, 'profiles/system');
    for (const [index, path] of made.entries()) store.addPermanentRoot(join(profile, `generation-${index + 1}`), path);
    fs.symlinkSync('generation-3', join(profile, 'current'));
    const theirs = join(store.stateDir, 'profiles/default');
    store.addPermanentRoot(`${theirs}-1-link`, one);
    store.addPermanentRoot(`${theirs}-2-link`, two);
    fs.symlinkSync('default-2-link', theirs);
    store.close();
    return { store: openStore({ physicalRoot }), profile, theirs, one, two, three };
  };

  test('that are given up go first, in both forms, with what only they kept', async () => {
    const { store, profile, theirs, one, two, three } = setUp();
    const plan = planCollection(store, { generations: { keep: 1 } });
    expect(plan.expired.map(({ link }) => link).sort()).toEqual(
      [`${profile}/generation-1`, `${profile}/generation-2`, `${theirs}-1-link`].sort(),
    );
    expect(plan.dead).toMatchObject([{ path: one, because: { kind: 'expired' } }]);
    expect(store.isValid(one)).toBe(true);
    const { deleted, expired } = await collectGarbage(store, { generations: { keep: 1 } });
    expect([deleted, expired.length]).toEqual([[one], 3]);
    expect(fs.readdirSync(profile).sort()).toEqual(['current', 'generation-3']);
    expect([store.isValid(two), store.isValid(three)]).toEqual([true, true]);
  });

  test('stay unless they are given up', async () => {
    const { store } = setUp();
    const result = await collectGarbage(store, { generations: { before: 1000 } });
    expect([result.deleted, result.expired]).toEqual([[], []]);
  });
});

test('a plan says why each path goes', () => {
  const { store, made } = filled(scratchFolder(), chain);
  const [a, b, c] = made as [StorePath, StorePath, StorePath];
  expect(planCollection(store).dead.map(({ path, because }) => [path, because])).toEqual([
    [c, { kind: 'unneeded' }],
    [b, { kind: 'needed-by-dead', path: c }],
    [a, { kind: 'needed-by-dead', path: b }],
  ]);
});
