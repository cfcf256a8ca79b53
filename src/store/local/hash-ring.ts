/**
 * A ring of pieces that two threads share: one puts bytes in, the other one hashes them.
 *
 *     control: [state, written, taken], then the length of each piece; then the digest; then the pieces
 */
import { createHash } from 'node:crypto';

const pieces = 8;
/** Bytes that can be put in at once. */
export const pieceSize = 1024 * 1024;
const digestSize = 32;

/** Where what stands in the control words. */
const at = { state: 0, written: 1, taken: 2, lengths: 3 } as const;
const states = { starting: 0, running: 1, closed: 2, done: 3, abandoned: 4 } as const;

/** Milliseconds for which a thread that does not start is waited for. */
const patience = 20_000;

/** Both sides of the shared memory. */
export class HashRing {
  readonly #control: Int32Array;
  readonly #digest: Uint8Array;
  readonly #bytes: Uint8Array;
  #written = 0;

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer((at.lengths + pieces) * 4 + digestSize + pieces * pieceSize);
  }

  constructor(shared: SharedArrayBuffer) {
    const words = at.lengths + pieces;
    this.#control = new Int32Array(shared, 0, words);
    this.#digest = new Uint8Array(shared, words * 4, digestSize);
    this.#bytes = new Uint8Array(shared, words * 4 + digestSize);
  }

  put(part: Uint8Array): void {
    this.#waitForRoom();
    const slot = this.#written % pieces;
    this.#bytes.set(part, slot * pieceSize);
    this.#control[at.lengths + slot] = part.length;
    this.#written += 1;
    Atomics.store(this.#control, at.written, this.#written);
    Atomics.notify(this.#control, at.written);
  }

  finish(): Uint8Array {
    if (Atomics.compareExchange(this.#control, at.state, states.running, states.closed) === states.starting) {
      this.#waitForStart();
      Atomics.compareExchange(this.#control, at.state, states.running, states.closed);
    }
    Atomics.notify(this.#control, at.written);
    for (let state = states.closed as number; (state = Atomics.load(this.#control, at.state)) !== states.done; )
      Atomics.wait(this.#control, at.state, state);
    return Uint8Array.from(this.#digest);
  }

  #waitForRoom(): void {
    for (;;) {
      const taken = Atomics.load(this.#control, at.taken);
      if (this.#written - taken < pieces) return;
      if (Atomics.load(this.#control, at.state) === states.starting) this.#waitForStart();
      else Atomics.wait(this.#control, at.taken, taken);
    }
  }

  #waitForStart(): void {
    if (Atomics.wait(this.#control, at.state, states.starting, patience) !== 'timed-out') return;
    if (Atomics.compareExchange(this.#control, at.state, states.starting, states.abandoned) !== states.starting) return;
    throw new Error('a thread for hashing did not start');
  }

  /** The other side: hashes until the ring is closed and empty. */
  drain(): void {
    if (Atomics.compareExchange(this.#control, at.state, states.starting, states.running) !== states.starting) return;
    Atomics.notify(this.#control, at.state);
    const hasher = createHash('sha256');
    for (let taken = 0; ; ) {
      const closed = Atomics.load(this.#control, at.state) === states.closed;
      const written = Atomics.load(this.#control, at.written);
      if (taken === written) {
        if (closed) break;
        Atomics.wait(this.#control, at.written, written, 5);
        continue;
      }
      const slot = taken % pieces;
      const from = slot * pieceSize;
      hasher.update(this.#bytes.subarray(from, from + this.#control[at.lengths + slot]!));
      taken += 1;
      Atomics.store(this.#control, at.taken, taken);
      Atomics.notify(this.#control, at.taken);
    }
    this.#digest.set(hasher.digest());
    Atomics.store(this.#control, at.state, states.done);
    Atomics.notify(this.#control, at.state);
  }
}

/** What the thread runs. */
export function drainRing(shared: SharedArrayBuffer): void {
  new HashRing(shared).drain();
}
