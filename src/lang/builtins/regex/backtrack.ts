/**
 * Runs a `Machine` over a text, in the order of POSIX-flavoured backtracking that Nix uses: loops are greedy and
 * stop at their first success, both sides of an alternative are always tried, and of all ends reached the furthest
 * wins, the first one among equals.
 *
 * The search keeps its own stack, so that long texts are no deeper than short ones. When it takes long, it remembers
 * which states it has been through at which places, which keeps it from taking exponential time.
 */
import { type Machine, Op } from './machine.ts';

/** `starts[0]`, `ends[0]` are the whole match; an end of -1 is a group that took no part. */
export interface Match {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export interface AttemptOptions {
  /** The match must reach the end of the text. */
  readonly whole: boolean;
  /** `^` matches where the attempt begins. */
  readonly atStart: boolean;
  /** An empty match is none. */
  readonly notEmpty: boolean;
}

/** What to do when the search comes back to a frame; three operands follow each kind on the stack. */
const Frame = { RestoreStart: 0, RestoreEnd: 1, LeaveLoop: 2, LoopDone: 3, Right: 4, Merge: 5, Remember: 6 } as const;

/** Steps that a search takes before it begins to remember; a straight walk through a text takes a few for each byte. */
const fewestSteps = 20_000;
const stepsForByte = 16;

export class Backtracker {
  readonly #machine: Machine;
  readonly #text: string;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** Where each loop last began a round, and how often it did so there. */
  readonly #roundAt: Int32Array;
  readonly #rounds: Int32Array;
  readonly #stack: number[] = [];
  /** The states of all loops. */
  readonly #loops: readonly number[];
  #remembered: Map<number | string, boolean> | undefined;
  /** The keys of the `Remember` frames on the stack. */
  readonly #keys: (number | string)[] = [];
  #steps = 0;
  readonly #patience: number;
  #best: Match | undefined;
  #solved = false;
  #begin = 0;
  #options: AttemptOptions = { whole: false, atStart: false, notEmpty: false };

  constructor(machine: Machine, text: string) {
    this.#machine = machine;
    this.#text = text;
    this.#starts = new Int32Array(machine.groups + 1);
    this.#ends = new Int32Array(machine.groups + 1).fill(-1);
    this.#roundAt = new Int32Array(machine.op.length);
    this.#rounds = new Int32Array(machine.op.length);
    this.#patience = fewestSteps + stepsForByte * text.length;
    this.#loops = [...machine.op.keys()].filter((state) => machine.op[state] === Op.Repeat);
  }

  /** The match that begins at `begin`, if there is one. Going back all the way leaves the tables as they were. */
  attempt(begin: number, options: AttemptOptions): Match | undefined {
    this.#begin = begin;
    this.#options = options;
    this.#remembered = undefined;
    this.#steps = 0;
    this.#best = undefined;
    this.#solved = false;
    this.#explore(this.#machine.start, begin);
    while (this.#stack.length > 0) this.#back();
    return this.#best;
  }

  /** Follows the machine from a state until it fails or accepts. */
  #explore(state: number, at: number): void {
    const { op, next, other, sets } = this.#machine;
    const text = this.#text;
    for (;;) {
      switch (op[state]) {
        case Op.Set:
          if (at >= text.length || sets[state]![text.charCodeAt(at)] === 0) return;
          at += 1;
          state = next[state]!;
          break;
        case Op.Begin:
          if (at !== this.#begin || !this.#options.atStart) return;
          state = next[state]!;
          break;
        case Op.End:
          if (at !== text.length) return;
          state = next[state]!;
          break;
        case Op.Open:
        case Op.Close:
          this.#mark(op[state]!, other[state]!, at);
          state = next[state]!;
          break;
        case Op.Accept:
          this.#accept(at);
          return;
        default:
          if (this.#isKnown(state, at)) return;
          state = op[state] === Op.Repeat ? this.#enterLoop(state, at) : this.#enterLeft(state, at);
      }
    }
  }

  #mark(op: number, group: number, at: number): void {
    if (op === Op.Open) {
      this.#stack.push(Frame.RestoreStart, group, this.#starts[group]!, 0);
      this.#starts[group] = at;
    } else {
      this.#stack.push(Frame.RestoreEnd, group, this.#ends[group]!, 0);
      this.#ends[group] = at;
    }
  }

  #accept(at: number): void {
    if (this.#options.whole && at !== this.#text.length) return;
    if (this.#options.notEmpty && at === this.#begin) return;
    this.#solved = true;
    if (this.#best !== undefined && at <= this.#best.ends[0]!) return;
    const starts = this.#starts.slice();
    const ends = this.#ends.slice();
    starts[0] = this.#begin;
    ends[0] = at;
    this.#best = { starts, ends };
  }

  /** One more round, or the way out where the loop has already gone round twice at this place. */
  #enterLoop(state: number, at: number): number {
    const fresh = this.#rounds[state] === 0 || this.#roundAt[state] !== at;
    if (!fresh && this.#rounds[state]! >= 2) return this.#machine.next[state]!;
    this.#stack.push(Frame.LeaveLoop, state, at, 0, Frame.LoopDone, state, this.#roundAt[state]!, this.#rounds[state]!);
    this.#rounds[state] = fresh ? 1 : this.#rounds[state]! + 1;
    this.#roundAt[state] = at;
    return this.#machine.other[state]!;
  }

  #enterLeft(state: number, at: number): number {
    this.#stack.push(Frame.Right, state, at, 0);
    return this.#machine.other[state]!;
  }

  /** Takes the topmost frame off and does what it says. */
  #back(): void {
    const stack = this.#stack;
    const c = stack.pop()!;
    const b = stack.pop()!;
    const a = stack.pop()!;
    switch (stack.pop()) {
      case Frame.RestoreStart:
        this.#starts[a] = b;
        break;
      case Frame.RestoreEnd:
        this.#ends[a] = b;
        break;
      case Frame.LoopDone:
        this.#roundAt[a] = b;
        this.#rounds[a] = c;
        break;
      case Frame.LeaveLoop:
        if (!this.#solved) this.#explore(this.#machine.next[a]!, b);
        break;
      case Frame.Right:
        stack.push(Frame.Merge, this.#solved ? 1 : 0, 0, 0);
        this.#solved = false;
        this.#explore(this.#machine.next[a]!, b);
        break;
      case Frame.Merge:
        if (a === 1) this.#solved = true;
        break;
      default:
        this.#remembered?.set(this.#keys.pop()!, this.#solved);
    }
  }

  /**
   * Whether the search has been at this state and place before: it would find the same ends again, none of them
   * better. Otherwise it will be remembered, once the search has lost its patience.
   */
  #isKnown(state: number, at: number): boolean {
    this.#steps += 1;
    if (this.#steps < this.#patience) return false;
    this.#remembered ??= new Map();
    const key = this.#key(state, at);
    const solved = this.#remembered.get(key);
    if (solved === undefined) {
      this.#stack.push(Frame.Remember, 0, 0, 0);
      this.#keys.push(key);
      return false;
    }
    this.#solved = solved;
    return true;
  }

  /** All that what follows depends on. Where a loop can go round empty, how often each did so here counts as well. */
  #key(state: number, at: number): number | string {
    if (!this.#machine.emptyLoops) return state * (this.#text.length + 1) + at;
    let key = `${state},${at},`;
    for (const loop of this.#loops) key += this.#roundAt[loop] === at ? this.#rounds[loop] : 0;
    return key;
  }
}
