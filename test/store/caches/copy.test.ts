/** Closures through caches and back: folders, servers, all compressions, records, resumption of what was interrupted. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { silent } from '../../../src/base/events.ts';
import { setFaultHook } from '../../../src/base/fault.ts';
import { hashPartOf, parseNarInfo, type StorePath } from '../../../src/formats/index.ts';
import { compressions, copyFromCaches, copyToCache, type LocalStore, openCache } from '../../../src/store/index.ts';
import { entries, scratchFolder, scratchStore } from '../support.ts';
import { serveFiles } from './http-files.ts';
import { cacheFolder, filledStore, key, quick, Recorder, substituters } from './support.ts';

/** All that is known of a path, except when it became known. */
function known(store: LocalStore, path: StorePath): object {
  const { registrationTime, ultimate, ...rest } = store.requireInfo(path);
  return rest;
}

describe.each(compressions)('with %s', (compression) => {
  test('a closure goes into a folder and comes back the same', async () => {
    const { store, output, drvPath } = filledStore();
    const { cache } = openCache(`file://${join(scratchFolder(), 'cache')}`, { storeDir: store.storeDir });
    const sent = await copyToCache(store, cache, [output, drvPath], { compression, keys: [key], sink: silent });
    expect(sent).toEqual(store.closure([output, drvPath]));
    expect(await copyToCache(store, cache, [output], { compression, sink: silent })).toEqual([]);

    const folder = fileURLToPath(cache.uri);
    const info = parseNarInfo(store.storeDir, fs.readFileSync(join(folder, `${hashPartOf(output)}.narinfo`), 'latin1'));
    expect(info.compression).toBe(compression);
    expect(fs.statSync(join(folder, info.url)).size).toBe(info.fileSize);
    expect(fs.readdirSync(folder, { recursive: true }).filter((name) => String(name).includes('.tmp'))).toEqual([]);

    const other = scratchStore();
    const fetched = await copyFromCaches(substituters([cache.uri]), other, [output, drvPath], { sink: silent });
    expect([...fetched].sort()).toEqual([...sent].sort());
    for (const path of sent)
      expect(known(other, path)).toEqual({ ...known(store, path), signatures: [expect.stringMatching(/^test-1:/)] });
    expect(await other.verify({ checkContents: true })).toEqual([]);
    expect(other.provenance(output)).toMatchObject([{ kind: 'copy', details: { cache: cache.uri } }]);
    expect(other.readDerivation(drvPath)).toEqual(store.readDerivation(drvPath));
    expect(entries(other)).toHaveLength(sent.length);
  });
});

test('a closure goes to a server and comes back over few connections', async () => {
  const files = await serveFiles();
  const { store, output } = filledStore();
  const { cache } = openCache(files.url, { storeDir: store.storeDir, ...quick, connections: 4 });
  await copyToCache(store, cache, [output], { compression: 'zstd', keys: [key], parallel: 2, sink: silent });
  cache.transport.close();
  expect(files.connections()).toBeLessThanOrEqual(4);
  const [infos, archives] = [/\.narinfo$/, /^PUT nar\//].map((what) =>
    files.requests.findLastIndex((request) => request.startsWith('PUT') && what.test(request)),
  );
  expect(infos).toBeGreaterThan(archives!);
  const other = scratchStore();
  await copyFromCaches(substituters([files.url]), other, [output], { sink: silent });
  expect(await other.verify({ checkContents: true })).toEqual([]);
  expect(other.isValid(output)).toBe(true);
});

test('a description is written after those of all that it refers to', async () => {
  const files = await serveFiles();
  const { store, a, b, tree, output } = filledStore();
  const { cache } = openCache(files.url, { storeDir: store.storeDir, ...quick });
  await copyToCache(store, cache, [output], { compression: 'none', parallel: 8, sink: silent });
  cache.transport.close();
  const order = [a, b, tree, output].map((path) => files.requests.indexOf(`PUT ${hashPartOf(path)}.narinfo`));
  expect(order.every((index) => index >= 0)).toBe(true);
  expect(order[0]).toBeLessThan(order[1]!);
  expect(Math.max(...order.slice(0, 3))).toBeLessThan(order[3]!);
});

test('records of outputs go along, and are believed only with a trusted signature', async () => {
  const { store, output, drvPath } = filledStore();
  const signed = await cacheFolder(store, [output]);
  const unsigned = await cacheFolder(store, [output], false);
  expect(await substituters([signed]).realisation(drvPath, 'out')).toBe(output);
  expect(await substituters([signed]).realisation(drvPath, 'dev')).toBeUndefined();
  expect(await substituters([signed], { keys: [] }).realisation(drvPath, 'out')).toBeUndefined();
  expect(await substituters([unsigned]).realisation(drvPath, 'out')).toBeUndefined();
  expect(await substituters([`${unsigned}?trusted=1`]).realisation(drvPath, 'out')).toBe(output);
  expect(await substituters([unsigned, signed]).realisation(drvPath, 'out')).toBe(output);
});

test('a path that is damaged here goes nowhere', async () => {
  const { store, a, b, output } = filledStore();
  const file = store.realPath(b);
  fs.chmodSync(file, 0o644);
  fs.appendFileSync(file, 'damage');
  const uri = `file://${join(scratchFolder(), 'cache')}`;
  const { cache } = openCache(uri, { storeDir: store.storeDir });
  await expect(copyToCache(store, cache, [output], { compression: 'zstd', sink: silent })).rejects.toMatchObject({
    code: 'store/hash-mismatch',
    details: { path: b },
  });
  expect(await cache.narInfo(b)).toBeUndefined();
  expect(await cache.narInfo(output)).toBeUndefined();
  const left = fs.readdirSync(fileURLToPath(uri), { recursive: true }).filter((name) => String(name).includes('.tmp'));
  expect(left).toEqual([]);
  expect((await cache.narInfo(a))?.path ?? a).toBe(a);
});

test('a cache for other stores is not written', async () => {
  const folder = scratchFolder();
  fs.writeFileSync(join(folder, 'nix-cache-info'), 'StoreDir: /other/store\n');
  const { store, a } = filledStore();
  const { cache } = openCache(`file://${folder}`, { storeDir: store.storeDir });
  await expect(copyToCache(store, cache, [a], { compression: 'zstd', sink: silent })).rejects.toMatchObject({
    code: 'store/cache-other-store',
  });
});

test('what needs something that is in no cache is not begun', async () => {
  const { store, b, output } = filledStore();
  const uri = await cacheFolder(store, [output]);
  fs.rmSync(join(fileURLToPath(uri), `${hashPartOf(b)}.narinfo`));
  const other = scratchStore();
  await expect(copyFromCaches(substituters([uri]), other, [output], { sink: silent })).rejects.toMatchObject({
    code: 'store/not-in-caches',
    details: { path: output, missing: b },
  });
  expect(entries(other)).toEqual([]);
});

test('an interrupted fetch keeps what was whole, and goes on later', async () => {
  const { store, output } = filledStore();
  const uri = await cacheFolder(store, [output]);
  const other = scratchStore();
  const controller = new AbortController();
  let begun = 0;
  const sink = new Recorder();
  const stopping = {
    emit: (event: Parameters<Recorder['emit']>[0]) => {
      if (event.type === 'start' && event.kind === 'substitute' && ++begun === 3) controller.abort();
      sink.emit(event);
    },
  };
  const options = { sink: stopping, signal: controller.signal, parallel: 1 };
  const fetch = copyFromCaches(substituters([uri], { signal: controller.signal }), other, [output], options);
  await expect(fetch).rejects.toMatchObject({ name: 'AbortError' });
  expect(other.allPaths().length).toBeGreaterThan(0);
  expect(other.isValid(output)).toBe(false);
  expect(entries(other)).toEqual(other.allPaths().map((path) => path.slice('/nix/store/'.length)));
  await copyFromCaches(substituters([uri]), other, [output], { sink: silent });
  expect(other.isValid(output)).toBe(true);
  expect(await other.verify({ checkContents: true })).toEqual([]);
});

test('a failure between any two steps of a fetch leaves a store that is whole', async () => {
  const { store, output } = filledStore();
  const uri = await cacheFolder(store, [output]);
  const points: string[] = [];
  setFaultHook((point) => points.push(point));
  await copyFromCaches(substituters([uri]), scratchStore(), [output], { sink: silent });
  const all = new Set(points.filter((point) => point.startsWith('reception/')));
  const steps = ['written', 'renamed', 'durable', 'names-durable', 'registered'];
  expect([...all]).toEqual(steps.map((step) => `reception/${step}`));
  for (const fatal of all) {
    const other = scratchStore();
    setFaultHook((point) => {
      if (point === fatal) throw new Error(`stopped at ${point}`);
    });
    const fetch = copyFromCaches(substituters([uri]), other, [output], { sink: silent });
    await expect(fetch)
      .rejects.toThrow('stopped')
      .finally(() => setFaultHook(undefined));
    expect(await other.verify({ checkContents: true })).toEqual([]);
    await copyFromCaches(substituters([uri]), other, [output], { sink: silent });
    expect(await other.verify({ checkContents: true })).toEqual([]);
    expect(other.isValid(output)).toBe(true);
  }
});
