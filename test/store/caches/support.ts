/** Stores with a few paths, caches, and what it takes to fetch from them. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Event, type Sink, silent } from '../../../src/base/events.ts';
import { publicKeys, type SecretKey, type StorePath } from '../../../src/formats/index.ts';
import {
  CacheSource,
  canonicalise,
  copyToCache,
  type HttpOptions,
  hashPath,
  type LocalStore,
  LookupCache,
  makeKey,
  openCache,
  Substituters,
} from '../../../src/store/index.ts';
import { scratchFolder, scratchStore, writeFiles } from '../support.ts';

export const key: SecretKey = makeKey('test-1');
export const quick: HttpOptions = { delay: 5, retries: 2, patience: 1000, connectTimeout: 1000 };

/** Texts of a chain, a tree and an input-addressed path that need each other. */
export interface Filled {
  readonly store: LocalStore;
  readonly a: StorePath;
  readonly b: StorePath;
  readonly tree: StorePath;
  /** Not addressed by its content; refers to `tree`, `b` and itself. */
  readonly output: StorePath;
  readonly drvPath: StorePath;
}

export function filledStore(): Filled {
  const store = scratchStore();
  const a = store.addText('a', 'the text of a', []);
  const b = store.addText('b', `refers to ${a}`, [a]);
  const folder = writeFiles(scratchFolder(), {
    'a file': 'text',
    program: { executable: '#!/bin/sh\n' },
    deep: { deeper: { file: 'x'.repeat(100_000) } },
    link: { link: '/somewhere' },
  });
  const tree = store.addPath({ physicalPath: folder, name: 'tree', ingestion: 'nar' });
  const drvPath = store.addDerivation({
    name: 'output',
    outputs: new Map([['out', { kind: 'floating', method: 'nar', algorithm: 'sha256' }]]),
    inputDrvs: new Map(),
    inputSrcs: [b, tree],
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: [],
    env: new Map(),
  });
  const output = `/nix/store/${'1'.repeat(32)}-output` as StorePath;
  addOutput(store, output, drvPath, [b, output, tree].sort());
  return { store, a, b, tree, output, drvPath };
}

function addOutput(store: LocalStore, output: StorePath, drvPath: StorePath, references: StorePath[]): void {
  const real = store.realPath(output);
  writeFiles(real, { file: references.join('\n'), empty: {} });
  canonicalise(real);
  const { hash: narHash, size: narSize } = hashPath(real);
  const known = { path: output, narHash, narSize, references, deriver: drvPath, registrationTime: 1, ultimate: true };
  const info = { ...known, signatures: [], contentAddress: undefined };
  store.registerOutputs([info], [{ drvPath, outputName: 'out', outPath: output }]);
}

/** A new cache folder with the closure of these paths, signed. */
export async function cacheFolder(store: LocalStore, paths: readonly StorePath[], sign = true): Promise<string> {
  const uri = `file://${join(scratchFolder(), 'cache')}`;
  const options = { compression: 'zstd', keys: sign ? [key] : [], sink: silent } as const;
  await copyToCache(store, openCache(uri, { storeDir: store.storeDir }).cache, paths, options);
  return uri;
}

export class Recorder implements Sink {
  readonly events: Event[] = [];
  emit(event: Event): void {
    this.events.push(event);
  }
  get warnings(): string[] {
    return this.events.flatMap((event) => (event.type === 'message' && event.level === 'warn' ? [event.text] : []));
  }
}

export interface SubstituterSetup {
  readonly sink?: Sink;
  readonly lookups?: LookupCache;
  readonly keys?: readonly string[];
  readonly requireSignatures?: boolean;
  readonly signal?: AbortSignal;
}

/** Caches as a run uses them. */
export function substituters(uris: readonly string[], setup: SubstituterSetup = {}): Substituters {
  const storeDir = '/nix/store';
  const { sink = silent, lookups = new LookupCache(undefined) } = setup;
  const sources = uris.map((uri) => {
    const { cache, parameters } = openCache(uri, { storeDir, ...quick });
    onTestFinished(() => cache.transport.close());
    return new CacheSource(cache, parameters, { lookups, sink });
  });
  const { requireSignatures, signal } = setup;
  const keys = publicKeys(setup.keys ?? [key.publicKey.format()]);
  return new Substituters(sources, { storeDir, keys, requireSignatures, signal });
}
