/**
 * The framing that NARs, export streams and the worker protocol share: integers are 64 bits, little-endian; a string
 * is its length, its bytes, and zeros up to a multiple of eight.
 */
import { FormatError } from './errors.ts';

/** Zeros that follow so many bytes. */
export function paddingOf(length: number): number {
  return -length & 7;
}

export function encodeInteger(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  writeInteger(bytes, value, 0);
  return bytes;
}

/** Writes a whole number below 2^53 at an offset. */
export function writeInteger(target: Buffer, value: number, at: number): void {
  target.writeUInt32LE(value % 0x1_0000_0000, at);
  target.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at + 4);
}

/**
 * The integer at an offset.
 * @throws FormatError `formats/wire-integer` from 2^53 on: nothing that is counted here is that large
 */
export function readInteger(bytes: Uint8Array, at: number): number {
  const low = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  const high = (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24)) >>> 0;
  if (high === 0) return low;
  const value = high * 0x1_0000_0000 + low;
  if (Number.isSafeInteger(value)) return value;
  throw new FormatError('formats/wire-integer', 'an integer is out of range', { details: { low, high } });
}

/** A byte string, framed. */
export function encodeString(text: string): Buffer {
  const bytes = Buffer.alloc(8 + text.length + paddingOf(text.length));
  writeInteger(bytes, text.length, 0);
  bytes.write(text, 8, 'latin1');
  return bytes;
}

/** Several framed byte strings, one after the other. */
export function encodeStrings(...texts: readonly string[]): Buffer {
  return Buffer.concat(texts.map(encodeString));
}

/** @throws FormatError `formats/wire-padding` unless the bytes in a range are all zero */
export function checkPadding(bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    if (bytes[i] !== 0) throw new FormatError('formats/wire-padding', 'non-zero padding');
  }
}

/**
 * Pieces of a stream given out in runs of a wanted length, wherever the borders of the pieces fall. A run that lies
 * in one piece is a view of it; only what crosses a border is copied.
 */
export class ChunkCursor {
  private chunk: Uint8Array = new Uint8Array(0);
  private at = 0;
  private carry: Uint8Array = new Uint8Array(0);
  private carried = 0;

  /** The next piece. The one before it must have been used up by `take` and `takeUpTo`. */
  feed(chunk: Uint8Array): void {
    this.chunk = chunk;
    this.at = 0;
  }

  /** Bytes of the current piece that are left. */
  get left(): number {
    return this.chunk.length - this.at;
  }

  /** The next `length` bytes, or undefined until more is fed; ask for the same length again then. */
  take(length: number): Uint8Array | undefined {
    if (this.carried === 0 && this.left >= length) {
      this.at += length;
      return this.chunk.subarray(this.at - length, this.at);
    }
    if (this.carry.length < length) this.carry = grown(this.carry, length);
    const part = Math.min(length - this.carried, this.left);
    this.carry.set(this.chunk.subarray(this.at, this.at + part), this.carried);
    this.at += part;
    this.carried += part;
    if (this.carried < length) return undefined;
    this.carried = 0;
    return this.carry.subarray(0, length);
  }

  /** The next integer, or undefined until more is fed. */
  takeInteger(): number | undefined {
    if (this.carried === 0 && this.left >= 8) {
      this.at += 8;
      return readInteger(this.chunk, this.at - 8);
    }
    const bytes = this.take(8);
    return bytes === undefined ? undefined : readInteger(bytes, 0);
  }

  /** Whether the next bytes are these, or undefined until more is fed. */
  takeSame(wanted: Uint8Array): boolean | undefined {
    if (this.carried === 0 && this.left >= wanted.length) {
      this.at += wanted.length;
      return sameBytes(this.chunk, this.at - wanted.length, wanted);
    }
    const bytes = this.take(wanted.length);
    return bytes === undefined ? undefined : sameBytes(bytes, 0, wanted);
  }

  /** What there is of the next `length` bytes, as a view of the current piece; possibly empty. */
  takeUpTo(length: number): Uint8Array {
    const start = this.at;
    this.at = Math.min(this.chunk.length, start + length);
    return this.chunk.subarray(start, this.at);
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(Math.max(64, length));
  larger.set(bytes);
  return larger;
}

/** Whether `wanted` stands in `bytes` at an offset. */
export function sameBytes(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}
