/** What a machine must have left while it is changed: disk, inodes, time. Judging is pure. */
import { formatBytes, plural } from '../../../base/text.ts';
import { ActivateError } from '../../errors.ts';
import { FieldError, Fields } from '../../json-fields.ts';

export interface Budgets {
  /** Bytes that stay free on each file system that is written to. */
  readonly disk: number;
  /** Inodes that stay free there. */
  readonly inodes: number;
  /** Bytes of the file that is kept for ourselves. */
  readonly reserve: number;
  /** Seconds for one phase. */
  readonly phase: number;
}

export const defaultBudgets: Budgets = { disk: 64 << 20, inodes: 1000, reserve: 16 << 20, phase: 600 };

/** @throws ActivateError `activate/manifest` for names or values that mean nothing */
export function readBudgets(record: Readonly<Record<string, unknown>>): Budgets {
  try {
    const fields = Fields.of('settings.budgets', record);
    fields.only(Object.keys(defaultBudgets));
    const get = (name: keyof Budgets): number => {
      const value = fields.has(name) ? fields.number(name) : defaultBudgets[name];
      if (value < 0) throw new FieldError(`settings.budgets.${name} is ${value}`);
      return value;
    };
    return { disk: get('disk'), inodes: get('inodes'), reserve: get('reserve'), phase: get('phase') };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new ActivateError('activate/manifest', `the budgets are not usable: ${error.message}`);
  }
}

/** A file system as it is. */
export interface Space {
  /** A folder on it. */
  readonly place: string;
  readonly freeBytes: number;
  readonly freeInodes: number;
  /** 0 where the file system has no limit. */
  readonly inodes: number;
}

/** What is about to be written to a file system. */
export interface Need {
  readonly place: string;
  readonly bytes: number;
  readonly inodes: number;
}

/** What is large, or has grown, on a file system, and whose it is. */
export interface Threat {
  readonly path: string;
  readonly realm: string;
  readonly bytes: number;
}

export interface Shortage {
  readonly place: string;
  readonly what: 'disk' | 'inodes';
  readonly free: number;
  readonly needed: number;
  /** What must stay free beside it. */
  readonly budget: number;
}

/** Which budgets would not hold. */
export function judgeSpace(spaces: readonly Space[], needs: readonly Need[], budgets: Budgets): Shortage[] {
  return spaces.flatMap(({ place, freeBytes, freeInodes, inodes }) => {
    const own = needs.filter((need) => need.place === place);
    const sum = (part: 'bytes' | 'inodes'): number => own.reduce((total, need) => total + need[part], 0);
    const found: Shortage[] = [];
    const check = (what: Shortage['what'], free: number, needed: number, budget: number): void => {
      if (free < needed + budget) found.push({ place, what, free, needed, budget });
    };
    check('disk', freeBytes, sum('bytes'), budgets.disk);
    if (inodes > 0) check('inodes', freeInodes, sum('inodes'), budgets.inodes);
    return found;
  });
}

/** The error for shortages, which names what threatens the machine. */
export function shortageError(shortages: readonly Shortage[], threats: readonly Threat[]): ActivateError {
  const words = shortages.map(({ place, what, free, needed, budget }) => {
    const amount = (count: number): string => (what === 'disk' ? formatBytes(count) : plural(count, 'inode'));
    return `${place} has ${amount(free)} free, and ${amount(needed)} are needed beside the budget of ${amount(budget)}`;
  });
  const named = threats.map(({ path, realm, bytes }) => `${path} (${realm}, ${formatBytes(bytes)})`);
  return new ActivateError('activate/budget', words.join('; '), {
    details: { shortages, threats },
    hint:
      named.length === 0 ? 'free some space; nothing was changed' : `what takes the most there: ${named.join(', ')}`,
  });
}
