/** The store as a server, asked by a plain client and by our own. */
import * as fs from 'node:fs';
import * as http from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silent } from '../../../../src/base/events.ts';
import { hashPartOf, parseNarInfo, type StorePath } from '../../../../src/formats/index.ts';
import {
  type CacheServer,
  compressions,
  copyFromCaches,
  copyToCache,
  type LocalStore,
  openCache,
  type ServeOptions,
  serveStore,
} from '../../../../src/store/index.ts';
import { scratchFolder, scratchStore, writeFiles } from '../../support.ts';
import { filledStore, key, quick, Recorder, substituters } from '../support.ts';
import { bytesFrom } from '../transport-contract.ts';

async function serve(store: LocalStore, options: Partial<ServeOptions> = {}): Promise<CacheServer> {
  const server = await serveStore(store, { sink: silent, ...options });
  onTestFinished(async () => {
    server.close();
    await server.closed;
  });
  return server;
}

const keys = new Map([[key.name, key.publicKey]]);
const token = 'a-token-for-tests';

describe('readers', () => {
  test.each(compressions)('get a closure with %s', async (compression) => {
    const { store, output, drvPath } = filledStore();
    const server = await serve(store, { compression, keys: [key] });
    const other = scratchStore();
    await copyFromCaches(substituters([server.url]), other, [output, drvPath], { sink: silent });
    expect(await other.verify({ checkContents: true })).toEqual([]);
    expect(other.requireInfo(output).references).toEqual(store.requireInfo(output).references);
    expect(await substituters([server.url]).realisation(drvPath, 'out')).toBe(output);
  });

  test('get what the protocol says, and nothing else', async () => {
    const { store, a, output, drvPath } = filledStore();
    const { url } = await serve(store, { compression: 'none', priority: 7, keys: [key] });
    const info = await fetch(`${url}/nix-cache-info`);
    expect(await info.text()).toBe('StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 7\n');
    const described = await fetch(`${url}/${hashPartOf(output)}.narinfo`);
    expect(described.headers.get('content-type')).toBe('text/x-nix-narinfo');
    const narInfo = parseNarInfo('/nix/store', await described.text());
    expect(narInfo).toMatchObject({ path: output, deriver: drvPath, signatures: [expect.stringMatching(/^test-1:/)] });
    const nar = await fetch(`${url}/${narInfo.url}`);
    expect(nar.headers.get('content-length')).toBe(String(narInfo.narSize));
    const whole = Buffer.from(await nar.arrayBuffer());
    expect(whole.equals((await bytesFrom(store.dumpNar(output)))!)).toBe(true);
    for (const absent of [`${'2'.repeat(32)}.narinfo`, narInfo.url.replace(/-./, '-z'), 'nar/x.nar', 'log/x', '%zz'])
      expect((await fetch(`${url}/${absent}`)).status).toBe(404);
    expect((await fetch(`${url}/${hashPartOf(a)}.narinfo`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${url}/${hashPartOf(a)}.narinfo`, { method: 'PUT', body: 'x' })).status).toBe(405);
    expect(await (await fetch(url)).text()).toContain(key.publicKey.format());
  });

  test('get the head alone, what did not change, and parts', async () => {
    const { store, output } = filledStore();
    const { url } = await serve(store, { compression: 'none' });
    const narInfo = parseNarInfo('/nix/store', await (await fetch(`${url}/${hashPartOf(output)}.narinfo`)).text());
    const nar = `${url}/${narInfo.url}`;
    const head = await fetch(nar, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(narInfo.narSize));
    expect(await head.text()).toBe('');
    const etag = head.headers.get('etag')!;
    expect((await fetch(nar, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const whole = Buffer.from(await (await fetch(nar)).arrayBuffer());
    const { length } = whole;
    for (const [range, from, to] of [
      ['0-0', 0, 1],
      ['100-', 100, length],
      ['-50', length - 50, length],
      ['7-300', 7, 301],
      [`${length - 1}-`, length - 1, length],
    ] as const) {
      const part = await fetch(nar, { headers: { range: `bytes=${range}` } });
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${length}`);
      expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(from, to))).toBe(true);
    }
    const beyond = await fetch(nar, { headers: { range: `bytes=${length}-` } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${length}`]);
    expect((await fetch(nar, { headers: { range: 'bytes=5-', 'if-range': '"another"' } })).status).toBe(200);
    expect((await fetch(nar, { headers: { range: 'bytes=5-', 'if-range': etag } })).status).toBe(206);
  });

  test('are not told that a damaged path is whole', async () => {
    const { store, tree } = filledStore();
    const folder = join(store.realPath(tree), 'deep/deeper');
    fs.chmodSync(folder, 0o755);
    fs.chmodSync(join(folder, 'file'), 0o644);
    const sink = new Recorder();
    const { url } = await serve(store, { compression: 'none', sink });
    const narInfo = parseNarInfo('/nix/store', await (await fetch(`${url}/${hashPartOf(tree)}.narinfo`)).text());
    for (const change of [
      () => fs.appendFileSync(join(folder, 'file'), 'more'),
      () => fs.rmSync(join(folder, 'file')),
    ]) {
      change();
      const read = fetch(`${url}/${narInfo.url}`).then((response) => response.arrayBuffer());
      await expect(read).rejects.toThrow();
    }
    expect(sink.warnings).toHaveLength(2);
    await expect(copyFromCaches(substituters([url]), scratchStore(), [tree], { sink })).rejects.toMatchObject({
      code: 'store/not-in-caches',
    });
  });

  test('that are slow hold nothing up, and cost little', async () => {
    const store = scratchStore();
    const size = 96 * 1024 * 1024;
    const file = join(writeFiles(scratchFolder(), { large: Buffer.alloc(size, 'not very random') }), 'large');
    const path = store.addPath({ physicalPath: file, name: 'large', ingestion: 'flat' });
    const { url } = await serve(store, { compression: 'none' });
    const narInfo = parseNarInfo('/nix/store', await (await fetch(`${url}/${hashPartOf(path)}.narinfo`)).text());
    const before = process.memoryUsage().rss;
    const slow = await Promise.all(
      Array.from(
        { length: 8 },
        () => new Promise<http.IncomingMessage>((resolve) => http.get(`${url}/${narInfo.url}`, resolve)),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await fetch(`${url}/nix-cache-info`)).status).toBe(200);
    // Eight times 96 MiB are asked for and not read.
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    for (const response of slow) response.destroy();
  });
});

describe('senders', () => {
  const upload = async (
    store: LocalStore,
    url: string,
    paths: readonly StorePath[],
    options = {},
  ): Promise<StorePath[]> => {
    const { cache } = openCache(url, {
      storeDir: store.storeDir,
      ...quick,
      authorization: `Bearer ${token}`,
      ...options,
    });
    try {
      return await copyToCache(store, cache, paths, { compression: 'zstd', keys: [key], parallel: 4, sink: silent });
    } finally {
      cache.transport.close();
    }
  };

  test('put closures into the store, with their records', async () => {
    const { store, output, drvPath } = filledStore();
    const target = scratchStore();
    const { url } = await serve(target, { uploads: { tokens: [token] } });
    expect(await upload(store, url, [output, drvPath])).toEqual(store.closure([output, drvPath]));
    expect(await upload(store, url, [output, drvPath])).toEqual([]);
    expect(await target.verify({ checkContents: true })).toEqual([]);
    expect(target.realisation(drvPath, 'out')?.outPath).toBe(output);
    expect(target.requireInfo(output)).toMatchObject({
      ultimate: false,
      signatures: [expect.stringMatching(/^test-1/)],
    });
    expect(target.provenance(output)).toMatchObject([{ kind: 'copy', details: { uploaded: true } }]);
  });

  test('are told when they have no token, or another', async () => {
    const { store, output } = filledStore();
    const target = scratchStore();
    const { url } = await serve(target, { uploads: { tokens: [token, 'second'] } });
    const denied = { code: 'store/cache-denied' };
    await expect(upload(store, url, [output], { authorization: undefined })).rejects.toMatchObject(denied);
    await expect(upload(store, url, [output], { authorization: `Bearer ${token}x` })).rejects.toMatchObject(denied);
    await expect(upload(store, url, [output], { authorization: 'Basic eDp4' })).rejects.toMatchObject(denied);
    expect(target.allPaths()).toEqual([]);
    // The password of a login is all that some clients can give.
    const authorization = `Basic ${btoa('anybody:second')}`;
    expect(await upload(store, url, [output], { authorization })).toHaveLength(4);
  });

  test('may be asked for signatures', async () => {
    const { store, output, a } = filledStore();
    const target = scratchStore();
    const { url } = await serve(target, { uploads: { tokens: [token], keys: new Map() } });
    expect(await upload(store, url, [a])).toEqual([a]);
    await expect(upload(store, url, [output])).rejects.toMatchObject({ message: expect.stringContaining('403') });
    expect(target.isValid(output)).toBe(false);
    const strict = await serve(target, { uploads: { tokens: [token], keys } });
    await upload(store, strict.url, [output]);
    expect(target.isValid(output)).toBe(true);
  });

  const put = async (url: string, name: string, body: string | Buffer): Promise<[number, string]> => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/${name}`, { method: 'PUT', headers, body: new Uint8Array(Buffer.from(body)) });
    return [response.status, await response.text()];
  };

  test('cannot put in what is not what they say', async () => {
    const { store, a, b } = filledStore();
    const target = scratchStore();
    const { url } = await serve(target, { uploads: { tokens: [token] } });
    const nar = `nar/${'0'.repeat(52)}.nar`;
    const info = store.requireInfo(b);
    const text = (change: (text: string) => string = (same) => same): string =>
      change(
        [
          `StorePath: ${b}`,
          `URL: ${nar}`,
          'Compression: none',
          `NarHash: sha256:${Buffer.from(info.narHash.bytes).toString('hex')}`,
          `NarSize: ${info.narSize}`,
          `References: ${a.slice('/nix/store/'.length)}`,
          `CA: ${info.contentAddress}\n`,
        ].join('\n'),
      );
    const described = `${hashPartOf(b)}.narinfo`;
    expect(await put(url, described, text())).toEqual([409, expect.stringContaining('first')]);
    expect(await put(url, nar, 'rubbish')).toEqual([200, '']);
    expect(await put(url, described, 'rubbish')).toEqual([400, expect.anything()]);
    expect(await put(url, `${'2'.repeat(32)}.narinfo`, text())).toEqual([400, expect.stringContaining('another')]);
    expect(await put(url, described, text())).toEqual([409, expect.stringContaining(a)]);
    await upload(store, url, [a]);
    expect((await put(url, described, text()))[0]).toBe(400);
    const real = (await bytesFrom(store.dumpNar(b)))!;
    await put(url, nar, Buffer.concat([real, Buffer.alloc(8)]));
    expect((await put(url, described, text()))[0]).toBe(422);
    await put(url, nar, real);
    for (const change of [
      (one: string) => one.replace(/NarSize: \d+/, 'NarSize: 999999'),
      (one: string) => one.replace(/References: .*/, 'References: '),
      (one: string) => one.replace('Compression: none', 'Compression: xz'),
      (one: string) => one.replace(nar, '../../etc/passwd'),
    ])
      expect((await put(url, described, text(change)))[0]).toBeGreaterThanOrEqual(400);
    expect(target.allPaths()).toEqual([a]);
    expect(await put(url, described, text())).toEqual([200, '']);
    expect(target.isValid(b)).toBe(true);
    expect(await put(url, 'nix-cache-info', 'x')).toEqual([405, expect.anything()]);
  });

  test('cannot send more than is allowed, nor leave anything behind', async () => {
    const target = scratchStore();
    const server = await serve(target, { uploads: { tokens: [token], largest: 1000 } });
    expect((await put(server.url, `nar/${'0'.repeat(52)}.nar`, Buffer.alloc(2000)))[0]).toBe(507);
    expect((await put(server.url, `nar/${'0'.repeat(52)}.nar`, Buffer.alloc(500)))[0]).toBe(200);
    expect((await fetch(`${server.url}/nar/${'0'.repeat(52)}.nar`, { method: 'HEAD' })).status).toBe(200);
    server.close();
    await server.closed;
    expect(fs.readdirSync(join(target.stateDir, 'sysbuild/uploads'))).toEqual([]);
  });

  test('may tell of an output only one thing', async () => {
    const { store, a, output, drvPath } = filledStore();
    const target = scratchStore();
    const { url } = await serve(target, { uploads: { tokens: [token] } });
    await upload(store, url, [output]);
    const name = `sysbuild/1/realisations/${drvPath.slice('/nix/store/'.length)}/out`;
    const record = (path: StorePath): string =>
      `Format: 1\nDerivation: ${drvPath.slice('/nix/store/'.length)}\nOutput: out\nPath: ${path.slice('/nix/store/'.length)}\n`;
    expect((await put(url, name, record(output)))[0]).toBe(200);
    expect((await put(url, name, record(a)))[0]).toBe(409);
    expect((await put(url, name.replace(/out$/, 'dev'), record(a)))[0]).toBe(400);
    expect(target.realisation(drvPath, 'out')?.outPath).toBe(output);
  });
});

describe('the service', () => {
  test('ends by a signal, when what is being sent is sent', async () => {
    const { store, tree } = filledStore();
    const controller = new AbortController();
    const server = await serve(store, { compression: 'none', signal: controller.signal });
    const narInfo = parseNarInfo('/nix/store', await (await fetch(`${server.url}/${hashPartOf(tree)}.narinfo`)).text());
    const response = await new Promise<http.IncomingMessage>((resolve) =>
      http.get(`${server.url}/${narInfo.url}`, resolve),
    );
    controller.abort();
    let size = 0;
    for await (const chunk of response) size += (chunk as Buffer).length;
    expect(size).toBe(narInfo.narSize);
    await server.closed;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('says when it cannot listen', async () => {
    const { store } = filledStore();
    const { url } = await serve(store);
    const port = Number(new URL(url).port);
    await expect(serveStore(store, { port, sink: silent })).rejects.toMatchObject({ code: 'store/io' });
  });

  test('tells of each request', async () => {
    const { store } = filledStore();
    const sink = new Recorder();
    const { url } = await serve(store, { sink });
    await fetch(`${url}/nix-cache-info`).then((response) => response.text());
    expect(sink.events).toContainEqual({ type: 'message', level: 'info', text: 'GET /nix-cache-info 200' });
  });
});
