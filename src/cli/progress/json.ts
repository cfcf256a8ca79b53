/** Progress for programs: each event is one line of JSON on standard error. */
import type { Event } from '../../base/events.ts';
import type { Terminal } from '../terminal.ts';
import type { Display } from './display.ts';

export class JsonSink implements Display {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  emit(event: Event): void {
    this.#terminal.err(`${JSON.stringify(event)}\n`);
  }

  clear(): void {}

  close(): void {}
}
