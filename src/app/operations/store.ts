/** Questions about a store, and what keeps it in order. */
import { basename, resolve } from 'node:path';
import { checkName, formatHash, type HashAlgorithm, type StorePath } from '../../formats/index.ts';
import {
  type AliveBecause,
  closureSizes,
  collectGarbage,
  dropDamagedLinks,
  fromCaches,
  fromSource,
  type GcOptions,
  type GcResult,
  type Ingestion,
  type LocalStore,
  type OptimiseResult,
  optimiseStore,
  type PathInfo,
  type Preview,
  type Problem,
  type Provenance,
  planCollection,
  type Realisation,
  type ReferenceTree,
  type Repair,
  type RootReason,
  referenceTree,
  repairPaths,
  rootsOf,
  whyAlive,
} from '../../store/index.ts';
import { type Session, type SessionOptions, withSession } from '../session.ts';
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
  /** Where it came from, as far as this store saw it happen. */
  readonly provenance: readonly Provenance[];
}

/** Of paths, or of all paths of the store. */
export function pathInfo(options: SessionOptions, names: readonly string[]): Promise<PathReport[]> {
  return withPaths(options, names, (store, named) => {
    const paths = named.length > 0 ? named : store.allPaths().sort(byName);
    const sizes = closureSizes(store, paths);
    return paths.map((path) => {
      const info = store.requireInfo(path);
      const narHash = formatHash(info.narHash, 'sri');
      return { ...info, narHash, closureSize: sizes.get(path)!, provenance: store.provenance(path) };
    });
  });
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

export interface OutputReport {
  readonly drvPath: StorePath;
  readonly outputName: string;
  readonly outPath: StorePath;
  readonly valid: boolean;
}

/** The outputs of derivations, as far as their paths are known. */
export function outputsOf(options: SessionOptions, names: readonly string[]): Promise<OutputReport[]> {
  return withPaths(options, names, (store, paths) =>
    paths.flatMap((drvPath) =>
      [...store.outputs(drvPath)].map(([outputName, outPath]) => {
        return { drvPath, outputName, outPath, valid: store.isValid(outPath) };
      }),
    ),
  );
}

/** The valid paths with these hash parts; undefined where there is none. */
export function byHashPart(options: SessionOptions, parts: readonly string[]): Promise<(StorePath | undefined)[]> {
  return withSession(options, async (session) => {
    const store = await session.store();
    return parts.map((part) => store.byHashPart(part));
  });
}

export function tree(options: SessionOptions, names: readonly string[]): Promise<ReferenceTree[]> {
  return withPaths(options, names, (store, paths) => paths.map((path) => referenceTree(store, path)));
}

export function realisations(options: SessionOptions, names: readonly string[]): Promise<Realisation[]> {
  return withPaths(options, names, (store, paths) => paths.flatMap((path) => store.realisationsOf(path)));
}

export interface VerifyRequest {
  readonly checkContents: boolean;
  /** Bring back what is damaged. */
  readonly repair: boolean;
  /** Only these; none: the whole store. */
  readonly names: readonly string[];
}

export interface VerifyReport {
  /** What is wrong, after what could be repaired was. */
  readonly problems: readonly Problem[];
  readonly repairs: readonly Repair[];
}

export function verifyStore(options: SessionOptions, request: VerifyRequest): Promise<VerifyReport> {
  return withSession(options, async (session) => {
    const store = await session.store();
    const named = request.names.map((name) => namedStorePath(store, name, session.cwd));
    const what = { checkContents: request.checkContents, paths: named.length === 0 ? undefined : named };
    const problems = await store.verify(what);
    const damaged = new Set(problems.flatMap((problem) => ('path' in problem ? [problem.path] : [])));
    if (!request.repair || problems.length === 0) return { problems, repairs: [] };
    const repairs = await repair(session, store, damaged);
    const links = new Set(dropDamagedLinks(problems));
    const left = await store.verify({ ...what, paths: [...damaged] });
    const others = problems.filter(
      (problem) => !('path' in problem) && !('file' in problem && links.has(problem.file)),
    );
    return { problems: [...others, ...left], repairs };
  });
}

/** Brings back the bytes of paths, whatever is there now. */
export function repairStorePaths(options: SessionOptions, names: readonly string[]): Promise<Repair[]> {
  return withSession(options, async (session) => {
    const store = await session.store();
    return repair(session, store, new Set(names.map((name) => namedStorePath(store, name, session.cwd))));
  });
}

/** References first: a build that is done again needs them whole. */
async function repair(session: Session, store: LocalStore, damaged: ReadonlySet<StorePath>): Promise<Repair[]> {
  const { openSubstituters } = await import('../caches.ts');
  const { byRebuilding } = await import('../rebuild.ts');
  const caches = openSubstituters(session, store.storeDir);
  const ways = [fromSource(store), fromCaches(caches.substituters), byRebuilding(session, store)];
  try {
    const order = store.closure(damaged).filter((path) => damaged.has(path));
    return await repairPaths(store, order, ways);
  } finally {
    caches.close();
  }
}

export interface AddFile {
  readonly path: string;
  readonly name: string | undefined;
  readonly ingestion: Ingestion;
  readonly algorithm: HashAlgorithm;
}

export function addToStore(options: SessionOptions, files: readonly AddFile[]): Promise<StorePath[]> {
  return withSession(options, async (session) => {
    const store = await session.store();
    return files.map(({ path, name, ingestion, algorithm }) => {
      const physicalPath = resolve(session.cwd, path);
      const stored = name ?? basename(physicalPath);
      checkName(stored);
      return store.addPath({ physicalPath, name: stored, ingestion, algorithm });
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

/** How much goes. */
export interface CollectRequest extends Pick<GcOptions, 'maxFreed' | 'generations'> {}

export function previewCollection(options: SessionOptions, request: CollectRequest): Promise<Preview> {
  return withSession(options, async (session) => planCollection(await session.store(), request));
}

export function collect(options: SessionOptions, request: CollectRequest): Promise<GcResult> {
  return withSession(options, async (session) =>
    collectGarbage(await session.store(), { ...request, signal: session.signal }),
  );
}

export function optimise(options: SessionOptions): Promise<OptimiseResult> {
  return withSession(options, async (session) => optimiseStore(await session.store()));
}

/** The archive of a path, in pieces. */
export async function dump(options: SessionOptions, name: string, write: (bytes: Uint8Array) => void): Promise<void> {
  await withPaths(options, [name], async (store, [path]) => {
    for await (const bytes of store.dumpNar(path!)) write(bytes);
  });
}
