/**
 * What is remembered from one run to the next: what each resource's description was when it last held, when it had to be
 * repaired, and triggers that are still to be carried out. Written before a change is made, so that no crash and no later
 * failure loses a trigger. Pure, but for `ConvergeFile`.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../../../base/errors.ts';
import { makeFolders } from '../../../base/folders.ts';
import { writeFileAtomic } from '../../../base/fs-atomic.ts';
import type { ConvergeEntry } from '../../manifest.ts';

export interface Remembered {
  /** Of the description that last held. */
  readonly digest: string;
  /** ISO 8601, of repairs because the world changed; the last few. */
  readonly repairs: readonly string[];
}

export interface Pending {
  /** A unit, or the name of a resource. */
  readonly trigger: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface ConvergeState {
  readonly resources: Readonly<Record<string, Remembered>>;
  readonly pending: readonly Pending[];
}

export const nothingRemembered: ConvergeState = { resources: {}, pending: [] };

/** Of what a resource is to be; not of who says so. */
export function digestEntry({ kind, settings }: ConvergeEntry): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, settings]))
    .digest('hex');
}

/** Adds the triggers of a resource that is about to be changed; one that is pending already stays where it is. */
export function withTriggers(state: ConvergeState, { name, triggers }: ConvergeEntry, at: string): ConvergeState {
  const known = new Set(state.pending.map(({ trigger }) => trigger));
  const added = triggers.filter((trigger) => !known.has(trigger)).map((trigger) => ({ trigger, by: name, at }));
  return { ...state, pending: [...state.pending, ...added] };
}

export function withoutTrigger(state: ConvergeState, trigger: string): ConvergeState {
  return { ...state, pending: state.pending.filter((one) => one.trigger !== trigger) };
}

const mostRepairs = 20;

/** A resource holds with this description. @param repaired ISO 8601, when the world had to be changed back */
export function withHeld(state: ConvergeState, entry: ConvergeEntry, repaired?: string): ConvergeState {
  const before = state.resources[entry.name];
  const digest = digestEntry(entry);
  const kept = before?.digest === digest ? before.repairs : [];
  const repairs = (repaired === undefined ? kept : [...kept, repaired]).slice(-mostRepairs);
  return { ...state, resources: { ...state.resources, [entry.name]: { digest, repairs } } };
}

const hour = 3_600_000;

/** How often a resource was repaired in the hour before a moment: many times means that something works against it. */
export function repairsInHour(state: ConvergeState, name: string, now: number): number {
  return (state.resources[name]?.repairs ?? []).filter((at) => now - Date.parse(at) < hour).length;
}

export interface ConvergeMemory {
  read(): ConvergeState;
  /** Durable when it returns. */
  write(state: ConvergeState): void;
}

export class ConvergeFile implements ConvergeMemory {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  read(): ConvergeState {
    try {
      return { ...nothingRemembered, ...(JSON.parse(fs.readFileSync(this.#path, 'utf8')) as Partial<ConvergeState>) };
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
      return nothingRemembered;
    }
  }

  write(state: ConvergeState): void {
    makeFolders(dirname(this.#path));
    writeFileAtomic(this.#path, `${JSON.stringify(state, null, 1)}\n`, 0o600);
  }
}
