/** Which caches are asked, what is believed of them, and what happens when they fail or lie. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { silent } from '../../../src/base/events.ts';
import { hashPartOf, parseNarInfo, printNarInfo, type StorePath } from '../../../src/formats/index.ts';
import { copyFromCaches, LookupCache, makeKey, signPaths } from '../../../src/store/index.ts';
import { entries, scratchFolder, scratchStore } from '../support.ts';
import { type HttpFiles, serveFiles } from './http-files.ts';
import { cacheFolder, filledStore, key, Recorder, substituters } from './support.ts';

const folderOf = (uri: string): string => fileURLToPath(uri);
const narInfoFile = (uri: string, path: StorePath): string => join(folderOf(uri), `${hashPartOf(path)}.narinfo`);

/** Changes the text of a narinfo. */
function edit(uri: string, path: StorePath, change: (text: string) => string): void {
  const file = narInfoFile(uri, path);
  fs.writeFileSync(file, change(fs.readFileSync(file, 'latin1')), 'latin1');
}

function say(uri: string, priority: number, mass = true): void {
  const text = `StoreDir: /nix/store\nWantMassQuery: ${mass ? 1 : 0}\nPriority: ${priority}\n`;
  fs.writeFileSync(join(folderOf(uri), 'nix-cache-info'), text);
}

/** The files of a folder on a server. */
async function serveFolder(uri: string): Promise<HttpFiles> {
  const files = await serveFiles();
  const folder = folderOf(uri);
  for (const name of fs.readdirSync(folder, { recursive: true }) as string[])
    if (fs.statSync(join(folder, name)).isFile()) files.files.set(name, fs.readFileSync(join(folder, name)));
  return files;
}

describe('the order of caches', () => {
  test('is that of their priorities, then of the user; a parameter overrules them', async () => {
    const { store, a } = filledStore();
    const [x, y, z] = [await cacheFolder(store, [a]), await cacheFolder(store, [a]), await cacheFolder(store, [a])];
    say(x!, 50);
    say(y!, 30);
    say(z!, 30);
    const first = async (...uris: string[]): Promise<string | undefined> =>
      (await substituters(uris).find(a))?.source.uri;
    expect(await first(x!, y!, z!)).toBe(y);
    expect(await first(x!, z!, y!)).toBe(z);
    expect(await first(`${x}?priority=1`, y!, z!)).toBe(x);
  });

  test('leaves out, for questions about many, those that do not like them', async () => {
    const { store, a, b } = filledStore();
    const [x, y] = [await cacheFolder(store, [a, b]), await cacheFolder(store, [a])];
    say(x!, 10, false);
    say(y!, 50);
    const found = await substituters([x!, y!]).query([a, b]);
    expect([...found].map(([path, { source }]) => [path, source.uri])).toEqual([[a, y]]);
    expect((await substituters([`${x}?want-mass-query=1`]).query([a, b])).size).toBe(2);
    expect((await substituters([x!]).find(b))?.source.uri).toBe(x);
  });
});

describe('trust', () => {
  test('comes from a signature, or from the content itself', async () => {
    const { store, a, output } = filledStore();
    const unsigned = await cacheFolder(store, [output], false);
    const sink = new Recorder();
    const caches = substituters([unsigned], { sink });
    expect((await caches.find(a))?.path).toBe(a);
    expect(await caches.find(output)).toBeUndefined();
    expect(sink.warnings).toEqual([expect.stringContaining('it has no signature')]);
    expect((await substituters([unsigned], { requireSignatures: false }).find(output))?.path).toBe(output);
    expect((await substituters([`${unsigned}?trusted=true`]).find(output))?.path).toBe(output);
    const signed = await cacheFolder(store, [output]);
    expect((await substituters([unsigned, signed]).find(output))?.source.uri).toBe(signed);
  });

  test('is not in a signature by another key, of another name, or over something else', async () => {
    const { store, output } = filledStore();
    const signed = await cacheFolder(store, [output]);
    const stranger = makeKey('test-1');
    for (const keys of [[], [stranger.publicKey.format()], [`other-1:${key.publicKey.format().split(':')[1]}`]])
      expect(await substituters([signed], { keys }).find(output)).toBeUndefined();
    edit(signed, output, (text) => text.replace(/References: (\S+) /, 'References: '));
    expect(await substituters([signed]).find(output)).toBeUndefined();
  });

  test('is warned about once, and names the keys', async () => {
    const { store, output } = filledStore();
    const signed = await cacheFolder(store, [output]);
    const sink = new Recorder();
    const caches = substituters([signed], { sink, keys: [makeKey('mine-1').publicKey.format()] });
    const other = `/nix/store/${'1'.repeat(32)}-output` as StorePath;
    for (let i = 0; i < 3; i++) expect(await caches.find(other)).toBeUndefined();
    expect(sink.warnings).toEqual([expect.stringMatching(/signed by test-1, and trusted are mine-1.*sysbuild sign/)]);
  });

  test('is given to a store by signing its paths', () => {
    const { store, output, a } = filledStore();
    expect(signPaths(store, [a, output], [key])).toEqual([a, output]);
    expect(signPaths(store, [a, output], [key])).toEqual([]);
    expect(store.requireInfo(a).signatures).toEqual([expect.stringMatching(/^test-1:/)]);
  });
});

describe('a cache that does not work', () => {
  test('is left after one warning, and the others are used', async () => {
    const { store, output } = filledStore();
    const uri = await cacheFolder(store, [output]);
    const dead = await serveFiles();
    await dead.stop();
    const sink = new Recorder();
    const other = scratchStore();
    await copyFromCaches(substituters([dead.url, uri], { sink }), other, [output], { sink });
    expect(other.isValid(output)).toBe(true);
    expect(sink.warnings).toEqual([expect.stringContaining('refuses connections')]);
  });

  test.each([
    ['is no cache', (files: HttpFiles) => files.files.clear(), /no nix-cache-info/],
    [
      'is for other stores',
      (files: HttpFiles) => files.files.set('nix-cache-info', Buffer.from('StoreDir: /x\n')),
      /'\/x'/,
    ],
    ['wants a login', (files: HttpFiles) => answerAlways(files, 401), /netrc-file/],
    ['is broken', (files: HttpFiles) => answerAlways(files, 500), /500/],
    ['is closed', (files: HttpFiles) => answerAlways(files, 400), /400/],
  ])('because it %s', async (_, spoil, message) => {
    const { store, output } = filledStore();
    const uri = await cacheFolder(store, [output]);
    const files = await serveFolder(uri);
    spoil(files);
    const sink = new Recorder();
    const caches = substituters([files.url, uri], { sink });
    expect((await caches.find(output))?.source.uri).toBe(uri);
    expect(sink.warnings).toEqual([expect.stringMatching(message)]);
  });

  test('in the middle of a fetch, loses its work to the others', async () => {
    const { store, output } = filledStore();
    const uri = await cacheFolder(store, [output]);
    const files = await serveFolder(uri);
    let archives = 0;
    files.trick = (request, response) => {
      if (!request.url!.includes('/nar/') || ++archives <= 1) return false;
      response.writeHead(200, { 'content-length': 1e6 }).write('x'.repeat(1000), () => response.destroy());
      return true;
    };
    const sink = new Recorder();
    const other = scratchStore();
    await copyFromCaches(substituters([`${files.url}?priority=1`, uri], { sink }), other, [output], { sink });
    expect(other.isValid(output)).toBe(true);
    expect(await other.verify({ checkContents: true })).toEqual([]);
    expect(sink.warnings).toHaveLength(1);
  });

  test('is fatal for those who have no other, and says so', async () => {
    const { store, output } = filledStore();
    const files = await serveFolder(await cacheFolder(store, [output]));
    for (const name of files.files.keys()) if (name.startsWith('nar/')) files.files.set(name, Buffer.from('rubbish'));
    const sink = new Recorder();
    const other = scratchStore();
    const fetch = copyFromCaches(substituters([files.url], { sink }), other, [output], { sink });
    await expect(fetch).rejects.toMatchObject({ code: 'store/not-in-caches' });
    expect(other.allPaths()).toEqual([]);
    expect(sink.warnings).toHaveLength(1);
  });
});

describe('a cache that lies', () => {
  type Lie = [what: string, tell: (uri: string, path: StorePath, another: StorePath) => void];
  const archiveOf = (uri: string, path: StorePath): string =>
    join(folderOf(uri), parseNarInfo('/nix/store', fs.readFileSync(narInfoFile(uri, path), 'latin1')).url);
  const lies: Lie[] = [
    ['about the path', (uri, path, another) => fs.copyFileSync(narInfoFile(uri, another), narInfoFile(uri, path))],
    ['with a text that is none', (uri, path) => edit(uri, path, () => 'rubbish')],
    ['with a text that is cut', (uri, path) => edit(uri, path, (text) => text.slice(0, 60))],
    ['about the compression', (uri, path) => edit(uri, path, (text) => text.replace('zstd', 'xz'))],
    ['about a compression that is none', (uri, path) => edit(uri, path, (text) => text.replace('zstd', 'lies'))],
    ['about the size', (uri, path) => edit(uri, path, (text) => text.replace(/NarSize: (\d+)/, 'NarSize: 1$1'))],
    ['about the place', (uri, path) => edit(uri, path, (text) => text.replace(/URL: .*/, 'URL: ../../../etc/passwd'))],
    [
      'with the bytes of another',
      (uri, path, another) => fs.copyFileSync(archiveOf(uri, another), archiveOf(uri, path)),
    ],
    ['with bytes that are none', (uri, path) => fs.writeFileSync(archiveOf(uri, path), Buffer.alloc(500, 7))],
    ['with too few bytes', (uri, path) => fs.truncateSync(archiveOf(uri, path), 50)],
    ['with too many bytes', (uri, path) => fs.appendFileSync(archiveOf(uri, path), Buffer.alloc(2_000_000))],
    [
      'about a content address',
      (uri, path) => edit(uri, path, (text) => `${text}CA: fixed:r:sha256:${'0'.repeat(52)}\n`),
    ],
  ];

  test.each(lies)('%s is not believed, and told of once', async (_, tell) => {
    const { store, a, output } = filledStore();
    const [liar, honest] = [await cacheFolder(store, [output]), await cacheFolder(store, [output])];
    tell(liar!, output, a);
    const sink = new Recorder();
    // Even one that is trusted: what it gives must be what it says.
    const caches = substituters([`${liar}?priority=1&trusted=1`, honest!], { sink });
    const other = scratchStore();
    await copyFromCaches(caches, other, [output], { sink });
    expect(sink.warnings).toHaveLength(1);
    expect(other.provenance(output)).toMatchObject([{ details: { cache: honest } }]);
    expect(other.requireInfo(output)).toMatchObject({ references: store.requireInfo(output).references });
    expect(await other.verify({ checkContents: true })).toEqual([]);
  });

  test('about references that go in a circle gives nothing', async () => {
    const { store, a, b } = filledStore();
    const uri = await cacheFolder(store, [b]);
    const b2 = b.slice('/nix/store/'.length);
    edit(uri, a, (text) => text.replace(/References: .*/, `References: ${b2}`).replace(/CA: .*\n/, ''));
    const caches = substituters([`${uri}?trusted=1`]);
    const other = scratchStore();
    await expect(copyFromCaches(caches, other, [b], { sink: silent })).rejects.toMatchObject({
      code: 'store/not-in-caches',
    });
    expect(other.allPaths()).toEqual([]);
  });

  test('with a derivation that is none takes nothing else along', async () => {
    const { store, a } = filledStore();
    const fake = store.addText('fake.drv', 'no derivation', []);
    const uri = await cacheFolder(store, [fake, a]);
    const sink = new Recorder();
    const other = scratchStore();
    const caches = substituters([uri], { sink });
    await expect(copyFromCaches(caches, other, [fake, a], { sink })).rejects.toMatchObject({
      code: 'store/not-in-caches',
    });
    expect(sink.warnings).toEqual([expect.stringContaining('holds none')]);
    expect(other.allPaths()).toEqual([a]);
    expect(entries(other)).toEqual([a.slice('/nix/store/'.length)]);
  });

  test('too often is not asked any more', async () => {
    const { store, output } = filledStore();
    const closure = store.closure([output]);
    const uri = await cacheFolder(store, [output]);
    const files = await serveFolder(uri);
    for (const path of closure) files.files.set(`${hashPartOf(path)}.narinfo`, Buffer.from('rubbish'));
    const sink = new Recorder();
    const caches = substituters([files.url], { sink });
    for (const path of closure) expect(await caches.find(path)).toBeUndefined();
    expect(sink.warnings).toHaveLength(1);
    expect(files.requests.filter((request) => request.endsWith('.narinfo'))).toHaveLength(3);
  });

  test('with compressed nothing that goes on for ever is left', async () => {
    const { store, a } = filledStore();
    const files = await serveFolder(await cacheFolder(store, [a]));
    const info = `${hashPartOf(a)}.narinfo`;
    files.files.set(
      info,
      Buffer.from(
        files.files
          .get(info)!
          .toString()
          .replace(/File(Size|Hash): .*\n/g, ''),
      ),
    );
    const skippable = Buffer.alloc(65_536 + 8);
    skippable.writeUInt32LE(0x184d2a50, 0);
    skippable.writeUInt32LE(65_536, 4);
    let sent = 0;
    files.trick = (request, response) => {
      if (!request.url!.includes('/nar/')) return false;
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(skippable)) sent += skippable.length;
      };
      response.on('drain', more).on('error', () => {});
      more();
      return true;
    };
    const fetch = copyFromCaches(substituters([files.url]), scratchStore(), [a], { sink: silent });
    await expect(fetch).rejects.toMatchObject({ code: 'store/not-in-caches' });
    expect(sent).toBeLessThan(20_000_000);
  });
});

describe('kept answers', () => {
  test('save questions, for what is there and for what is not', async () => {
    const { store, output, b } = filledStore();
    const files = await serveFolder(await cacheFolder(store, [output]));
    const file = join(scratchFolder(), 'lookups.sqlite');
    const absent = `/nix/store/${'2'.repeat(32)}-absent` as StorePath;
    const ask = async (): Promise<readonly (StorePath | undefined)[]> => {
      const lookups = new LookupCache(file);
      const caches = substituters([files.url], { lookups });
      const found = [await caches.find(output), await caches.find(b), await caches.find(absent)];
      lookups.close();
      return found.map((offer) => offer?.path);
    };
    expect(await ask()).toEqual([output, b, undefined]);
    expect(files.requests).toHaveLength(4);
    expect(await ask()).toEqual([output, b, undefined]);
    expect(files.requests).toHaveLength(4);
    // Nothing is believed because it was kept.
    const lookups = new LookupCache(file);
    expect(await substituters([files.url], { lookups, keys: [] }).find(output)).toBeUndefined();
    lookups.close();
  });

  test('that are too old cost a question, not a failure', async () => {
    const { store, output } = filledStore();
    const uri = await cacheFolder(store, [output]);
    const files = await serveFolder(uri);
    const lookups = new LookupCache(join(scratchFolder(), 'lookups.sqlite'));
    expect(await substituters([files.url], { lookups }).find(output)).toBeDefined();
    lookups.flush();
    files.files.clear();
    const sink = new Recorder();
    const other = scratchStore();
    const setup = { lookups, sink };
    await copyFromCaches(substituters([`${files.url}?priority=1`, uri], setup), other, [output], { sink });
    expect(other.isValid(output)).toBe(true);
    expect(sink.warnings).toEqual([]);
    expect(await substituters([files.url], { lookups }).find(output)).toBeUndefined();
    lookups.close();
  });
});

function answerAlways(files: HttpFiles, status: number): void {
  files.trick = (_, response) => {
    response.writeHead(status).end();
    return true;
  };
}

test('a description printed again is the same', async () => {
  const { store, output } = filledStore();
  const uri = await cacheFolder(store, [output]);
  const text = fs.readFileSync(narInfoFile(uri, output), 'latin1');
  expect(printNarInfo(parseNarInfo('/nix/store', text))).toBe(text);
});
