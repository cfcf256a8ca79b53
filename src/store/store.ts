/**
 * What a store can do, whatever it is made of. A store path is known as valid only after all of its bytes are
 * durable and all of its references are valid.
 *
 * Single look-ups and additions are synchronous where the store is local (the language asks for them in the
 * middle of an evaluation); what may wait for a network is not in this interface but in `Source`.
 */
import type { Hash, StorePath } from '../formats/index.ts';

export interface PathInfo {
  readonly path: StorePath;
  readonly narHash: Hash;
  /** Bytes of the NAR. */
  readonly narSize: number;
  /** Sorted; may contain the path itself. */
  readonly references: readonly StorePath[];
  readonly deriver: StorePath | undefined;
  /** Seconds since the epoch. */
  readonly registrationTime: number;
  /** Built here, rather than copied from somewhere. */
  readonly ultimate: boolean;
  /** `key-name:base64`. */
  readonly signatures: readonly string[];
  /** `fixed:r:sha256:…`, `text:sha256:…`, or undefined when input-addressed. */
  readonly contentAddress: string | undefined;
}

/** Which derivation output became which path. */
export interface Realisation {
  readonly drvPath: StorePath;
  readonly outputName: string;
  readonly outPath: StorePath;
}

/** Where a path came from, as far as this store saw it happen. */
export interface Provenance {
  /** Read from a file or tree of the user, written by an evaluation, built, or copied from another store or cache. */
  readonly kind: 'source' | 'evaluation' | 'build' | 'copy';
  /** Seconds since the epoch. */
  readonly time: number;
  /** Plain data: the file or tree, the expression, the derivation, the cache. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Store {
  /** The folder as it stands in store paths (`/nix/store`). */
  readonly storeDir: string;

  isValid(path: StorePath): boolean;
  pathInfo(path: StorePath): PathInfo | undefined;
  allPaths(): StorePath[];
  referrers(path: StorePath): StorePath[];
  /** Sorted so that each path comes after all that it refers to. */
  closure(paths: Iterable<StorePath>): StorePath[];
  /** The valid path whose hash part this is, as `builtins.storePath` and caches look up. */
  byHashPart(hashPart: string): StorePath | undefined;

  realisation(drvPath: StorePath, outputName: string): Realisation | undefined;
}
