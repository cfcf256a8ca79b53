/**
 * Replaces hash parts of store paths in a stream, and takes the digest of a stream modulo one hash part: that of a
 * content-addressed output that refers to itself, whose path cannot be part of what it is computed from.
 */
import { FormatError } from './errors.ts';
import type { Hash, HashAlgorithm } from './hash.ts';
import { HashPartSearch, hashPartAt } from './hash-part-search.ts';
import { createHasher, type Hasher } from './hasher.ts';
import { hashPartLength } from './store-path.ts';

const overlap = hashPartLength - 1;

/** Rewrites a stream of the same length. Pieces without a match are given out as they came, without a copy. */
export class HashRewriter {
  private readonly search: HashPartSearch;
  private readonly replacements: ReadonlyMap<string, Uint8Array>;
  private readonly sink: (chunk: Uint8Array) => void;
  /** Bytes held back, fewer than a hash part: a match may begin in them. */
  private held: Uint8Array = new Uint8Array(0);

  /**
   * @param rewrites 32 bytes of text by hash part
   * @throws FormatError `formats/rewrite` for another length, or a key that is not a hash part
   */
  constructor(rewrites: ReadonlyMap<string, string>, sink: (chunk: Uint8Array) => void) {
    this.search = new HashPartSearch(rewrites.keys());
    this.sink = sink;
    const replacements = new Map<string, Uint8Array>();
    for (const [from, to] of rewrites) replacements.set(from, replacementBytes(to));
    this.replacements = replacements;
  }

  push(chunk: Uint8Array): void {
    if (this.held.length > 0) chunk = this.joinHeld(chunk);
    let from = 0;
    let owned = false;
    for (let at = this.search.next(chunk, 0); at >= 0; at = this.search.next(chunk, from)) {
      if (!owned) chunk = Uint8Array.from(chunk);
      owned = true;
      chunk.set(this.replacements.get(hashPartAt(chunk, at))!, at);
      from = at + hashPartLength;
    }
    const rest = this.search.size === 0 ? chunk.length : Math.max(from, chunk.length - overlap);
    this.emit(chunk.subarray(0, rest));
    this.held = Uint8Array.from(chunk.subarray(rest));
  }

  /** Gives out the last bytes. */
  finish(): void {
    this.emit(this.held);
    this.held = new Uint8Array(0);
  }

  /**
   * Settles the matches that begin in the bytes held back, and gives those bytes out.
   * @returns what is left of the piece: all of it but what belongs to such a match
   */
  private joinHeld(chunk: Uint8Array): Uint8Array {
    const before = this.held.length;
    const border = Buffer.concat([this.held, chunk.subarray(0, overlap)]);
    if (chunk.length < overlap) {
      this.held = new Uint8Array(0);
      return border;
    }
    let settled = before;
    const at = this.search.next(border, 0);
    if (at >= 0 && at < before) {
      border.set(this.replacements.get(hashPartAt(border, at))!, at);
      settled = at + hashPartLength;
    }
    this.emit(border.subarray(0, settled));
    this.held = new Uint8Array(0);
    return chunk.subarray(settled - before);
  }

  private emit(bytes: Uint8Array): void {
    if (bytes.length > 0) this.sink(bytes);
  }
}

/**
 * A hasher that takes one hash part for 32 zero bytes wherever it stands. Nix 2.34 hashes nothing about where those
 * places were.
 * @throws FormatError `formats/rewrite` for a text that is not a hash part
 */
export function createModuloHasher(algorithm: HashAlgorithm, selfHashPart: string): Hasher {
  const hasher = createHasher(algorithm);
  const zeros = '\0'.repeat(hashPartLength);
  const rewriter = new HashRewriter(new Map([[selfHashPart, zeros]]), (chunk) => hasher.update(chunk));
  return {
    update: (data) => rewriter.push(typeof data === 'string' ? Buffer.from(data, 'latin1') : data),
    digest: () => {
      rewriter.finish();
      return hasher.digest();
    },
  };
}

/** The digest of some bytes modulo one hash part. */
export function hashModuloSelf(algorithm: HashAlgorithm, data: Uint8Array | string, selfHashPart: string): Hash {
  const hasher = createModuloHasher(algorithm, selfHashPart);
  hasher.update(data);
  return hasher.digest();
}

/** All of some bytes rewritten at once. */
export function rewriteHashes(data: Uint8Array, rewrites: ReadonlyMap<string, string>): Uint8Array {
  const chunks: Uint8Array[] = [];
  const rewriter = new HashRewriter(rewrites, (chunk) => chunks.push(chunk));
  rewriter.push(data);
  rewriter.finish();
  return Buffer.concat(chunks);
}

function replacementBytes(text: string): Uint8Array {
  if (text.length === hashPartLength) return Buffer.from(text, 'latin1');
  throw new FormatError('formats/rewrite', `'${text}' does not have the length of a hash part`, { details: { text } });
}
