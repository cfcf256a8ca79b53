/**
 * Indented strings: the least indentation of all lines is taken away from each.
 *
 * A line's indentation is its leading spaces; a tab is text. A line of nothing but spaces does not count, and when it
 * is the last it goes away. Where an escape or interpolation stands, the leading spaces end.
 */

const newline = 10;
const blank = 32;

export interface IndentedPart<E> {
  /** The piece of text, or the expression that is interpolated. */
  readonly content: string | E;
  /** Plain text, in which indentation is looked for: no escape, no interpolation. */
  readonly plain: boolean;
  readonly pos: number;
}

export interface StrippedPart<E> {
  readonly content: string | E;
  readonly pos: number;
}

export function stripIndentation<E>(parts: readonly IndentedPart<E>[]): StrippedPart<E>[] {
  const indentation = leastIndentation(parts);
  const stripped: StrippedPart<E>[] = [];
  const line: LineState = { atStart: true, dropped: 0 };
  for (const [index, { content, pos }] of parts.entries()) {
    if (typeof content !== 'string') {
      line.atStart = false;
      line.dropped = 0;
      stripped.push({ content, pos });
      continue;
    }
    const text = dropSpaces(content, indentation, line);
    const kept = index === parts.length - 1 ? withoutLastLine(text) : text;
    if (kept !== '') stripped.push({ content: kept, pos });
  }
  return stripped;
}

/** Of all lines with text in them; more than any line has when there is none. */
function leastIndentation(parts: readonly IndentedPart<unknown>[]): number {
  let least = 1_000_000;
  let current = 0;
  let atStart = true;
  const endSpaces = () => {
    if (atStart && current < least) least = current;
    atStart = false;
  };
  for (const { content, plain } of parts) {
    if (!plain || typeof content !== 'string') {
      endSpaces();
      continue;
    }
    for (let at = 0; at < content.length; at++) {
      const character = content.charCodeAt(at);
      if (character === newline) {
        atStart = true;
        current = 0;
      } else if (atStart) {
        if (character === blank) current++;
        else endSpaces();
      }
    }
  }
  return least;
}

/** Where the walk through the parts stands. */
interface LineState {
  /** Only spaces so far in this line. */
  atStart: boolean;
  /** How many of them were taken away, or met. */
  dropped: number;
}

function dropSpaces(text: string, indentation: number, line: LineState): string {
  let kept = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === newline) {
      if (line.atStart) line.dropped = 0;
      line.atStart = true;
    } else if (line.atStart && character === blank) {
      if (line.dropped++ < indentation) {
        kept += text.slice(from, at);
        from = at + 1;
      }
    } else if (line.atStart) {
      line.atStart = false;
      line.dropped = 0;
    }
  }
  return kept + text.slice(from);
}

/** A last line of nothing but spaces is there for the closing quotes alone. */
function withoutLastLine(text: string): string {
  const end = text.lastIndexOf('\n') + 1;
  return end > 0 && /^ *$/.test(text.slice(end)) ? text.slice(0, end) : text;
}
