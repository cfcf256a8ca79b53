/** TOML strings of all four kinds, as byte strings. */
import { fromUnicode } from '../../../base/bytes.ts';
import type { TomlError, TomlSource } from './source.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/** The string that begins here with a quotation mark; `multiline` strings are no keys. */
export function parseString(source: TomlSource, multiline: boolean): string {
  const start = source.at;
  if (multiline && source.take('"""')) return parseLong(source, start, '"');
  if (multiline && source.take("'''")) return parseLong(source, start, "'");
  return source.take('"') ? parseBasic(source, start) : parseLiteral(source, start);
}

function parseLiteral(source: TomlSource, start: number): string {
  source.take("'");
  const text = source.match(/[^\x00-\x08\x0a-\x1f\x7f']*/y)![0];
  if (source.take("'")) return text;
  throw unfinished(source, start, 'literal_string', "'");
}

function parseBasic(source: TomlSource, start: number): string {
  let text = '';
  for (;;) {
    text += source.match(/[^\x00-\x08\x0a-\x1f\x7f"\\]*/y)![0];
    if (source.take('"')) return text;
    const escape = source.peek() === 0x5c ? parseEscape(source) : undefined;
    if (escape === undefined) throw unfinished(source, start, 'basic_string', '"');
    text += escape;
  }
}

/** A string of several lines; a newline right after its opening is not part of it. */
function parseLong(source: TomlSource, start: number, quote: '"' | "'"): string {
  if (!source.take('\n')) source.take('\r\n');
  const plain =
    quote === '"' ? /(?:[^\x00-\x08\x0b-\x1f\x7f"\\]|\r(?=\n))*/y : /(?:[^\x00-\x08\x0b-\x1f\x7f']|\r(?=\n))*/y;
  let text = '';
  for (;;) {
    text += source.match(plain)![0];
    // Up to two quotation marks may stand before those that close.
    const closing = source.match(quote === '"' ? /("{0,2})"""(?!")/y : /('{0,2})'''(?!')/y);
    if (closing !== undefined) return text + closing[1];
    const more = source.match(quote === '"' ? /"{1,2}(?!")/y : /'{1,2}(?!')/y)?.[0] ?? parseLongEscape(source);
    if (more === undefined) {
      throw unfinished(source, start, quote === '"' ? 'ml_basic_string' : 'ml_literal_string', quote.repeat(3));
    }
    text += more;
  }
}

/** A backslash at the end of a line takes away all white space up to the next text. */
function parseLongEscape(source: TomlSource): string | undefined {
  if (source.peek() !== 0x5c) return undefined;
  if (source.match(/\\[ \t]*\r?\n(?:[ \t\n]|\r\n)*/y) !== undefined) return '';
  return parseEscape(source);
}

function parseEscape(source: TomlSource): string | undefined {
  const found = source.match(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([btnfr"\\]))/y);
  if (found === undefined) return undefined;
  if (found[3] !== undefined) return simpleEscapes[found[3]];
  const code = Number.parseInt(found[1] ?? found[2]!, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    const title = 'toml::parse_utf8_codepoint: [0xD800, 0xDFFF] is not a valid UTF-8';
    throw source.error(title, { start: source.at - found[0].length, end: source.at, text: 'here' });
  }
  return fromUnicode(String.fromCodePoint(code));
}

function unfinished(source: TomlSource, start: number, kind: string, expected: string): TomlError {
  source.at = Math.max(source.at, start);
  return source.here(`toml::parse_${kind}: invalid string format`, `expected ${expected}`);
}
