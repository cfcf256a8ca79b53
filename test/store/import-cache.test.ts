/** Folders that are caches, imported whole or not at all. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ImportOptions, importCache } from '../../src/store/index.ts';
import { cacheFolder, filledStore, key } from './caches/support.ts';
import { entries, scratchStore } from './support.ts';

const withKey: ImportOptions = { keys: new Map([[key.name, key.publicKey]]) };

async function madeCache() {
  const filled = filledStore();
  const uri = await cacheFolder(filled.store, [filled.output, filled.drvPath]);
  return { ...filled, folder: uri.replace('file://', '') };
}

test('everything in it becomes valid, with its records; once more there is nothing to do', async () => {
  const { store, output, drvPath, folder } = await madeCache();
  const other = scratchStore();
  const { paths } = await importCache(other, folder, withKey);
  expect([...paths].sort()).toEqual(store.closure([output, drvPath]).sort());
  expect(other.realisation(drvPath, 'out')?.outPath).toBe(output);
  expect(await other.verify({ checkContents: true })).toEqual([]);
  expect(await importCache(other, folder, withKey)).toEqual({ paths: [], known: expect.arrayContaining([output]) });
});

test.each([
  ['an archive is damaged', (folder: string) => damage(archiveOf(folder)), 'store/compression'],
  ['an archive is gone', (folder: string) => fs.rmSync(archiveOf(folder)), 'store/import'],
  [
    'a description is gone that others need',
    (folder: string) => fs.rmSync(narInfo(folder, '-a\n')),
    'store/reference-not-valid',
  ],
  ['it is no cache', (folder: string) => fs.rmSync(join(folder, 'nix-cache-info')), 'store/import'],
  [
    'it is for another store',
    (folder: string) => fs.writeFileSync(join(folder, 'nix-cache-info'), 'StoreDir: /gnu/store\n'),
    'store/cache-other-store',
  ],
])('nothing becomes valid when %s', async (_, harm, code) => {
  const { folder } = await madeCache();
  harm(folder);
  const other = scratchStore();
  await expect(importCache(other, folder, withKey)).rejects.toMatchObject({ code });
  expect([other.allPaths(), entries(other)]).toEqual([[], []]);
});

test('nothing becomes valid when something is signed by nobody trusted', async () => {
  const { folder } = await madeCache();
  const other = scratchStore();
  await expect(importCache(other, folder, { keys: new Map() })).rejects.toMatchObject({ code: 'store/not-trusted' });
  expect(other.allPaths()).toEqual([]);
  expect((await importCache(other, folder, { keys: new Map(), requireSignatures: false })).paths).toHaveLength(5);
});

function archiveOf(folder: string): string {
  const archives = fs.readdirSync(join(folder, 'nar')).map((name) => join(folder, 'nar', name));
  return archives.sort((a, b) => fs.statSync(b).size - fs.statSync(a).size)[0]!;
}

function damage(file: string): void {
  const bytes = fs.readFileSync(file);
  bytes.fill(0, 4, 24);
  fs.writeFileSync(file, bytes);
}

function narInfo(folder: string, end: string): string {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.narinfo'));
  return join(
    folder,
    names.find((name) => fs.readFileSync(join(folder, name), 'utf8').split('URL:')[0]!.endsWith(end))!,
  );
}
