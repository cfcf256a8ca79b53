/**
 * Nix's base 32: the digits 0-9 and a-z without e, o, t, u; least significant five bits last, so that the text
 * reads as one big little-endian number. No padding; the unused high bits of the first digit must be zero.
 */
import { FormatError } from './errors.ts';

const digits = '0123456789abcdfghijklmnpqrsvwxyz';
const invalid = 255;

/** The value of each byte as a digit, or 255. */
export const nix32Values: Uint8Array = (() => {
  const values = new Uint8Array(256).fill(invalid);
  for (let i = 0; i < digits.length; i++) values[digits.charCodeAt(i)] = i;
  return values;
})();

/** How many digits encode this many bytes. */
export function nix32Length(bytes: number): number {
  return Math.ceil((bytes * 8) / 5);
}

export function nix32Encode(bytes: Uint8Array): string {
  const last = bytes.length - 1;
  let text = '';
  for (let n = nix32Length(bytes.length) - 1; n >= 0; n--) {
    const bit = n * 5;
    const at = bit >> 3;
    const shift = bit & 7;
    const low = bytes[at]! >> shift;
    text += digits[(at >= last ? low : low | (bytes[at + 1]! << (8 - shift))) & 31];
  }
  return text;
}

/**
 * The bytes of a canonical nix32 text.
 * @throws FormatError `formats/nix32` for a foreign character, or a first digit with bits that no byte takes
 */
export function nix32Decode(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(text.length - n - 1);
    const digit = code < 256 ? nix32Values[code]! : invalid;
    if (digit === invalid) throw foreignCharacter(text, text.length - n - 1);
    const bit = n * 5;
    const at = bit >> 3;
    const shift = bit & 7;
    if (at < bytes.length) bytes[at]! |= digit << shift;
    const high = at < bytes.length ? digit >> (8 - shift) : digit;
    if (at + 1 < bytes.length) bytes[at + 1]! |= high;
    else if (high !== 0)
      throw new FormatError('formats/nix32', `'${text}' is not canonical nix32`, { details: { text } });
  }
  return bytes;
}

function foreignCharacter(text: string, at: number): FormatError {
  return new FormatError('formats/nix32', `invalid character in Nix32 (Nix's Base32 variation) string: '${text[at]}'`, {
    details: { text, at },
  });
}
