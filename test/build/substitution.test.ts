/** Builds that take from caches what others have built: caches are folders here, filled from another store. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BuildOptions, type BuildPlan, prepareBuild, realise } from '../../src/build/index.ts';
import { hashPartOf, type PublicKey, type SecretKey, type StorePath } from '../../src/formats/index.ts';
import {
  CacheSource,
  copyToCache,
  LookupCache,
  makeKey,
  openCache,
  removeTree,
  Substituters,
  trustedSigners,
} from '../../src/store/index.ts';
import { failing, type Recorder, Scratch, scratchFolder, sha256 } from './support.ts';

let folder: string;
/** Where things were built before, and where they are wanted now. */
let there: Scratch;
let here: Scratch;
let key: SecretKey;

beforeEach(() => {
  folder = scratchFolder('memory');
  there = new Scratch(join(folder, 'there'));
  here = new Scratch(join(folder, 'here'));
  key = makeKey('test-1');
});
afterEach(() => {
  for (const scratch of [there, here]) scratch.remove();
  removeTree(folder);
});

const cacheUri = (): string => `file://${join(folder, 'cache')}`;
const trusted = (): Map<string, PublicKey> => new Map([[key.name, key.publicKey]]);

async function publish(paths: Iterable<StorePath>, keys: readonly SecretKey[] = [key]): Promise<void> {
  const { cache } = openCache(cacheUri(), { storeDir: there.store.storeDir });
  await copyToCache(there.store, cache, paths, { compression: 'zstd', keys, sink: there.sink });
}

function substituters(options: { keys?: Map<string, PublicKey>; uris?: string[]; sink?: Recorder } = {}): Substituters {
  const { uris = [cacheUri()], keys = trusted(), sink = here.sink } = options;
  const { storeDir } = here.store;
  const sources = uris.map((uri) => {
    const { cache, parameters } = openCache(uri, { storeDir, retry: { retries: 0, delay: 1 } } as never);
    return new CacheSource(cache, parameters, { lookups: new LookupCache(undefined), sink });
  });
  return new Substituters(sources, { storeDir, keys });
}

const wantAll = (drvPath: StorePath) => [{ drvPath, outputs: 'all' as const }];
const build = (drvPath: StorePath, options: BuildOptions = {}) =>
  realise(here.store, wantAll(drvPath), { maxJobs: 2, substituters: substituters(), ...options }, here.sink);
const planOf = async (drvPath: StorePath, options: BuildOptions = {}): Promise<BuildPlan> =>
  (await prepareBuild(here.store, wantAll(drvPath), { substituters: substituters(), ...options }, here.sink)).plan;

/** The same derivations in both stores: `top` over `middle` over `base`. */
function chain(scratch: Scratch, env: Record<string, string> = {}, kind: 'input-addressed' | 'floating' = 'floating') {
  const base = scratch.derivation({ name: 'base', kind, script: 'echo base > $out' });
  const middle = scratch.derivation({
    name: 'middle',
    kind,
    inputs: [base],
    env: { base: scratch.reference(base), ...env },
    script: 'echo $base > $out',
  });
  const top = scratch.derivation({
    name: 'top',
    kind,
    inputs: [middle],
    env: { middle: scratch.reference(middle) },
    script: 'cp $middle $out',
  });
  return { base, middle, top };
}

const messages = (sink = here.sink): string[] =>
  sink.events.flatMap((event) => (event.type === 'message' ? [event.text] : []));

describe.each(['input-addressed', 'floating'] as const)('%s', (kind) => {
  test('everything comes from the cache, and only the root is asked about', async () => {
    const { top } = chain(there, {}, kind);
    const outPath = await there.path(top);
    await publish([outPath]);
    expect(chain(here, {}, kind).top).toBe(top);
    const prepared = await prepareBuild(here.store, wantAll(top), { substituters: substituters() }, here.sink);
    const { plan } = prepared;
    expect(plan).toMatchObject({ willBuild: [], willSubstitute: [top], perhaps: [] });
    expect([...plan.nodes.keys()]).toEqual([top]);
    // The result names the base, so that comes too, first.
    expect(plan.downloads.map(({ path }) => path.slice(44))).toEqual(['base', 'top']);
    for (const { info, source } of plan.downloads) {
      expect(info.fileSize).toBeGreaterThan(0);
      expect(source.uri).toBe(cacheUri());
    }
    const result = await prepared.run();
    expect(result).toMatchObject({ built: [], substituted: [top], failures: [] });
    expect(result.outputs.get(top)!.get('out')).toBe(outPath);
    expect(fs.readFileSync(here.store.realPath(outPath), 'utf8')).toMatch(/-base\n$/);
    expect(here.store.pathInfo(outPath)).toMatchObject({ ultimate: false, narSize: expect.any(Number) });
    if (kind === 'floating') expect(here.store.realisation(top, 'out')?.outPath).toBe(outPath);
    expect(await build(top)).toMatchObject({ built: [], substituted: [] });
    expect(here.leftovers()).toEqual([]);
  });

  test('what the cache lacks is built from what it has', async () => {
    const { middle } = chain(there, {}, kind);
    await publish([await there.path(middle)]);
    const { top } = chain(here, {}, kind);
    const result = await build(top);
    expect(result).toMatchObject({ built: [top], substituted: [middle] });
    expect(here.sink.started('build').length).toBe(1);
    expect(here.sink.started('substitute').map((path) => path.slice(44))).toEqual(['base', 'middle']);
  });

  test('what nobody trusted has signed is built, with one warning', async () => {
    const { top } = chain(there, {}, kind);
    await publish([await there.path(top)], [makeKey('other-1')]);
    chain(here, {}, kind);
    const result = await build(top);
    expect(result.built.length).toBe(3);
    expect(result.substituted).toEqual([]);
    if (kind === 'input-addressed') expect(messages().filter((text) => text.includes('not trusted')).length).toBe(1);
  });
});

test('allowSubstitutes = false is built, unless the settings say otherwise', async () => {
  const env = { allowSubstitutes: '' };
  const { top, middle } = chain(there, env, 'input-addressed');
  await publish([await there.path(middle)]);
  chain(here, env, 'input-addressed');
  expect(await planOf(top)).toMatchObject({ willSubstitute: [expect.stringMatching(/base\.drv$/)] });
  expect(await planOf(top, { alwaysAllowSubstitutes: true })).toMatchObject({ willSubstitute: [middle] });
});

test('fixed outputs and several outputs come from the cache too', async () => {
  const fixed = { name: 'fixed', script: 'printf x > $out', fixed: { method: 'flat', hash: sha256('x') } } as const;
  const two = { name: 'two', outputs: ['out', 'dev'], script: 'echo $dev > $out; echo 1 > $dev' } as const;
  for (const recipe of [fixed, two]) {
    const drvPath = there.derivation(recipe);
    const { outputs } = await there.build(drvPath);
    await publish(outputs.get(drvPath)!.values());
    here.derivation(recipe);
    expect(await build(drvPath)).toMatchObject({ built: [], substituted: [drvPath] });
  }
});

test('an input that is built here, with the content that others had: what comes after it is fetched', async () => {
  const recipe = (scratch: Scratch, comment: string) => {
    const base = scratch.derivation({ name: 'base', kind: 'floating', script: `echo same > $out # ${comment}` });
    return scratch.derivation({
      name: 'top',
      kind: 'floating',
      inputs: [base],
      env: { base: scratch.reference(base) },
      script: 'cat $base $base > $out',
    });
  };
  const theirs = recipe(there, 'one way');
  const outPath = await there.path(theirs);
  await publish([outPath]);
  const ours = recipe(here, 'another way');
  expect(await planOf(ours)).toMatchObject({ willSubstitute: [], perhaps: [ours] });
  const result = await build(ours);
  expect(result.substituted).toEqual([ours]);
  expect(result.built.length).toBe(1);
  expect(result.outputs.get(ours)!.get('out')).toBe(outPath);
  expect(here.store.realisation(ours, 'out')?.outPath).toBe(outPath);
});

describe('a cache that does not keep its word', () => {
  async function broken(): Promise<ReturnType<typeof chain>> {
    const { middle } = chain(there, {}, 'input-addressed');
    await publish([await there.path(middle)]);
    return chain(here, {}, 'input-addressed');
  }
  const removeArchives = (): void => {
    const nars = join(folder, 'cache/nar');
    for (const name of fs.readdirSync(nars)) fs.rmSync(join(nars, name));
  };

  test('its paths are built instead', async () => {
    const { top } = await broken();
    const prepared = await prepareBuild(here.store, wantAll(top), { substituters: substituters() }, here.sink);
    expect(prepared.plan.willSubstitute.length).toBe(1);
    removeArchives();
    const result = await prepared.run();
    expect(result.built.length).toBe(3);
    expect(result.failures).toEqual([]);
    expect(messages().join('\n')).toMatch(/middle\.drv' is built: the caches did not give/);
    expect(here.leftovers()).toEqual([]);
  });

  test('or the run fails, where that was asked for', async () => {
    const { top } = await broken();
    const options = { substituters: substituters(), fallback: false };
    const prepared = await prepareBuild(here.store, wantAll(top), options, here.sink);
    removeArchives();
    const error = await failing(prepared.run());
    expect(error).toMatchObject({ code: 'build/substitute-failed', exitStatus: 1 });
    expect(error.message).toMatch(/could not be fetched from any cache/);
    expect(here.sink.started('build')).toEqual([]);
  });

  test('what it gives instead is refused', async () => {
    const { top } = await broken();
    const nars = join(folder, 'cache/nar');
    const [one, other] = fs.readdirSync(nars).map((name) => join(nars, name));
    fs.copyFileSync(one!, other!);
    const result = await build(top);
    expect(result.failures).toEqual([]);
    expect(result.built).toContain(top);
  });

  test('another cache has it', async () => {
    const { top } = await broken();
    fs.cpSync(join(folder, 'cache'), join(folder, 'second'), { recursive: true });
    const both = substituters({ uris: [cacheUri(), `file://${join(folder, 'second')}`] });
    const prepared = await prepareBuild(here.store, wantAll(top), { substituters: both }, here.sink);
    removeArchives();
    expect(await prepared.run()).toMatchObject({ built: [top], failures: [] });
  });

  test('one that is not there at all costs one warning', async () => {
    const { top } = await broken();
    const result = await build(top, { substituters: substituters({ uris: [`file://${folder}/nowhere`, cacheUri()] }) });
    expect(result.built).toEqual([top]);
    expect(messages().filter((text) => text.includes('nowhere')).length).toBe(1);
  });
});

test('rebuilding to compare builds what is wanted, and fetches what that needs', async () => {
  const { top, middle } = chain(there, {}, 'input-addressed');
  await publish([await there.path(top), await there.path(middle)]);
  chain(here, {}, 'input-addressed');
  await build(top);
  const result = await build(top, { check: true });
  expect(result).toMatchObject({ built: [top], substituted: [middle] });
});

test('what is built is signed, and so can be copied to those who trust the key', async () => {
  const { top } = chain(there, {}, 'input-addressed');
  const outPath = await there.path(top, 'out', { signWith: [key] });
  const info = there.store.pathInfo(outPath)!;
  expect(info.signatures.length).toBe(1);
  expect(trustedSigners(info, trusted())).toEqual(['test-1']);
  await publish([outPath], []);
  chain(here, {}, 'input-addressed');
  expect(await build(top)).toMatchObject({ built: [], substituted: [top] });
  expect(fs.existsSync(join(folder, 'cache', `${hashPartOf(outPath)}.narinfo`))).toBe(true);
});
