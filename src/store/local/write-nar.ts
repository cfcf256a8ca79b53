/** Writes the tree of an archive from elsewhere, and finds out what it really is while it passes by. */
import {
  createHasher,
  type Hash,
  hashEquals,
  hashPartOf,
  type NarEvent,
  NarReader,
  parseContentAddress,
  withPrefix,
} from '../../formats/index.ts';
import { StoreError } from '../errors.ts';
import type { PathInfo } from '../store.ts';
import { type ContentHasher, contentHasher } from './content-hasher.ts';
import { NarHasher } from './nar.ts';
import { rawPathOf } from './raw-path.ts';
import { giveEvent } from './tree-sink.ts';
import { TreeWriter } from './tree-writer.ts';

/** What an archive was. */
export interface WrittenNar {
  readonly narHash: Hash;
  readonly narSize: number;
  /** Files, directories and links. */
  readonly nodes: number;
  /**
   * SHA-256 of the bytes of the one file that it is; undefined for directories, links and executables, and where
   * something else was expected.
   */
  readonly fileHash: Hash | undefined;
}

/**
 * Writes the tree at `target`, where nothing may be yet. With `expected`, the archive must have the hash, the size and
 * the content address that are said there, and is left as soon as it is longer.
 *
 * Throws `StoreError` `store/hash-mismatch` or `store/content-address-mismatch`, and `FormatError`.
 */
export async function writeNar(
  nar: AsyncIterable<Uint8Array>,
  target: string,
  expected?: PathInfo,
): Promise<WrittenNar> {
  const reader = new NarReader();
  const writer = new TreeWriter(rawPathOf(target));
  const hasher = new NarHasher();
  const file = expected === undefined ? new RootFile() : undefined;
  const content = expected === undefined ? undefined : contentHasherFor(expected);
  let size = 0;
  try {
    for await (const chunk of nar) {
      size += chunk.length;
      if (expected !== undefined && size > expected.narSize) throw tooLong(expected);
      hasher.update(chunk);
      content?.archive(chunk);
      for (const event of reader.push(chunk)) {
        content?.event(event);
        file?.event(event);
        giveEvent(writer, event);
      }
    }
    reader.finish();
  } finally {
    writer.abandon();
  }
  const { hash: narHash } = hasher.finish();
  if (expected !== undefined) checkNar(expected, narHash, size);
  content?.check();
  return { narHash, narSize: size, nodes: writer.nodes, fileHash: file?.hash() };
}

function checkNar(info: PathInfo, hash: Hash, size: number): void {
  if (!hashEquals(hash, info.narHash))
    throw mismatch(info, withPrefix(info.narHash, 'nix32'), withPrefix(hash, 'nix32'));
  if (size !== info.narSize) throw mismatch(info, `${info.narSize} bytes`, `${size} bytes`);
}

/** Follows the bytes of an archive that is one plain file. */
class RootFile {
  readonly #hasher = createHasher('sha256');
  #is: boolean | undefined;

  event(event: NarEvent): void {
    this.#is ??= event.type === 'regular' && !event.executable;
    if (this.#is && event.type === 'data') this.#hasher.update(event.bytes);
  }
  hash(): Hash | undefined {
    return this.#is ? this.#hasher.digest() : undefined;
  }
}

/** Follows the bytes that a content address speaks of; undefined where the hash of the archive says it all. */
function contentHasherFor(info: PathInfo): (ContentHasher & { check(): void }) | undefined {
  if (info.contentAddress === undefined) return undefined;
  const { method, hash } = parseContentAddress(info.contentAddress);
  const refersToItself = info.references.includes(info.path);
  if (method === 'nar' && hash.algorithm === 'sha256' && !refersToItself) {
    if (!hashEquals(hash, info.narHash))
      throw mismatch(info, withPrefix(hash, 'nix32'), withPrefix(info.narHash, 'nix32'));
    return undefined;
  }
  const hasher = contentHasher({
    method,
    algorithm: hash.algorithm,
    // Nothing else in it stands for the path itself.
    self: method === 'nar' ? hashPartOf(info.path) : undefined,
    notAFile: ({ type }) => mismatch(info, 'a regular file', `a ${type}`),
  });
  return {
    ...hasher,
    check() {
      const found = hasher.digest();
      if (!hashEquals(found, hash)) throw mismatch(info, withPrefix(hash, 'nix32'), withPrefix(found, 'nix32'));
    },
  };
}

function tooLong(info: PathInfo): StoreError {
  return mismatch(info, `${info.narSize} bytes`, 'more');
}

function mismatch(info: PathInfo, expected: string, found: string): StoreError {
  return new StoreError('store/hash-mismatch', `what was received for '${info.path}' is not what was announced`, {
    hint: `expected ${expected}, got ${found}`,
    details: { path: info.path, expected, found },
  });
}
