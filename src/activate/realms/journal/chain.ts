/**
 * The ordering journal as text: every change that was made to the machine, in the order in which they were made. One
 * JSON object a line:
 *
 *     { "number": 7, "at": ISO 8601, "by", "kind", "what", "details": {…}, "previous": HEX }
 *
 * `previous` is the SHA-256 of the whole line before, without its newline; of the first line it is 64 zeros. So a line
 * cannot be changed, removed or put in without the line after it telling. The last line has none after it: a second
 * file, the head, holds its number and digest. Numbers begin at 1 and have no gaps. A last line without a newline was
 * cut off while it was written; it was announced to nobody, and the next line replaces it. Pure.
 */
import { createHash } from 'node:crypto';

export type ChangeKind = 'switch' | 'repair' | 'override' | 'migration' | 'journal';

/** A change as it is reported. */
export interface Change {
  readonly kind: ChangeKind;
  /** One line for people: `generation 4 is current`. */
  readonly what: string;
  /** Plain data. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface JournalEntry extends Change {
  readonly number: number;
  readonly at: string;
  readonly by: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly previous: string;
}

export interface JournalHead {
  readonly number: number;
  /** SHA-256 of the line of this number. */
  readonly digest: string;
}

/** A broken rule and the number of the line (from 1) at which it shows. */
export interface JournalProblem {
  readonly line: number;
  readonly problem: string;
}

export interface JournalReading {
  readonly entries: readonly JournalEntry[];
  readonly problems: readonly JournalProblem[];
  /** What stands after the last newline: a line that was cut off. */
  readonly torn: string;
  /** Of the last whole line; undefined for an empty journal. */
  readonly head: JournalHead | undefined;
}

export const noLineBefore: string = '0'.repeat(64);

export function digestLine(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}

/** The line for a change that comes after `head`. */
export function lineAfter(head: JournalHead | undefined, change: Change, at: string, by: string): string {
  const { kind, what, details = {} } = change;
  const number = (head?.number ?? 0) + 1;
  return JSON.stringify({ number, at, by, kind, what, details, previous: head?.digest ?? noLineBefore });
}

/** Reads the whole journal and says everything that is wrong with it. */
export function readChain(text: string, head?: JournalHead): JournalReading {
  const end = text.lastIndexOf('\n') + 1;
  const lines = end === 0 ? [] : text.slice(0, end - 1).split('\n');
  const entries: JournalEntry[] = [];
  const problems: JournalProblem[] = [];
  let previous = noLineBefore;
  for (const [index, line] of lines.entries()) {
    const entry = parseEntry(line);
    if (entry === undefined) problems.push({ line: index + 1, problem: 'it is no entry of a journal' });
    else {
      problems.push(...problemsOf(entry, index + 1, previous));
      entries.push(entry);
    }
    previous = digestLine(line);
  }
  const last = lines.length === 0 ? undefined : { number: lines.length, digest: previous };
  problems.push(...problemsOfEnd(lines, head));
  return { entries, problems, torn: text.slice(end), head: last };
}

function problemsOf(entry: JournalEntry, line: number, previous: string): JournalProblem[] {
  const found: JournalProblem[] = [];
  if (entry.previous !== previous) {
    const problem =
      line === 1 ? 'lines before it were removed' : `line ${line - 1} is not the one that it was written after`;
    found.push({ line: line === 1 ? 1 : line - 1, problem });
  }
  if (entry.number !== line) found.push({ line, problem: `it has the number ${entry.number}` });
  return found;
}

/** The head may be one line behind: a crash can come between the two writes. */
function problemsOfEnd(lines: readonly string[], head: JournalHead | undefined): JournalProblem[] {
  if (head === undefined)
    return lines.length > 1 ? [{ line: lines.length, problem: 'the record of the end is gone' }] : [];
  if (head.number > lines.length) {
    const missing = head.number - lines.length;
    return [
      { line: lines.length + 1, problem: `the last ${missing === 1 ? 'line is' : `${missing} lines are`} missing` },
    ];
  }
  if (head.number < lines.length - 1) {
    return [{ line: head.number + 1, problem: 'it and those after it were not written by sysbuild' }];
  }
  const line = lines[head.number - 1];
  if (line === undefined || digestLine(line) === head.digest) return [];
  return [{ line: head.number, problem: 'it was changed after it was written' }];
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    const value = JSON.parse(line) as Partial<JournalEntry> | null;
    const good =
      Number.isSafeInteger(value?.number) &&
      [value?.at, value?.by, value?.kind, value?.what, value?.previous].every((field) => typeof field === 'string') &&
      typeof value?.details === 'object';
    return good ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}
