/**
 * Where the time goes: for each chain of calls how long its last function ran itself. Time is measured at each entry
 * and exit, so nothing is left to chance; what is forced later counts where it is forced, as in the language's traces.
 */

/** What can be called: a function, a builtin, a file. */
export interface Frame {
  /** Byte strings. */
  readonly name: string;
  /** Empty for builtins. */
  readonly file: string;
  /** From 1; 0 where there is none. */
  readonly line: number;
  readonly column: number;
}

export interface CallNode {
  readonly frame: Frame;
  readonly parent: CallNode | undefined;
  readonly children: ReadonlyMap<Frame, CallNode>;
  /** In milliseconds, without what was called from here. */
  readonly self: number;
  readonly calls: number;
}

interface Growing extends CallNode {
  readonly parent: Growing | undefined;
  readonly children: Map<Frame, Growing>;
  readonly depth: number;
  self: number;
  calls: number;
}

/** Deeper calls count for the function at this depth: recursion would fill the memory with nodes. */
const deepest = 400;

export class CallTree {
  readonly root: CallNode;
  readonly #now: () => number;
  #at: Growing;
  /** How many calls there are below the deepest node. */
  #below = 0;
  #last: number;

  /** @param now a clock, in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#at = node({ name: '(evaluation)', file: '', line: 0, column: 0 }, undefined);
    this.root = this.#at;
    this.#last = now();
  }

  /** Runs something as a call of a function. */
  within<T>(frame: Frame, body: () => T): T {
    this.#tick();
    const [at, below] = [this.#at, this.#below];
    if (at.depth >= deepest) this.#below++;
    else this.#at = child(at, frame);
    this.#at.calls++;
    try {
      return body();
    } finally {
      this.#tick();
      this.#at = at;
      this.#below = below;
    }
  }

  /** Counts what has passed since the last time for the function that runs. */
  #tick(): void {
    const now = this.#now();
    this.#at.self += now - this.#last;
    this.#last = now;
  }

  /** Begins anew to measure, after time that is nobody's. */
  skip(): void {
    this.#last = this.#now();
  }
}

function node(frame: Frame, parent: Growing | undefined): Growing {
  const depth = parent === undefined ? 0 : parent.depth + 1;
  return { frame, parent, children: new Map(), depth, self: 0, calls: 0 };
}

function child(parent: Growing, frame: Frame): Growing {
  let found = parent.children.get(frame);
  if (found === undefined) {
    found = node(frame, parent);
    parent.children.set(frame, found);
  }
  return found;
}
