/** One pass over a tree that says what it is and what it refers to. */
import { ReferenceScanner } from '../../formats/index.ts';
import { type NarHash, NarHasher, streamTree } from './nar.ts';
import { rawPathOf } from './raw-path.ts';

export interface ScannedTree {
  readonly nar: NarHash;
  /** Those of the hash parts that stand in it: in contents, names or targets of links. */
  readonly found: ReadonlySet<string>;
}

/** @param hashParts of the paths that it may refer to */
export async function scanTree(physicalPath: string | Uint8Array, hashParts: Iterable<string>): Promise<ScannedTree> {
  const scanner = new ReferenceScanner(hashParts);
  const hasher = new NarHasher();
  for await (const chunk of streamTree(rawPathOf(physicalPath))) {
    scanner.push(chunk);
    hasher.update(chunk);
  }
  return { nar: hasher.finish(), found: scanner.found() };
}
