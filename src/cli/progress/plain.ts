/** Progress as lines: for files, pipes and CI. One line when something begins, one when it fails. */
import type { ActivityId, ActivityKind, Event } from '../../base/events.ts';
import type { Terminal } from '../terminal.ts';
import type { Display } from './display.ts';
import { messageText, shortSubject, verbOf } from './words.ts';

/** What begins too often to be worth a line. */
const unmentioned: ReadonlySet<ActivityKind> = new Set(['evaluate', 'add']);

export class PlainSink implements Display {
  readonly #terminal: Terminal;
  readonly #logs: boolean;
  readonly #quiet: boolean;
  readonly #subjects = new Map<ActivityId, { kind: ActivityKind; subject: string }>();

  constructor(terminal: Terminal, options: { logs: boolean; quiet: boolean }) {
    this.#terminal = terminal;
    this.#logs = options.logs;
    this.#quiet = options.quiet;
  }

  emit(event: Event): void {
    const text = messageText(event, this.#terminal) ?? this.#progressText(event);
    if (text !== undefined) this.#terminal.err(text);
  }

  #progressText(event: Event): string | undefined {
    if (event.type === 'start') {
      this.#subjects.set(event.id, event);
      if (this.#quiet || unmentioned.has(event.kind)) return undefined;
      return `${verbOf(event.kind)} ${event.subject}\n`;
    }
    if (event.type === 'log' && this.#logs) {
      return `${shortSubject(this.#subjects.get(event.id)?.subject ?? '')}> ${event.line}\n`;
    }
    if (event.type !== 'stop') return undefined;
    const about = this.#subjects.get(event.id);
    this.#subjects.delete(event.id);
    if (event.ok || about === undefined || this.#quiet || unmentioned.has(about.kind)) return undefined;
    return `${this.#terminal.theme.error('failed:')} ${verbOf(about.kind)} ${about.subject}\n`;
  }

  clear(): void {}

  close(): void {}
}
