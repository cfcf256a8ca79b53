/**
 * The lexical shapes that one regular expression does not say well: each function looks at `offset` and gives the text
 * that belongs together there, or null. Long runs are found by sticky expressions without loops inside, so that a
 * megabyte of text costs no backtracking.
 */

const space = /[ \t\r\n]+/y;
const toLineEnd = /[^\r\n]*/y;
const identifier = /[a-zA-Z_][\w'-]*/y;
const pathRun = /[\w.+-]*/y;
const path = /[\w.+-]*(?:(?:\/[\w.+-]+)+\/?|\/(?=\$\{))/y;
const uri = /[a-zA-Z][a-zA-Z0-9.+-]*:[\w%/?:@&=+$,.!~*'-]/y;
const plainQuoted = /[^"\\$]+/y;
const plainIndented = /[^'$]+/y;

const code = (character: string): number => character.charCodeAt(0);
const hash = code('#');
const slash = code('/');
const star = code('*');
const dot = code('.');
const plus = code('+');
const colon = code(':');
const dollar = code('$');
const brace = code('{');
const quote = code('"');
const tick = code("'");
const backslash = code('\\');

export const keywords: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'assert',
  'with',
  'let',
  'in',
  'rec',
  'inherit',
  'or',
]);

/** Where a match of `pattern` (sticky) at `offset` ends; `offset` when there is none. */
function after(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

const between = (text: string, start: number, end: number): string | null =>
  end > start ? text.slice(start, end) : null;

/** White space and comments, as long as they follow each other. A comment without an end is none. */
export function scanTrivia(text: string, offset: number): string | null {
  let at = offset;
  for (;;) {
    const next = text.charCodeAt(at);
    if (next === hash) at = after(toLineEnd, text, at);
    else if (next === slash) {
      if (text.charCodeAt(at + 1) !== star) break;
      const end = text.indexOf('*/', at + 2);
      if (end < 0) break;
      at = end + 2;
    } else {
      const end = after(space, text, at);
      if (end === at) break;
      at = end;
    }
  }
  return between(text, offset, at);
}

/**
 * The run of path characters that was looked through last. Every name in `a.b.c…` asks where it ends: it is walked
 * once, not once a name.
 */
const run = { start: 0, end: 0 };

/** To be called before the first token of a text is looked for. */
export function beginScan(): void {
  run.start = run.end = 0;
}

/** The character code behind the path characters that start at `offset`. */
function afterRun(text: string, offset: number): number {
  if (offset < run.start || offset >= run.end) {
    run.start = offset;
    run.end = after(pathRun, text, offset);
  }
  return text.charCodeAt(run.end);
}

/** A path literal up to its end or its first interpolation. */
export function scanPath(text: string, offset: number): string | null {
  return afterRun(text, offset) === slash ? between(text, offset, after(path, text, offset)) : null;
}

/** An identifier: not a keyword, and not the beginning of a path or URI, which are longer. */
export function scanIdentifier(text: string, offset: number): string | null {
  const end = after(identifier, text, offset);
  if (end === offset) return null;
  const next = text.charCodeAt(end);
  if ((next === dot || next === slash || next === colon || next === plus) && isLonger(text, offset)) return null;
  const word = text.slice(offset, end);
  return keywords.has(word) ? null : word;
}

function isLonger(text: string, offset: number): boolean {
  const next = afterRun(text, offset);
  if (next === slash) return after(path, text, offset) > offset;
  return next === colon && after(uri, text, offset) > offset;
}

/** Text between `"` and `"` up to its end or an interpolation. What cannot be completed before the file ends is left. */
export function scanQuotedText(text: string, offset: number): string | null {
  let at = offset;
  for (;;) {
    at = after(plainQuoted, text, at);
    const length = quotedPair(text, at);
    if (length === 0) return between(text, offset, at);
    at += length;
  }
}

/** The length of what starts with a dollar or backslash and is text, or 0. */
function quotedPair(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === backslash) return at + 1 < text.length ? 2 : 0;
  if (first !== dollar || at + 1 >= text.length) return 0;
  const second = text.charCodeAt(at + 1);
  if (second === brace) return 0;
  if (second === quote) return 1;
  if (second === backslash) return at + 2 < text.length ? 3 : 0;
  // `$$` is two characters of text, so that `$${` does not interpolate.
  return 2;
}

/** Text of an indented string up to an escape, an interpolation or its end. */
export function scanIndentedText(text: string, offset: number): string | null {
  let at = offset;
  for (;;) {
    at = after(plainIndented, text, at);
    if (at + 1 >= text.length) return between(text, offset, at);
    const first = text.charCodeAt(at);
    const second = text.charCodeAt(at + 1);
    if (second === tick || second === (first === dollar ? brace : dollar)) return between(text, offset, at);
    at += 2;
  }
}

/** The end of a path, of no length: what follows is no part of it. */
export function scanPathEnd(text: string, offset: number): string | null {
  return text.charCodeAt(offset - 1) === slash ? null : '';
}

/** The end of a path that is none, because a slash came before. */
export function scanTrailingSlash(text: string, offset: number): string | null {
  return text.charCodeAt(offset - 1) === slash ? '' : null;
}
