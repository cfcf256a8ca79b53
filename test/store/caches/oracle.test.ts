/** Caches between us and the real Nix, in both directions, with signatures required. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { silent } from '../../../src/base/events.ts';
import { hashPartOf, parseNarInfo, SecretKey, type StorePath } from '../../../src/formats/index.ts';
import {
  type Compression,
  copyFromCaches,
  copyToCache,
  type LocalStore,
  openCache,
  type ServeOptions,
  serveStore,
} from '../../../src/store/index.ts';
import { oracle, oracleTest } from '../../support/oracle.ts';
import { openStore, scratchFolder, scratchStore, writeFiles } from '../support.ts';
import { filledStore, key, substituters } from './support.ts';

interface NixResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the real Nix on a store below `root`. */
async function nix(root: string, config: readonly string[], ...words: string[]): Promise<NixResult> {
  fs.mkdirSync(join(root, 'nix'), { recursive: true });
  const usual = ['experimental-features = nix-command ca-derivations', 'substitute = true', 'require-sigs = true'];
  const home = join(root, 'home');
  fs.mkdirSync(home, { recursive: true });
  const env = {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    NIX_CONFIG: [...usual, ...config].join('\n'),
  };
  return oracle(['--store', join(root, 'nix'), ...words], { env });
}

async function serve(store: LocalStore, options: Partial<ServeOptions> = {}): Promise<string> {
  const server = await serveStore(store, { sink: silent, ...options });
  onTestFinished(async () => {
    server.close();
    await server.closed;
  });
  return server.url;
}

const trusting = `trusted-public-keys = ${key.publicKey.format()}`;
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** Nix's own cache folder with the closure of a path that it built or added itself. */
async function nixCache(
  compression: string,
): Promise<{ uri: string; paths: StorePath[]; publicKey: string; root: string }> {
  const root = scratchFolder();
  const source = writeFiles(join(root, 'source'), {
    a: 'text',
    deep: { b: { executable: '#!' } },
    link: { link: 'a' },
  });
  const expression = `derivation { name = "x"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo $src $out > $out" ]; src = ${source}; }`;
  const made = await nix(root, ['sandbox = false'], 'nix-build', '-E', expression, '--no-out-link');
  expect(made, made.stderr).toMatchObject({ status: 0 });
  const output = lines(made.stdout)[0] as StorePath;
  const keyFile = join(root, 'key');
  const secret = await nix(root, [], 'nix', 'key', 'generate-secret', '--key-name', 'theirs-1');
  fs.writeFileSync(keyFile, secret.stdout);
  const uri = `file://${join(root, 'cache')}`;
  const to = `${uri}?compression=${compression}&secret-key=${keyFile}`;
  const copied = await nix(root, [], 'nix', 'copy', '--to', to, output);
  expect(copied, copied.stderr).toMatchObject({ status: 0 });
  const closure = await nix(root, [], 'nix-store', '-qR', output);
  const publicKey = SecretKey.parse(secret.stdout).publicKey.format();
  return { uri, paths: lines(closure.stdout) as StorePath[], publicKey, root };
}

describe('the real Nix', () => {
  for (const compression of ['zstd', 'xz', 'none'] as Compression[]) {
    oracleTest(`substitutes from our server (${compression}), and demands signatures`, async () => {
      const { store, output } = filledStore();
      const root = scratchFolder();
      const unsigned = await serve(store, { compression });
      const refused = await nix(root, [`substituters = ${unsigned}`, trusting], 'nix-store', '--realise', output);
      expect(refused.status).not.toBe(0);
      const url = await serve(store, { compression, keys: [key] });
      const got = await nix(root, [`substituters = ${url}`, trusting], 'nix-store', '--realise', output);
      expect(got, got.stderr).toMatchObject({ status: 0 });
      const checked = await nix(root, [], 'nix-store', '--verify', '--check-contents');
      expect(checked, checked.stderr).toMatchObject({ status: 0 });
      const theirs = openStore({ physicalRoot: root });
      const { registrationTime, ultimate, ...info } = store.requireInfo(output);
      expect(theirs.requireInfo(output)).toMatchObject({ ...info, signatures: [expect.stringMatching(/^test-1:/)] });
      expect(theirs.allPaths()).toEqual(store.closure([output]).sort());
    });
  }

  oracleTest('reads a folder that we wrote', async () => {
    const { store, output } = filledStore();
    const root = scratchFolder();
    const { cache } = openCache(`file://${join(root, 'cache')}`, { storeDir: store.storeDir });
    await copyToCache(store, cache, [output], { compression: 'zstd', keys: [key], sink: silent });
    const got = await nix(root, [trusting], 'nix', 'copy', '--from', cache.uri, output);
    expect(got, got.stderr).toMatchObject({ status: 0 });
    const verified = await nix(root, [trusting], 'nix', 'store', 'verify', '--store', cache.uri, '-r', output);
    expect(verified, verified.stderr).toMatchObject({ status: 0 });
    expect(await openStore({ physicalRoot: root }).verify({ checkContents: true })).toEqual([]);
  });

  oracleTest('sends closures to our server', async () => {
    const { paths, publicKey, root } = await nixCache('none');
    const target = scratchStore();
    const url = await serve(target, { uploads: { tokens: ['the-token'] } });
    fs.writeFileSync(join(root, 'netrc'), 'machine 127.0.0.1 login any password wrong\n');
    const config = [`netrc-file = ${join(root, 'netrc')}`, `trusted-public-keys = ${publicKey}`];
    const output = paths.find((path) => path.endsWith('-x'))!;
    const refused = await nix(root, config, 'nix', 'copy', '--to', url, output);
    expect(refused.status).not.toBe(0);
    expect(target.allPaths()).toEqual([]);
    fs.writeFileSync(join(root, 'netrc'), 'machine 127.0.0.1 login any password the-token\n');
    for (const compression of ['xz', 'zstd']) {
      const sent = await nix(root, config, 'nix', 'copy', '--to', `${url}?compression=${compression}`, output);
      expect(sent, sent.stderr).toMatchObject({ status: 0 });
    }
    expect(target.allPaths().sort()).toEqual([...paths].sort());
    expect(await target.verify({ checkContents: true })).toEqual([]);
  });
});

describe('we', () => {
  for (const compression of ['xz', 'zstd', 'bzip2', 'br', 'gzip', 'none']) {
    oracleTest(`take from a folder that it wrote (${compression}), and demand signatures`, async () => {
      const { uri, paths, publicKey } = await nixCache(compression);
      const store = scratchStore();
      const output = paths.find((path) => path.endsWith('-x'))!;
      const strangers = copyFromCaches(substituters([uri]), store, [output], { sink: silent });
      await expect(strangers).rejects.toMatchObject({ code: 'store/not-in-caches' });
      const caches = substituters([uri], { keys: [publicKey] });
      expect((await copyFromCaches(caches, store, [output], { sink: silent })).sort()).toEqual([...paths].sort());
      expect(await store.verify({ checkContents: true })).toEqual([]);
    });
  }

  oracleTest('describe a path with the same file as it does', async () => {
    const { uri, paths, root } = await nixCache('none');
    const store = openStore({ physicalRoot: root });
    const { cache } = openCache(`file://${join(root, 'ours')}`, { storeDir: store.storeDir });
    const secret = SecretKey.parse(fs.readFileSync(join(root, 'key'), 'utf8'));
    await copyToCache(store, cache, paths, { compression: 'none', keys: [secret], sink: silent });
    for (const path of paths) {
      const [ours, theirs] = [join(root, 'ours'), new URL(uri).pathname].map((folder) =>
        fs.readFileSync(join(folder, `${hashPartOf(path)}.narinfo`), 'latin1'),
      );
      expect(ours).toBe(theirs);
      expect(parseNarInfo('/nix/store', ours!).path).toBe(path);
    }
  });
});
