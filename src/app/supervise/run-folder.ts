/**
 * The folder of a run that a process of its own carries out: `request.json` is what was asked, `events` what happens (one
 * JSON object a line), `pid` who carries it out, `result.json` how it ended. Both sides only ever look at these files, so
 * that either may go away.
 */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { ActivateError, type ActivateErrorCode, type SwitchReport } from '../../activate/index.ts';
import { InternalError, SysbuildError } from '../../base/errors.ts';
import type { Event, Sink } from '../../base/events.ts';
import { makeFolders } from '../../base/folders.ts';
import { writeFileAtomic } from '../../base/fs-atomic.ts';
import type { RunRequest } from './run-request.ts';

export interface WholeRequest extends RunRequest {
  readonly root: string;
  /** Who asked. */
  readonly by: string;
}

type Result =
  | { readonly report: SwitchReport }
  | {
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly hint: string | undefined;
        readonly details: Readonly<Record<string, unknown>>;
      };
    };

/** How many folders of runs that ended are kept. */
const kept = 20;

export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** A new folder among the runs of a machine; old ones go. */
  static make(runs: string, request: WholeRequest): RunFolder {
    makeFolders(dirname(runs));
    makeFolders(runs, 0o700);
    const old = fs.readdirSync(runs).sort();
    for (const name of old.slice(0, Math.max(0, old.length - kept))) fs.rmSync(join(runs, name), { recursive: true });
    const path = fs.mkdtempSync(join(runs, `${new Date().toISOString().replace(/[:.]/g, '-')}-`));
    writeFileAtomic(join(path, 'request.json'), JSON.stringify(request), 0o600);
    fs.writeFileSync(join(path, 'events'), '', { mode: 0o600 });
    return new RunFolder(path);
  }

  request(): WholeRequest {
    return JSON.parse(fs.readFileSync(join(this.path, 'request.json'), 'utf8')) as WholeRequest;
  }

  begin(pid: number): void {
    writeFileAtomic(join(this.path, 'pid'), String(pid));
  }

  pid(): number | undefined {
    return Number(readIfThere(join(this.path, 'pid'))) || undefined;
  }

  /** Where the process of the run writes what happens. */
  sink(): Sink {
    const fd = fs.openSync(join(this.path, 'events'), 'a');
    return {
      emit(event) {
        try {
          fs.writeSync(fd, `${JSON.stringify(event)}\n`);
        } catch {
          // A full disk must not end a switch for want of somebody to tell.
        }
      },
    };
  }

  /** The events from a place in the file on, and where the next ones begin. */
  eventsFrom(offset: number): { events: Event[]; next: number } {
    const fd = fs.openSync(join(this.path, 'events'), 'r');
    try {
      const buffer = Buffer.alloc(Math.max(0, fs.fstatSync(fd).size - offset));
      const length = fs.readSync(fd, buffer, 0, buffer.length, offset);
      const end = buffer.lastIndexOf(0x0a, length - 1) + 1;
      const lines = buffer
        .toString('utf8', 0, end)
        .split('\n')
        .filter((line) => line !== '');
      return { events: lines.map((line) => JSON.parse(line) as Event), next: offset + end };
    } finally {
      fs.closeSync(fd);
    }
  }

  finish(outcome: { readonly report: SwitchReport } | { readonly failure: unknown }): void {
    const result: Result = 'report' in outcome ? outcome : { error: plainError(outcome.failure) };
    writeFileAtomic(join(this.path, 'result.json'), JSON.stringify(result), 0o600);
  }

  /**
   * How the run ended; undefined while it has not.
   * @throws what the run threw
   */
  result(): SwitchReport | undefined {
    const text = readIfThere(join(this.path, 'result.json'));
    if (text === undefined) return undefined;
    const result = JSON.parse(text) as Result;
    if ('report' in result) return result.report;
    const { code, message, hint, details } = result.error;
    if (!code.startsWith('activate/')) throw new InternalError(message, { hint, details });
    throw new ActivateError(code as ActivateErrorCode, message, { hint, details });
  }
}

function plainError(error: unknown): Extract<Result, { error: unknown }>['error'] {
  if (error instanceof SysbuildError) {
    return { code: error.code, message: error.message, hint: error.hint, details: error.details };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message, hint: undefined, details: {} };
}

function readIfThere(path: string): string | undefined {
  return fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined;
}
