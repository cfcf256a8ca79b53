/**
 * The text of units (systemd.syntax(7)): `[Section]`, `Key=Value`, comments after `#` or `;` at the start of a line, a
 * backslash at its end that goes on with the next one. A key may stand several times: the values add up, and an empty
 * one forgets those before it. Whether systemd knows a section or key is not looked at. Pure.
 */

/** Values by key, by section; sections and keys in the order of the text. */
export type UnitContent = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** The content of a unit's file and the drop-ins after it, read as one text. */
export function parseUnit(texts: readonly string[]): UnitContent {
  const content = new Map<string, Map<string, string[]>>();
  for (const text of texts) {
    let section: Map<string, string[]> | undefined;
    for (const line of logicalLines(text)) {
      const header = /^\[([^\]]*)\]$/.exec(line)?.[1];
      if (header !== undefined) section = content.get(header) ?? addTo(content, header);
      else if (section !== undefined) addValue(section, line);
    }
  }
  return content;
}

function addTo(content: Map<string, Map<string, string[]>>, header: string): Map<string, string[]> {
  const section = new Map<string, string[]>();
  content.set(header, section);
  return section;
}

function addValue(section: Map<string, string[]>, line: string): void {
  const equals = line.indexOf('=');
  if (equals < 1) return;
  const key = line.slice(0, equals).trimEnd();
  const value = line.slice(equals + 1).trimStart();
  section.set(key, value === '' ? [] : [...(section.get(key) ?? []), value]);
}

/** Lines without comments and blanks, continued ones joined by a space. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let begun = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (/^[#;]/.test(line)) continue; // also between the parts of a continued line
    if (line.endsWith('\\')) {
      begun += `${line.slice(0, -1).trimEnd()} `;
      continue;
    }
    const whole = (begun + line).trim();
    begun = '';
    if (whole !== '') lines.push(whole);
  }
  return begun.trim() === '' ? lines : [...lines, begun.trim()];
}

/** All values of a key. */
export function valuesOf(content: UnitContent, section: string, key: string): readonly string[] {
  return content.get(section)?.get(key) ?? [];
}

/** The words of a key's values. */
export function wordsOf(content: UnitContent, section: string, key: string): string[] {
  return valuesOf(content, section, key).flatMap((value) => value.split(/\s+/).filter((word) => word !== ''));
}

/** A yes or no as systemd reads it; the last one counts. */
export function booleanOf(content: UnitContent, section: string, key: string, fallback: boolean): boolean {
  const last = valuesOf(content, section, key).at(-1)?.toLowerCase();
  if (last === undefined) return fallback;
  if (['1', 'yes', 'y', 'true', 't', 'on'].includes(last)) return true;
  return ['0', 'no', 'n', 'false', 'f', 'off'].includes(last) ? false : fallback;
}
