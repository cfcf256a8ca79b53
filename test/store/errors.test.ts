import * as fs from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runSync } from '../../src/base/process.ts';
import { openLocalStore, StoreError, type StoreErrorCode } from '../../src/store/index.ts';
import { entries, openStore, scratchFolder, scratchStore } from './support.ts';

const root = process.geteuid?.() === 0;

/** Tests that need the right to mount; elsewhere they are shown as not run. */
const mountTest = (name: string, body: () => void | Promise<void>): void => {
  if (root && mayMount()) test(name, body);
  else test.skip(`${name} (needs root and the right to mount)`, () => {});
};

function mayMount(): boolean {
  return runSync('unshare', ['--mount', 'true']).status === 0;
}

function mount(folder: string, options: string): void {
  fs.mkdirSync(folder, { recursive: true });
  expect(runSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])).toMatchObject({ status: 0, stderr: '' });
  onTestFinished(() => {
    runSync('umount', ['-l', folder]);
  });
}

/** Runs `work` without the rights of root. */
function asOrdinaryUser<T>(work: () => T): T {
  if (!root) return work();
  process.seteuid?.(65534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

/** What `work` throws, which must be a `StoreError` of this code with a hint. */
function failure(code: StoreErrorCode, work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/./) });
    return error as StoreError;
  }
  throw new Error('nothing was thrown');
}

describe('permission', () => {
  test('to make a store', () => {
    const physicalRoot = scratchFolder();
    fs.chmodSync(physicalRoot, 0o555);
    const error = asOrdinaryUser(() => failure('store/permission', () => openLocalStore({ physicalRoot })));
    expect(error.message).toContain(physicalRoot);
    expect(fs.readdirSync(physicalRoot)).toEqual([]);
  });

  test.runIf(root)('to write a store of another user', () => {
    const physicalRoot = scratchFolder();
    fs.chmodSync(physicalRoot, 0o755);
    const path = openStore({ physicalRoot }).addText('a', 'A', []);
    asOrdinaryUser(() => {
      failure('store/permission', () => openLocalStore({ physicalRoot }));
      const reader = openLocalStore({ physicalRoot, readOnly: true });
      expect(reader.isValid(path)).toBe(true);
      reader.close();
    });
  });

  test.runIf(root)('to read a source: the store is not to blame', () => {
    const store = scratchStore();
    const secret = join(scratchFolder(), 'secret');
    fs.writeFileSync(secret, 'x', { mode: 0o600 });
    fs.chmodSync(join(secret, '..'), 0o755);
    for (const folder of [store.realStoreDir, store.stateDir]) runSync('chmod', ['-R', 'a+rwX', folder]);
    runSync('chmod', ['a+rwX', join(store.realStoreDir, '../..'), join(store.realStoreDir, '..')]);
    const added = asOrdinaryUser(() => {
      try {
        return store.addPath({ physicalPath: secret, name: 'secret', ingestion: 'flat' });
      } catch (error) {
        return error;
      }
    });
    expect(added).toMatchObject({
      code: 'store/permission',
      hint: undefined,
      message: expect.stringContaining(secret),
    });
  });
});

describe('a full disk', () => {
  mountTest('ends an addition, leaves nothing half-made, and later the same works', async () => {
    const physicalRoot = join(scratchFolder(), 'small');
    mount(physicalRoot, 'size=14m');
    const store = openStore({ physicalRoot });
    const source = join(scratchFolder(), 'large');
    fs.writeFileSync(source, Buffer.alloc(9_000_000, 'x'));
    const before = store.addText('before', 'text', []);
    failure('store/disk-full', () => store.addPath({ physicalPath: source, name: 'large', ingestion: 'nar' }));
    expect(entries(store)).toEqual([before.slice('/nix/store/'.length)]);
    expect(await store.verify({ checkContents: true })).toEqual([]);
    fs.rmSync(join(store.stateDir, 'db/reserved'));
    store.addPath({ physicalPath: source, name: 'large', ingestion: 'nar' });
    expect(await store.verify({ checkContents: true })).toEqual([]);
  });

  mountTest('at every size refuses cleanly, or works', async () => {
    for (let kib = 16; kib <= 400; kib += 48) {
      const physicalRoot = join(scratchFolder(), 'small');
      mount(physicalRoot, `size=${kib}k`);
      try {
        const store = openStore({ physicalRoot });
        store.batch(() => {
          for (let i = 0; i < 30; i++) store.addText(`text-${i}`, `${i}`.repeat(1000), []);
        });
        expect(await store.verify({ checkContents: true })).toEqual([]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'store/disk-full' });
      }
    }
  });
});

mountTest('a file system that is mounted read-only is said to be, and can be read', () => {
  const physicalRoot = join(scratchFolder(), 'mounted');
  mount(physicalRoot, 'size=14m');
  const store = openStore({ physicalRoot });
  const path = store.addText('a', 'A', []);
  store.close();
  expect(runSync('mount', ['-o', 'remount,ro', physicalRoot])).toMatchObject({ status: 0, stderr: '' });
  failure('store/read-only', () => openLocalStore({ physicalRoot }));
  expect(openStore({ physicalRoot, readOnly: true }).allPaths()).toEqual([path]);
});

describe('a damaged database', () => {
  const cases: Record<string, [damage: (file: string) => void, code: StoreErrorCode]> = {
    'that is missing': [(file) => fs.rmSync(file), 'store/database-corrupt'],
    'that is empty': [(file) => fs.truncateSync(file), 'store/database-corrupt'],
    'of garbage': [(file) => fs.writeFileSync(file, 'garbage '.repeat(2000)), 'store/database-corrupt'],
    'that was cut off': [(file) => fs.truncateSync(file, 4096), 'store/database-corrupt'],
    'without its tables': [
      (file) => {
        fs.rmSync(file);
        const database = new DatabaseSync(file);
        database.exec('create table Other (a)');
        database.close();
      },
      'store/database-corrupt',
    ],
    'of a newer schema': [(file) => fs.writeFileSync(join(file, '../schema'), '11'), 'store/schema'],
    'of an older schema': [(file) => fs.writeFileSync(join(file, '../schema'), '9'), 'store/schema'],
    'of no schema at all': [(file) => fs.writeFileSync(join(file, '../schema'), 'x'), 'store/database-corrupt'],
  };
  for (const [name, [damage, code]] of Object.entries(cases)) {
    test(`${name} is refused, and not touched`, () => {
      const physicalRoot = scratchFolder();
      const store = openStore({ physicalRoot });
      const path = store.realPath(store.addText('a', 'A', []));
      store.close();
      damage(join(store.stateDir, 'db/db.sqlite'));
      for (const readOnly of [true, false]) failure(code, () => openLocalStore({ physicalRoot, readOnly }).allPaths());
      expect(fs.readFileSync(path, 'utf8')).toBe('A');
    });
  }

  test('with a flipped byte in a path is found by verification', async () => {
    const physicalRoot = scratchFolder();
    const store = openStore({ physicalRoot });
    for (let i = 0; i < 50; i++) store.addText(`text-${i}`, 'x', []);
    store.close();
    const file = join(store.stateDir, 'db/db.sqlite');
    const bytes = fs.readFileSync(file);
    const at = bytes.indexOf('-text-25');
    bytes[at - 1] = bytes[at - 1] === 0x61 ? 0x62 : 0x61;
    fs.writeFileSync(file, bytes);
    const problems = await openStore({ physicalRoot }).verify({ checkContents: true });
    expect(problems.length).toBeGreaterThan(0);
  });
});

test('a database with flipped bytes answers, or says that it is damaged', async () => {
  const physicalRoot = scratchFolder();
  const store = openStore({ physicalRoot });
  for (let i = 0; i < 30; i++) store.addText(`text-${i}`, 'x', store.allPaths().slice(0, 3));
  store.close();
  const file = join(store.stateDir, 'db/db.sqlite');
  const whole = fs.readFileSync(file);
  const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(flips, async (places) => {
      const bytes = Buffer.from(whole);
      for (const [at, mask] of places) bytes[at]! ^= mask;
      fs.writeFileSync(file, bytes);
      for (const extra of ['-wal', '-shm']) fs.rmSync(`${file}${extra}`, { force: true });
      await useEverything(physicalRoot).catch((error: unknown) => expect(error).toBeInstanceOf(StoreError));
    }),
    { numRuns: 40 },
  );
});

async function useEverything(physicalRoot: string): Promise<void> {
  const store = openLocalStore({ physicalRoot });
  try {
    const paths = store.allPaths();
    for (const path of paths) store.pathInfo(path);
    store.closure(paths);
    store.addText('more', 'text', []);
    await store.verify({ checkContents: true });
  } finally {
    store.close();
  }
}

test('a store behind a symbolic link is refused', () => {
  const physicalRoot = scratchFolder();
  fs.mkdirSync(join(physicalRoot, 'elsewhere'));
  fs.symlinkSync('elsewhere', join(physicalRoot, 'nix'));
  expect(() => openLocalStore({ physicalRoot })).toThrow(expect.objectContaining({ code: 'store/symlinked' }));
});
