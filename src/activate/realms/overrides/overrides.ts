/**
 * Overrides that are in force: a path or a unit that people have changed on purpose, for a time, with a reason. Kept as
 * one JSON list; what they saved is in a folder of its own for each. Pure, but for `OverrideFile`.
 */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../../../base/errors.ts';
import { makeFolders } from '../../../base/folders.ts';
import { writeFileAtomic } from '../../../base/fs-atomic.ts';
import { ActivateError } from '../../errors.ts';
import type { MachineLayout } from '../../layout.ts';
import { realmRecords } from '../records.ts';

export interface OverrideTarget {
  readonly type: 'path' | 'unit';
  /** An absolute path, or the name of a unit. */
  readonly name: string;
}

/** What was at a path when the override began. `copy`: its number in the override's folder; none: nothing was there. */
export interface SavedPath {
  readonly path: string;
  readonly copy: number | undefined;
}

export interface Override {
  /** Given once: `3`. */
  readonly id: string;
  readonly target: OverrideTarget;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601. */
  readonly from: string;
  readonly until: string;
  readonly saved: readonly SavedPath[];
  /** How a unit was when it began. */
  readonly unit?: { readonly active: boolean; readonly enablement: string } | undefined;
}

const unitName = /^[\w@:.\\-]+\.(service|socket|target|timer|mount|automount|path|swap|slice)$/;

/** @throws ActivateError `activate/override` */
export function parseTarget(text: string): OverrideTarget {
  if (unitName.test(text)) return { type: 'unit', name: text };
  if (/^\/.*[^/]$/.test(text) && !/\/\.{0,2}(\/|$)/.test(text)) return { type: 'path', name: text };
  throw new ActivateError('activate/override', `'${text}' is neither an absolute path nor the name of a unit`, {
    details: { target: text },
    hint: 'for example /etc/motd, or nginx.service',
  });
}

const units = { m: 60, h: 3600, d: 86_400 } as const;
const longest = 30 * units.d;

/**
 * `90m`, `4h`, `2d`, or several of them: seconds.
 * @throws ActivateError `activate/override`
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([mhd])/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
  const good = parts.length > 0 && parts.map(([all]) => all).join('') === text && seconds > 0 && seconds <= longest;
  if (good) return seconds;
  throw new ActivateError('activate/override', `'${text}' is no time for an override`, {
    details: { time: text },
    hint: 'say how long, of 1m to 30d: 45m, 4h, 2d',
  });
}

/** The folders and files by which a unit can be changed. */
export function pathsOfUnit(name: string): string[] {
  const folders = [
    '/etc/systemd/system',
    '/run/systemd/system',
    '/etc/systemd/system.control',
    '/run/systemd/system.control',
  ];
  return folders.flatMap((folder) => [`${folder}/${name}`, `${folder}/${name}.d`]);
}

export function pathsOf({ type, name }: OverrideTarget): string[] {
  return type === 'unit' ? pathsOfUnit(name) : [name];
}

/** The override that covers something, if one does. */
export function coveredBy(
  overrides: readonly Override[],
  subject: { readonly type: string; readonly name: string },
): Override | undefined {
  return overrides.find(({ target }) => {
    if (subject.type === 'unit') return target.type === 'unit' && target.name === subject.name;
    if (subject.type !== 'path' && subject.type !== 'mount') return false;
    return pathsOf(target).some((path) => subject.name === path || subject.name.startsWith(`${path}/`));
  });
}

export const isOver = ({ until }: Override, now: Date): boolean => Date.parse(until) <= now.getTime();

/** One line for people: in the map, in the status and in plans. */
export function describeOverride({ id, target, reason, by, until }: Override): string {
  return `override ${id}: ${target.name} until ${until}, by ${by}: ${reason}`;
}

export class OverrideFile {
  readonly #path: string;

  constructor(layout: Pick<MachineLayout, 'state'>) {
    this.#path = realmRecords(layout).overrides;
  }

  read(): { readonly next: number; readonly active: readonly Override[] } {
    try {
      return JSON.parse(fs.readFileSync(this.#path, 'utf8')) as ReturnType<OverrideFile['read']>;
    } catch (error) {
      if (!['ENOENT', 'EACCES'].includes(errnoOf(error) ?? '')) throw error;
      return { next: 1, active: [] };
    }
  }

  write(next: number, active: readonly Override[]): void {
    makeFolders(dirname(this.#path));
    writeFileAtomic(this.#path, `${JSON.stringify({ next, active }, null, 1)}\n`, 0o600);
  }
}

/** The overrides of a machine that are in force, or over and not reverted yet. */
export function activeOverrides({ layout }: { readonly layout: Pick<MachineLayout, 'state'> }): readonly Override[] {
  return new OverrideFile(layout).read().active;
}
