/** Scratch stores and trees on disk for the tests of this room. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LocalStore, type LocalStoreOptions, openLocalStore, removeTree } from '../../src/store/index.ts';

/** A folder that is gone after the test. */
export function scratchFolder(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'sysbuild-store-test-'));
  onTestFinished(() => {
    removeTree(folder);
  });
  return folder;
}

/** A new store below a scratch folder, closed after the test. */
export function scratchStore(options: Partial<LocalStoreOptions> = {}): LocalStore {
  return openStore({ physicalRoot: scratchFolder(), ...options });
}

export function openStore(options: LocalStoreOptions): LocalStore {
  const store = openLocalStore(options);
  onTestFinished(() => {
    store.close();
  });
  return store;
}

/** What stands in the store's folder, except for shared contents. */
export function entries(store: LocalStore): string[] {
  return fs
    .readdirSync(store.realStoreDir)
    .filter((name) => name !== '.links')
    .sort();
}

/** A tree for tests: text is a file, null marks an executable, objects are directories. */
export interface Files {
  readonly [name: string]: string | Buffer | Files | { readonly executable: string } | { readonly link: string };
}

export function writeFiles(folder: string, files: Files): string {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (typeof content === 'string' || Buffer.isBuffer(content)) fs.writeFileSync(path, content);
    else if ('executable' in content && typeof content['executable'] === 'string') {
      fs.writeFileSync(path, content['executable'], { mode: 0o755 });
    } else if ('link' in content && typeof content['link'] === 'string') fs.symlinkSync(content['link'], path);
    else writeFiles(path, content as Files);
  }
  return folder;
}
