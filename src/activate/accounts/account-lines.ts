/** The lines of passwd(5), group(5), shadow(5) and gshadow(5), as fields between colons. Pure; unknown lines stay as they are. */
import type { AccountFile, LineChange } from './account-values.ts';

export type AccountTexts = Readonly<Record<AccountFile, string>>;

/** The lines of one file by name; of two lines with one name, the first, as the C library has it. */
export function linesByName(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const name = /^([^:#]+):/.exec(line)?.[1];
    if (name !== undefined && !found.has(name)) found.set(name, line);
  }
  return found;
}

/** The text with lines changed to their `after`, or back to their `before`. New lines go to the end. */
export function withLines(text: string, changes: readonly LineChange[], back = false): string {
  const wanted = new Map(changes.map((change) => [change.name, back ? change.before : change.after]));
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const name = /^([^:#]+):/.exec(line)?.[1];
    const next = name === undefined ? undefined : wanted.get(name);
    if (next === undefined) lines.push(line);
    else if (next !== null) lines.push(next);
    if (next !== undefined) wanted.delete(name!);
  }
  if (lines.at(-1) === '') lines.pop();
  for (const line of wanted.values()) if (line !== null) lines.push(line);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** A line's fields; short ones are filled up. */
export function fieldsOf(line: string, count: number): string[] {
  const fields = line.split(':');
  return [...fields, ...Array<string>(Math.max(0, count - fields.length)).fill('')];
}

/** The members in the last field of a line of group or gshadow. */
export function membersOf(line: string): string[] {
  return (line.split(':')[3] ?? '').split(',').filter((name) => name !== '');
}
