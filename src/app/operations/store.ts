/** Questions about a store, and what keeps it in order. */
import { basename, resolve } from 'node:path';
import { checkName, formatHash, type StorePath } from '../../formats/index.ts';
import {
  type AliveBecause,
  collectGarbage,
  copyClosure,
  type GcPlan,
  type GcResult,
  type LocalStore,
  type OptimiseResult,
  optimiseStore,
  type PathInfo,
  type Problem,
  planCollection,
  type Realisation,
  type ReferenceTree,
  type RootReason,
  referenceTree,
  rootsOf,
  sizesOf,
  whyAlive,
} from '../../store/index.ts';
import { type SessionOptions, withSession } from '../session.ts';
import { byName, namedStorePath } from '../store-paths.ts';

/** Runs `work` with the store and the paths that are named. */
function withPaths<T>(
  options: SessionOptions,
  names: readonly string[],
  work: (store: LocalStore, paths: StorePath[]) => Promise<T> | T,
): Promise<T> {
  return withSession(options, async (session) => {
    const store = await session.store();
    const paths = names.map((name) => namedStorePath(store, name, session.cwd));
    return work(store, paths);
  });
}

export interface PathReport extends Omit<PathInfo, 'narHash'> {
  /** `sha256-…` */
  readonly narHash: string;
  readonly closureSize: number;
}

export function pathInfo(options: SessionOptions, names: readonly string[]): Promise<PathReport[]> {
  return withPaths(options, names, (store, paths) =>
    (paths.length > 0 ? paths : store.allPaths().sort(byName)).map((path) => {
      const info = store.requireInfo(path);
      return { ...info, narHash: formatHash(info.narHash, 'sri'), closureSize: sizesOf(store, path).closureSize };
    }),
  );
}

export type Relation = 'references' | 'referrers' | 'requisites' | 'referrers-closure' | 'deriver';

/** In order of names; closures in an order in which each path comes after what it refers to. */
export function related(options: SessionOptions, names: readonly string[], relation: Relation): Promise<StorePath[]> {
  return withPaths(options, names, (store, paths) => {
    const each = (of: (path: StorePath) => readonly StorePath[]): StorePath[] =>
      [...new Set(paths.flatMap(of))].sort(byName);
    switch (relation) {
      case 'references':
        return each((path) => store.requireInfo(path).references);
      case 'referrers':
        return each((path) => store.referrers(path));
      case 'requisites':
        return store.closure(paths);
      case 'referrers-closure':
        return store.referrersClosure(paths);
      case 'deriver':
        return each((path) => {
          const { deriver } = store.requireInfo(path);
          return [...store.derivers(path), ...(deriver === undefined ? [] : [deriver])];
        });
    }
  });
}

export function tree(options: SessionOptions, names: readonly string[]): Promise<ReferenceTree[]> {
  return withPaths(options, names, (store, paths) => paths.map((path) => referenceTree(store, path)));
}

export function realisations(options: SessionOptions, names: readonly string[]): Promise<Realisation[]> {
  return withPaths(options, names, (store, paths) => paths.flatMap((path) => store.realisationsOf(path)));
}

export function verifyStore(options: SessionOptions, checkContents: boolean): Promise<readonly Problem[]> {
  return withSession(options, async (session) => (await session.store()).verify({ checkContents }));
}

export interface AddFile {
  readonly path: string;
  readonly name: string | undefined;
  readonly flat: boolean;
}

export function addToStore(options: SessionOptions, files: readonly AddFile[]): Promise<StorePath[]> {
  return withSession(options, async (session) => {
    const store = await session.store();
    return files.map(({ path, name, flat }) => {
      const physicalPath = resolve(session.cwd, path);
      const stored = name ?? basename(physicalPath);
      checkName(stored);
      return store.addPath({ physicalPath, name: stored, ingestion: flat ? 'flat' : 'nar' });
    });
  });
}

export interface RootReport {
  readonly path: StorePath;
  readonly reasons: readonly RootReason[];
}

export function listRoots(options: SessionOptions): Promise<RootReport[]> {
  return withSession(options, async (session) => {
    const roots = rootsOf(await session.store());
    return [...roots].map(([path, reasons]) => ({ path, reasons })).sort((a, b) => byName(a.path, b.path));
  });
}

/** Undefined when nothing keeps the path. */
export function whyKept(options: SessionOptions, name: string): Promise<AliveBecause | undefined> {
  return withPaths(options, [name], (store, [path]) => whyAlive(store, path!));
}

export function previewCollection(options: SessionOptions): Promise<GcPlan> {
  return withSession(options, async (session) => planCollection(await session.store()));
}

export function collect(options: SessionOptions, maxFreed: number | undefined): Promise<GcResult> {
  return withSession(options, async (session) =>
    collectGarbage(await session.store(), { maxFreed, signal: session.signal }),
  );
}

export function optimise(options: SessionOptions): Promise<OptimiseResult> {
  return withSession(options, async (session) => optimiseStore(await session.store()));
}

/** Copies what is named, with all that it needs, to the store in another place. Returns what was really copied. */
export function copyTo(
  options: SessionOptions,
  names: readonly string[],
  target: SessionOptions,
): Promise<StorePath[]> {
  return withPaths(options, names, (from, paths) =>
    withSession(target, async (other) => copyClosure(from, await other.store(), paths, options.sink)),
  );
}

/** The archive of a path, in pieces. */
export async function dump(options: SessionOptions, name: string, write: (bytes: Uint8Array) => void): Promise<void> {
  await withPaths(options, [name], async (store, [path]) => {
    for await (const bytes of store.dumpNar(path!)) write(bytes);
  });
}
