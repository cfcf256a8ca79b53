/**
 * Progress as Nix's own tools tell it to programs such as nix-output-monitor: lines `@nix {…}` on standard error. The
 * numbers are those of Nix's activities, results and levels.
 */
import type { ActivityId, ActivityKind, Event } from '../../base/events.ts';
import type { Terminal } from '../terminal.ts';
import type { Display } from './display.ts';
import { messageText, verbOf } from './words.ts';

const activities = {
  unknown: 0,
  copyPath: 100,
  realise: 102,
  copyPaths: 103,
  builds: 104,
  build: 105,
  substitute: 108,
};
const results = { logLine: 101, phase: 104, progress: 105, expected: 106 } as const;
const levels = { warn: 1, notice: 2, info: 3, talkative: 4, trace: 0 } as const;

type Field = string | number;

/** Activities of the whole run, which the others belong to. */
interface Overall {
  readonly id: number;
  readonly type: number;
}

export class InternalJsonSink implements Display {
  readonly #terminal: Terminal;
  readonly #overall = new Map<ActivityKind, Overall>();
  readonly #kinds = new Map<ActivityId, ActivityKind>();
  #last = 0;
  /** By our ids, those that are told: one number range for all. */
  readonly #ids = new Map<ActivityId, number>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  emit(event: Event): void {
    switch (event.type) {
      case 'start':
        this.#start(event);
        break;
      case 'stop':
        this.#stop(event.id);
        break;
      case 'log':
        this.#result(event.id, results.logLine, [event.line]);
        break;
      case 'phase':
        this.#result(event.id, results.phase, [event.phase]);
        break;
      case 'progress':
        this.#result(event.id, results.progress, [event.done, event.total, 0, 0]);
        break;
      case 'totals':
        this.#totals(event);
        break;
      case 'message':
        this.#tell({ action: 'msg', level: levels[event.level], msg: event.text });
        break;
      default:
        this.#tell({
          action: 'msg',
          level: levels.warn,
          msg: (messageText(event, this.#terminal) ?? '').trimEnd(),
        });
    }
  }

  clear(): void {}

  close(): void {
    for (const { id } of this.#overall.values()) this.#tell({ action: 'stop', id });
    this.#overall.clear();
  }

  #start({ id, kind, subject }: Extract<Event, { type: 'start' }>): void {
    const number = ++this.#last;
    this.#ids.set(id, number);
    this.#kinds.set(id, kind);
    const parent = this.#overall.get(groupOf(kind))?.id ?? 0;
    const text = `${verbOf(kind)} '${subject}'`;
    this.#tell({ action: 'start', id: number, level: levels.info, parent, text, ...typeOf(kind, subject) });
  }

  #stop(id: ActivityId): void {
    const number = this.#ids.get(id);
    this.#ids.delete(id);
    this.#kinds.delete(id);
    if (number !== undefined) this.#tell({ action: 'stop', id: number });
  }

  #result(id: ActivityId, type: number, fields: readonly Field[]): void {
    const number = this.#ids.get(id);
    if (number !== undefined) this.#tell({ action: 'result', id: number, type, fields });
  }

  /** Builds and what they fetch are one group, as each fetch is a build; what comes from caches is another. */
  #totals({ kind, done, expected, running, failed }: Extract<Event, { type: 'totals' }>): void {
    const group = groupOf(kind);
    let overall = this.#overall.get(group);
    if (overall === undefined) {
      overall = { id: ++this.#last, type: group === 'substitute' ? activities.copyPaths : activities.builds };
      this.#overall.set(group, overall);
      const words = { level: levels.talkative, parent: 0, text: '', type: overall.type, fields: [] };
      this.#tell({ action: 'start', id: overall.id, ...words });
    }
    const fields = this.#sumOf(group, kind, [done, expected, running, failed]);
    this.#tell({ action: 'result', id: overall.id, type: results.progress, fields });
  }

  readonly #counts = new Map<ActivityKind, readonly number[]>();

  #sumOf(group: ActivityKind, kind: ActivityKind, counts: readonly number[]): number[] {
    this.#counts.set(kind, counts);
    const all = [...this.#counts].filter(([other]) => groupOf(other) === group).map(([, one]) => one);
    return counts.map((_, index) => all.reduce((sum, one) => sum + one[index]!, 0));
  }

  #tell(message: object): void {
    this.#terminal.err(`@nix ${JSON.stringify(message)}\n`);
  }
}

function groupOf(kind: ActivityKind): ActivityKind {
  return kind === 'fetch' ? 'build' : kind;
}

/** A build has the derivation, the machine that it is on (none: this one), and which of how many rounds it is. */
function typeOf(kind: ActivityKind, subject: string): { type: number; fields: readonly Field[] } {
  if (groupOf(kind) === 'build') return { type: activities.build, fields: [subject, '', 1, 1] };
  if (kind === 'substitute') return { type: activities.substitute, fields: [subject, ''] };
  return { type: activities.unknown, fields: [] };
}
