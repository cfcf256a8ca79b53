/** Lines and keys in texts that somebody else owns: each change touches one line and leaves all others as they are. Pure. */

/** The text with a line that it has to have; a line that matches is replaced, the last one where several do. */
export function withLine(text: string, line: string, match: RegExp | undefined): string {
  const lines = linesOf(text);
  if (lines.includes(line) && (match === undefined || lines.every((one) => one === line || !match.test(one))))
    return text;
  const at = match === undefined ? -1 : lines.findLastIndex((one) => match.test(one));
  if (at < 0) return joined(lines.includes(line) ? lines : [...lines, line]);
  const rest = lines.with(at, line);
  return joined(rest.filter((one, index) => index === at || one === line || !match!.test(one)));
}

/** The text without a line, and without those that match. */
export function withoutLine(text: string, line: string, match: RegExp | undefined): string {
  const lines = linesOf(text);
  const kept = lines.filter((one) => one !== line && !match?.test(one));
  return kept.length === lines.length ? text : joined(kept);
}

export interface KeyPlace {
  readonly key: string;
  /** Undefined: before the first section, or a file without sections. */
  readonly section: string | undefined;
  readonly separator: string;
}

/** The value of a key; undefined where it has none. Later lines win. */
export function keyOf(text: string, place: KeyPlace): string | undefined {
  const lines = linesOf(text);
  const at = keyLine(lines, place);
  return at < 0 ? undefined : valueOf(lines[at]!, place);
}

/** The text with a key set, in its own line or a new one at the end of its section. */
export function withKey(text: string, place: KeyPlace, value: string): string {
  if (keyOf(text, place) === value) return text;
  const lines = linesOf(text);
  const line = `${place.key}${place.separator}${value}`;
  const at = keyLine(lines, place);
  if (at >= 0) return joined(lines.with(at, line));
  const { begin, end } = sectionOf(lines, place.section);
  if (begin < 0) return joined([...lines, ...(lines.length === 0 ? [] : ['']), `[${place.section}]`, line]);
  let last = end;
  while (last > begin && lines[last - 1]!.trim() === '') last -= 1;
  return joined(lines.toSpliced(last, 0, line));
}

export function withoutKey(text: string, place: KeyPlace): string {
  const lines = linesOf(text);
  const at = keyLine(lines, place);
  return at < 0 ? text : withoutKey(joined(lines.toSpliced(at, 1)), place);
}

function keyLine(lines: readonly string[], place: KeyPlace): number {
  const { begin, end } = sectionOf(lines, place.section);
  return lines.findLastIndex(
    (line, index) => index >= begin && index < end && begin >= 0 && valueOf(line, place) !== undefined,
  );
}

function valueOf(line: string, { key, separator }: KeyPlace): string | undefined {
  const trimmed = line.trim();
  if (!trimmed.startsWith(key)) return undefined;
  const rest = trimmed.slice(key.length);
  const sign = separator.trim();
  const match =
    sign === '' ? /^\s+(.*)$/.exec(rest) : new RegExp(`^\\s*${sign.replace(/[^\w]/g, '\\$&')}\\s*(.*)$`).exec(rest);
  return match?.[1];
}

/** The lines of a section, without its head; `begin` is -1 where there is none. */
function sectionOf(lines: readonly string[], section: string | undefined): { begin: number; end: number } {
  const isHead = (line: string): boolean => /^\s*\[.*\]\s*$/.test(line);
  const head = section === undefined ? -1 : lines.findIndex((line) => line.trim() === `[${section}]`);
  if (section !== undefined && head < 0) return { begin: -1, end: -1 };
  const next = lines.findIndex((line, index) => index > head && isHead(line));
  return { begin: head + 1, end: section === undefined && next < 0 ? lines.length : next < 0 ? lines.length : next };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
