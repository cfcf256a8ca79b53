/**
 * The paths that a builder is told to make. Where an output's final path is not known, or is taken by an output that
 * the builder could see, it gets another path of the same length, computed from the derivation alone: the same on
 * every machine, and never that of a real store object.
 */
import {
  baseNameOf,
  type Derivation,
  hashPartOf,
  makeStorePath,
  nameOf,
  outputPath,
  outputPathName,
  type StorePath,
} from '../formats/index.ts';

export interface ScratchRequest {
  readonly storeDir: string;
  readonly drvPath: StorePath;
  readonly derivation: Derivation;
  /** Whether the builder could write to, or already sees, a final path. */
  isTaken(path: StorePath): boolean;
}

export interface Scratch {
  /** By output name. */
  readonly paths: ReadonlyMap<string, StorePath>;
  /** Hash parts of known final paths that are not to be used, and those in their place. */
  readonly redirects: ReadonlyMap<string, string>;
}

export function scratchPaths(request: ScratchRequest): Scratch {
  const { storeDir, drvPath, derivation } = request;
  const paths = new Map<string, StorePath>();
  const redirects = new Map<string, string>();
  for (const name of derivation.outputs.keys()) {
    const final = outputPath(storeDir, derivation, name);
    if (final === undefined) {
      paths.set(name, fallback(storeDir, drvPath, `name:${name}`, outputPathName(derivation.name, name)));
    } else if (request.isTaken(final)) {
      const path = fallback(storeDir, drvPath, baseNameOf(final), nameOf(final));
      redirects.set(hashPartOf(final), hashPartOf(path));
      paths.set(name, path);
    } else paths.set(name, final);
  }
  return { paths, redirects };
}

/** A type that no store object has, so that the path is nobody else's. */
function fallback(storeDir: string, drvPath: StorePath, what: string, name: string): StorePath {
  return makeStorePath(storeDir, `rewrite:${baseNameOf(drvPath)}:${what}`, '0'.repeat(64), name);
}
