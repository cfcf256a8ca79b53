/**
 * What the core tells the outside while it works. The core never prints: it emits these events to a `Sink`,
 * and a front end renders them (progress on a terminal, plain lines, JSON).
 */
import { assertNever } from './assert.ts';
import type { Diagnostic } from './diagnostic.ts';

export type ActivityId = number;

export type ActivityKind =
  | 'evaluate'
  | 'build'
  | 'fetch'
  | 'substitute'
  | 'copy'
  | 'add'
  | 'verify'
  | 'collect'
  | 'optimise'
  | 'switch';

export type Event =
  | { readonly type: 'start'; readonly id: ActivityId; readonly kind: ActivityKind; readonly subject: string }
  /** `done` and `total` are in `unit`; a total of 0 is unknown. */
  | {
      readonly type: 'progress';
      readonly id: ActivityId;
      readonly done: number;
      readonly total: number;
      readonly unit: 'bytes' | 'items';
    }
  /** One line of a builder's output, without its newline. */
  | { readonly type: 'log'; readonly id: ActivityId; readonly line: string }
  | { readonly type: 'phase'; readonly id: ActivityId; readonly phase: string }
  | { readonly type: 'stop'; readonly id: ActivityId; readonly ok: boolean }
  /** The counts of a whole run: how many of which kind are to be done, running, done, failed. */
  | {
      readonly type: 'totals';
      readonly kind: ActivityKind;
      readonly expected: number;
      readonly running: number;
      readonly done: number;
      readonly failed: number;
    }
  /** A warning or a notice about something of the user's, with its place. */
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic }
  | { readonly type: 'message'; readonly level: 'info' | 'notice' | 'warn' | 'trace'; readonly text: string };

export interface Sink {
  emit(event: Event): void;
}

/** A sink that forgets. */
export const silent: Sink = { emit() {} };

let lastId = 0;

/** An activity that is under way; `stop` must be called exactly once. */
export class Activity {
  readonly id: ActivityId = ++lastId;
  readonly #sink: Sink;

  constructor(sink: Sink, kind: ActivityKind, subject: string) {
    this.#sink = sink;
    sink.emit({ type: 'start', id: this.id, kind, subject });
  }
  progress(done: number, total: number, unit: 'bytes' | 'items'): void {
    this.#sink.emit({ type: 'progress', id: this.id, done, total, unit });
  }
  log(line: string): void {
    this.#sink.emit({ type: 'log', id: this.id, line });
  }
  phase(phase: string): void {
    this.#sink.emit({ type: 'phase', id: this.id, phase });
  }
  stop(ok: boolean): void {
    this.#sink.emit({ type: 'stop', id: this.id, ok });
  }
}

/** One plain line for an event, or undefined when it says nothing worth a line. */
export function describeEvent(event: Event): string | undefined {
  switch (event.type) {
    case 'start':
      return `${event.kind} ${event.subject}`;
    case 'message':
      return event.text;
    case 'log':
      return event.line;
    case 'diagnostic':
      return event.diagnostic.message;
    case 'progress':
    case 'phase':
    case 'stop':
    case 'totals':
      return undefined;
    default:
      return assertNever(event);
  }
}
