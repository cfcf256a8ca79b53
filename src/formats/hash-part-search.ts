/**
 * Finds hash parts of store paths (32 digits of nix32) in bytes. Where a window of 32 bytes holds a byte that is no
 * digit, no match can begin at or before it: most bytes of most data are never looked at.
 */
import { FormatError } from './errors.ts';
import { nix32Values } from './nixbase32.ts';
import { hashPartLength } from './store-path.ts';

const none = 255;

/** A set of hash parts, to be searched for all at once. */
export class HashPartSearch {
  private readonly wanted: Set<string>;
  /** By the first three digits: whether any wanted hash part begins so. */
  private readonly beginnings = new Uint8Array(32 * 32 * 32);

  /** @throws FormatError `formats/rewrite` for a text that is not 32 digits */
  constructor(hashParts: Iterable<string>) {
    this.wanted = new Set(hashParts);
    for (const hashPart of this.wanted) {
      checkHashPart(hashPart);
      this.beginnings[beginning(Buffer.from(hashPart, 'latin1'), 0)] = 1;
    }
  }

  get size(): number {
    return this.wanted.size;
  }

  /** Looks no further for this one. */
  remove(hashPart: string): void {
    this.wanted.delete(hashPart);
  }

  /** Where the next match begins, at `from` or later; -1 when there is none. Its text is the 32 bytes there. */
  next(bytes: Uint8Array, from: number): number {
    const last = bytes.length - hashPartLength;
    let start = from;
    /** Everything in [start, known) is digits. */
    let known = from;
    while (start <= last) {
      let at = start + hashPartLength - 1;
      while (at >= known && nix32Values[bytes[at]!] !== none) at -= 1;
      if (at >= known) {
        start = at + 1;
        known = start;
        continue;
      }
      known = start + hashPartLength;
      if (this.beginnings[beginning(bytes, start)] === 1 && this.wanted.has(hashPartAt(bytes, start))) return start;
      start += 1;
    }
    return -1;
  }
}

/** The 32 bytes at an offset, as text. */
export function hashPartAt(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, hashPartLength).toString('latin1');
}

function beginning(bytes: Uint8Array, at: number): number {
  return (nix32Values[bytes[at]!]! << 10) | (nix32Values[bytes[at + 1]!]! << 5) | nix32Values[bytes[at + 2]!]!;
}

function checkHashPart(text: string): void {
  if (/^[0-9a-df-np-sv-z]{32}$/.test(text)) return;
  throw new FormatError('formats/rewrite', `'${text}' is not the hash part of a store path`, { details: { text } });
}
