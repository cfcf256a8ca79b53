/** Laws of the switch, on random machines: whatever was there, it ends as declared, and nobody's bytes are lost. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSwitchTo, rollback, switchTo } from '../../src/activate/index.ts';
import { setFaultHook } from '../../src/base/fault.ts';
import { removeTree } from '../../src/store/index.ts';
import { type FileSpec, type FilesSpec, makeSystem, openScratch, scratchFolder, snapshot } from './support.ts';

const names = fc.constantFrom('a', 'b', 'c');
const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => `/t/${parts.join('/')}`);
const specs: fc.Arbitrary<FileSpec> = fc.oneof(
  fc.constantFrom<FileSpec>('one', 'two', { text: 'one', mode: '0600' }, { link: '/t/a' }, { link: 'c' }),
  fc.constantFrom<FileSpec>({ folder: '0755' }, { folder: '0700' }),
);

/** Declared files, without any that is below what is no folder. */
const trees: fc.Arbitrary<FilesSpec> = fc.array(fc.tuple(paths, specs), { maxLength: 6 }).map((entries) => {
  const tree = new Map(entries);
  const isFolder = (path: string): boolean => {
    const spec = tree.get(path);
    return spec === undefined || (typeof spec === 'object' && 'folder' in spec);
  };
  const kept = [...tree].filter(([path]) => {
    const parts = path.split('/');
    return parts.slice(3).every((_, index) => isFolder(parts.slice(0, index + 3).join('/')));
  });
  return Object.fromEntries(kept);
});

/** What somebody does by hand: a text of its own, a link, a folder with something in it, or a removal. */
const deeds = fc.array(fc.tuple(paths, fc.constantFrom('write', 'link', 'folder', 'remove')), { maxLength: 4 });

let counter = 0;

/** Does it where it can be done; returns the bytes that are then somewhere. */
function doByHand(root: string, todo: readonly (readonly [string, string])[]): void {
  for (const [path, deed] of todo) {
    const place = join(root, path);
    try {
      // Never through a link: it would lead somewhere else.
      if (fs.realpathSync(join(place, '..')) !== join(place, '..')) continue;
      fs.rmSync(place, { recursive: true, force: true });
      if (deed === 'write') fs.writeFileSync(place, `by hand ${++counter}`);
      if (deed === 'link') fs.symlinkSync(`by-hand-${++counter}`, place);
      if (deed === 'folder') fs.mkdirSync(place);
      if (deed === 'folder') fs.writeFileSync(join(place, 'inside'), `by hand ${++counter}`);
    } catch {}
  }
}

/** Every text and link target below a folder that was made by hand. */
function handmade(folder: string, found: Set<string> = new Set()): Set<string> {
  for (const entry of fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true }) : []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) handmade(path, found);
    else {
      const text = entry.isSymbolicLink() ? fs.readlinkSync(path) : fs.readFileSync(path, 'utf8');
      for (const word of text.match(/by.hand.\d+/g) ?? []) found.add(word);
    }
  }
  return found;
}

test('switch and rollback over random machines', async () => {
  await fc.assert(
    fc.asyncProperty(deeds, trees, deeds, trees, deeds, async (before, first, between, second, later) => {
      const root = join(scratchFolder(), 'machine');
      fs.mkdirSync(join(root, 't'), { recursive: true });
      const scratch = openScratch(root);
      const { machine, store } = scratch;
      try {
        const go = async (files: FilesSpec): Promise<void> => {
          const hand = new Set([...handmade(join(root, 't')), ...handmade(machine.layout.backups)]);
          const system = makeSystem(store, { files });
          await switchTo(machine, system);
          expect((await planSwitchTo(machine, system)).files).toEqual([]);
          const now = new Set([...handmade(join(root, 't')), ...handmade(machine.layout.backups)]);
          expect([...hand].filter((word) => !now.has(word))).toEqual([]);
        };
        doByHand(root, before);
        await go(first);
        const undisturbed = snapshot(root);
        doByHand(root, between);
        await go(second);
        doByHand(root, later);
        await rollback(machine, 1);
        const here = snapshot(root);
        for (const path of Object.keys(first)) {
          if (!here[path]?.startsWith('->') || undisturbed[path]?.startsWith('->')) {
            expect(here[path], path).toBe(undisturbed[path]);
          }
        }
      } finally {
        store.close();
        removeTree(root);
      }
    }),
    { numRuns: 50 },
  );
}, 300_000);

test('an error at any step of a random switch leaves the machine as it was', async () => {
  await fc.assert(
    fc.asyncProperty(trees, deeds, trees, fc.nat({ max: 60 }), async (first, between, second, point) => {
      const root = join(scratchFolder(), 'machine');
      fs.mkdirSync(join(root, 't'), { recursive: true });
      const { machine, store } = openScratch(root);
      try {
        await switchTo(machine, makeSystem(store, { files: first }));
        doByHand(root, between);
        const before = snapshot(root);
        const system = makeSystem(store, { files: second });
        let passed = 0;
        setFaultHook((name) => {
          if (name.startsWith('activate/') && passed++ === point) throw new Error('no');
        });
        const code = await switchTo(machine, system).then(
          () => 'done',
          (error: { code?: string }) => error.code,
        );
        setFaultHook(undefined);
        if (code === 'activate/reverted') expect(snapshot(root)).toEqual(before);
        await switchTo(machine, system);
        expect((await planSwitchTo(machine, system)).files).toEqual([]);
      } finally {
        setFaultHook(undefined);
        store.close();
        removeTree(root);
      }
    }),
    { numRuns: 50 },
  );
}, 300_000);
