/** Strings and floats as JSON text, byte for byte as `builtins.toJSON` writes them. */
import { formatJsonDouble } from '../../formats/index.ts';
import { EvalError } from '../errors.ts';

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** For each byte, whether it can stand in a JSON string only when it is looked at. */
const special = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === 0x22 || byte === 0x5c || byte >= 0x80 ? 1 : 0,
);

/** Whether a byte string is anything but itself between quotes. */
export function needsEscapes(text: string): boolean {
  if (text.length > 40) return /[\x00-\x1f"\\\x80-\xff]/.test(text);
  for (let i = 0; i < text.length; i++) if (special[text.charCodeAt(i)] === 1) return true;
  return false;
}

/** A byte string as a JSON string; it must be UTF-8. */
export function jsonString(text: string): string {
  if (!needsEscapes(text)) return `"${text}"`;
  if (/[\x80-\xff]/.test(text)) checkUtf8(text);
  return `"${text.replace(/[\x00-\x1f"\\]/g, escape)}"`;
}

function escape(found: string): string {
  return escapes[found] ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The smallest and largest second byte after a leading byte, and how many bytes follow it; undefined: no leading byte. */
export function following(lead: number): readonly [low: number, high: number, count: number] | undefined {
  if (lead >= 0xc2 && lead <= 0xdf) return [0x80, 0xbf, 1];
  if (lead === 0xe0) return [0xa0, 0xbf, 2];
  if (lead === 0xed) return [0x80, 0x9f, 2];
  if (lead >= 0xe1 && lead <= 0xef) return [0x80, 0xbf, 2];
  if (lead === 0xf0) return [0x90, 0xbf, 3];
  if (lead >= 0xf1 && lead <= 0xf3) return [0x80, 0xbf, 3];
  return lead === 0xf4 ? [0x80, 0x8f, 3] : undefined;
}

/** Throws at the first byte that cannot be UTF-8. */
export function checkUtf8(text: string): void {
  for (let i = 0; i < text.length; ) {
    const lead = text.charCodeAt(i);
    if (lead < 0x80) {
      i++;
      continue;
    }
    const rule = following(lead);
    if (rule === undefined) throw notUtf8(`invalid UTF-8 byte at index ${i}: ${hex(lead)}`);
    const [low, high, count] = rule;
    for (let k = 1; k <= count; k++) {
      if (i + k >= text.length)
        throw notUtf8(`incomplete UTF-8 string; last byte: ${hex(text.charCodeAt(text.length - 1))}`);
      const byte = text.charCodeAt(i + k);
      const fits = k === 1 ? byte >= low && byte <= high : byte >= 0x80 && byte <= 0xbf;
      if (!fits) throw notUtf8(`invalid UTF-8 byte at index ${i + k}: ${hex(byte)}`);
    }
    i += count + 1;
  }
}

const hex = (byte: number): string => `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;

function notUtf8(what: string): EvalError {
  return new EvalError('other', `JSON serialization error: [json.exception.type_error.316] ${what}`);
}

/** A float as a JSON number; what is no number is null. */
export function jsonFloat(value: number): string {
  return Number.isFinite(value) ? formatJsonDouble(value) : 'null';
}
