/**
 * A builder's output as lines: each is told to the activity, and the last ones are kept for the error. A carriage
 * return starts the line over, as it does on a terminal. Lines `@nix {…}` are messages of the builder to whoever
 * runs it: of these, phases are understood, the others are left out as Nix leaves them out.
 */
import type { Activity } from '../base/events.ts';

/** Bytes of one line that are kept; the log file has all of it. */
const longestLine = 64 * 1024;

export class LogLines {
  readonly #activity: Pick<Activity, 'log' | 'phase'>;
  readonly #keep: number;
  readonly #last: string[] = [];
  #line: Buffer[] = [];
  #size = 0;

  constructor(activity: Pick<Activity, 'log' | 'phase'>, keep: number) {
    this.#activity = activity;
    this.#keep = keep;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      this.#append(chunk.subarray(from, end));
      this.#endLine();
      from = end + 1;
    }
    this.#append(chunk.subarray(from));
  }

  /** Ends a last line that has no newline. */
  finish(): void {
    if (this.#size > 0) this.#endLine();
  }

  last(): readonly string[] {
    return this.#last;
  }

  #append(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#size < longestLine) this.#line.push(Buffer.from(bytes.subarray(0, longestLine - this.#size)));
    this.#size += bytes.length;
  }

  #endLine(): void {
    const line = visible(Buffer.concat(this.#line).toString('utf8'));
    this.#line = [];
    this.#size = 0;
    if (line.startsWith('@nix ')) {
      const phase = phaseOf(line.slice('@nix '.length));
      if (phase !== undefined) this.#activity.phase(phase);
      return;
    }
    this.#activity.log(line);
    this.#last.push(line);
    if (this.#last.length > this.#keep) this.#last.shift();
  }
}

/** What a terminal would show: later text overwrites earlier text after each carriage return. */
function visible(line: string): string {
  if (!line.includes('\r')) return line;
  let shown = '';
  for (const part of line.split('\r')) shown = part === '' ? shown : part + shown.slice(part.length);
  return shown;
}

function phaseOf(json: string): string | undefined {
  try {
    const message: unknown = JSON.parse(json);
    if (message === null || typeof message !== 'object' || !('action' in message)) return undefined;
    if (message.action !== 'setPhase' || !('phase' in message)) return undefined;
    return typeof message.phase === 'string' ? message.phase : undefined;
  } catch {
    return undefined;
  }
}
