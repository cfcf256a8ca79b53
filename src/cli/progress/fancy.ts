/**
 * Live progress at the bottom of a terminal: what runs now and for how long, what is downloaded and how far, and
 * the counts of the whole run. Lines that stay (messages, builder output) scroll by above it.
 */
import type { ActivityId, ActivityKind, Event } from '../../base/events.ts';
import { formatBytes, formatDuration } from '../../base/text.ts';
import type { Terminal } from '../terminal.ts';
import type { Display } from './display.ts';
import { messageText, shortSubject, verbOf } from './words.ts';

interface Running {
  readonly kind: ActivityKind;
  readonly subject: string;
  readonly since: number;
  done: number;
  total: number;
  unit: 'bytes' | 'items';
  /** The phase, or the last line of output. */
  note: string;
}

type Totals = Extract<Event, { type: 'totals' }>;

const mostLines = 8;
const redrawEvery = 100;
/** Runs shorter than this show nothing. */
const firstDrawAfter = 200;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export class FancySink implements Display {
  readonly #terminal: Terminal;
  readonly #logs: boolean;
  readonly #running = new Map<ActivityId, Running>();
  readonly #totals = new Map<ActivityKind, Totals>();
  #drawn = 0;
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal, logs: boolean) {
    this.#terminal = terminal;
    this.#logs = logs;
  }

  emit(event: Event): void {
    const text = messageText(event, this.#terminal);
    if (text !== undefined) this.#above(text);
    else this.#note(event);
  }

  clear(): void {
    const erase = this.#erase();
    if (erase !== '') this.#terminal.err(erase);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.clear();
  }

  #note(event: Event): void {
    switch (event.type) {
      case 'start': {
        const { kind, subject } = event;
        this.#running.set(event.id, { kind, subject, since: Date.now(), done: 0, total: 0, unit: 'items', note: '' });
        this.#timer ??= this.#later(firstDrawAfter);
        break;
      }
      case 'progress':
        Object.assign(this.#running.get(event.id) ?? {}, { done: event.done, total: event.total, unit: event.unit });
        break;
      case 'log':
      case 'phase':
        this.#noteOutput(event);
        break;
      case 'stop':
        this.#stopped(event.id, event.ok);
        break;
      case 'totals':
        this.#totals.set(event.kind, event);
        break;
      default:
    }
  }

  #noteOutput(event: Extract<Event, { type: 'log' | 'phase' }>): void {
    const running = this.#running.get(event.id);
    if (running === undefined) return;
    running.note = event.type === 'log' ? event.line : event.phase;
    if (event.type === 'log' && this.#logs) {
      this.#above(`${this.#terminal.theme.dim(`${shortSubject(running.subject)}>`)} ${event.line}\n`);
    }
  }

  #stopped(id: ActivityId, ok: boolean): void {
    const running = this.#running.get(id);
    this.#running.delete(id);
    if (ok || running === undefined || running.kind === 'evaluate') return;
    this.#above(`${this.#terminal.theme.error('✗')} ${verbOf(running.kind)} ${running.subject}\n`);
  }

  #later(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#draw();
      this.#timer = this.#running.size > 0 ? this.#later(redrawEvery) : undefined;
    }, ms).unref();
  }

  /** Writes lines that stay, above the live part. */
  #above(text: string): void {
    const live = this.#drawn > 0;
    this.#terminal.err(this.#erase() + text);
    if (live) this.#draw();
  }

  #erase(): string {
    const lines = this.#drawn;
    this.#drawn = 0;
    return lines === 0 ? '' : `\r\x1b[${lines}A\x1b[J`;
  }

  #draw(): void {
    this.#tick += 1;
    const lines = this.#lines();
    const erase = this.#erase();
    this.#drawn = lines.length;
    this.#terminal.err(erase + lines.map((line) => `${line}\n`).join(''));
  }

  #lines(): string[] {
    const running = [...this.#running.values()];
    const shown = running.slice(0, mostLines).map((one) => this.#runningLine(one));
    if (running.length > mostLines) shown.push(`  … and ${running.length - mostLines} more`);
    const counts = this.#countsLine();
    return counts === undefined ? shown : [...shown, counts];
  }

  #runningLine(running: Running): string {
    const { theme } = this.#terminal;
    const facts = [amountOf(running), formatDuration(Date.now() - running.since)]
      .filter((fact) => fact !== '')
      .join(', ');
    const head = `${spinner[this.#tick % spinner.length]} ${verbOf(running.kind)} `;
    const room = Math.max(8, this.#terminal.width - head.length - facts.length - 4);
    const subject = elided(shortSubject(running.subject), room);
    const left = room - subject.length - 1;
    const note = left > 8 ? `  ${printable(running.note).slice(0, left - 1)}` : '';
    return `${head}${subject} ${theme.dim(`${facts}${note}`)}`;
  }

  #countsLine(): string | undefined {
    const parts: string[] = [];
    for (const totals of this.#totals.values()) {
      if (totals.expected === 0) continue;
      const failed = totals.failed > 0 ? this.#terminal.theme.error(` (${totals.failed} failed)`) : '';
      parts.push(`${nouns[totals.kind]} ${totals.done}/${totals.expected}${failed}`);
    }
    return parts.length === 0 ? undefined : `[${parts.join(', ')}]`;
  }
}

const nouns: Record<ActivityKind, string> = {
  evaluate: 'evaluated',
  build: 'built',
  fetch: 'downloaded',
  substitute: 'fetched',
  copy: 'copied',
  add: 'added',
  verify: 'verified',
  collect: 'collected',
  optimise: 'shared',
  switch: 'switched',
};

function amountOf({ done, total, unit }: Running): string {
  if (done === 0 && total === 0) return '';
  const show = (value: number): string => (unit === 'bytes' ? formatBytes(value) : String(value));
  return total === 0 ? show(done) : `${show(done)} of ${show(total)}`;
}

/** The end of a text that is too long: there are the names that tell one thing from another. */
function elided(text: string, room: number): string {
  return text.length <= room ? text : `…${text.slice(text.length - room + 1)}`;
}

/** A builder's line without control sequences. */
function printable(line: string): string {
  return line.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\x00-\x1f\x7f]/g, ' ');
}
