/** The escapes of JSON strings. */
import { fromUnicode } from '../../../base/bytes.ts';

const simple: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const anEscape = /\\(?:u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|([\s\S]))/g;

/** The text, a byte string of UTF-8, that the inside of a JSON string stands for; undefined for a bad escape. */
export function unescapeJson(raw: string): string | undefined {
  let text = '';
  let copied = 0;
  anEscape.lastIndex = 0;
  for (let found = anEscape.exec(raw); found !== null; found = anEscape.exec(raw)) {
    const plain = raw.slice(copied, found.index);
    const char = found[3] === undefined ? unicode(found[1]!, found[2]) : simple[found[3]];
    if (char === undefined) return undefined;
    // A low half that does not follow a high one is an escape of its own, and a bad one.
    if (found[2] !== undefined && !isHigh(found[1]!)) return undefined;
    text += plain + char;
    copied = anEscape.lastIndex;
  }
  return text + raw.slice(copied);
}

const isHigh = (digits: string): boolean => /^[dD][89abAB]/.test(digits);

/** One character by the hexadecimal digits of its UTF-16 units. */
function unicode(digits: string, low: string | undefined): string | undefined {
  const unit = Number.parseInt(digits, 16);
  if (unit >= 0xdc00 && unit <= 0xdfff) return undefined;
  if (unit < 0xd800 || unit > 0xdbff) return fromUnicode(String.fromCharCode(unit));
  return low === undefined ? undefined : fromUnicode(String.fromCharCode(unit, Number.parseInt(low, 16)));
}
