/**
 * Sets of bytes, and the names that POSIX gives to some: character classes (`[:alpha:]`), collating elements
 * (`[.hyphen.]`), all in the C locale. A set is 256 flags. Byte 0 never occurs in a string of the language.
 */

export type CharSet = Uint8Array;

export function emptySet(): CharSet {
  return new Uint8Array(256);
}

export function singleton(byte: number): CharSet {
  const set = emptySet();
  set[byte] = 1;
  return set;
}

/** `.`: every byte, the newline as well. */
export function anyByte(): CharSet {
  return emptySet().fill(1);
}

export function complement(set: CharSet): CharSet {
  return set.map((flag) => 1 - flag);
}

export function intersects(a: CharSet, b: CharSet): boolean {
  for (let byte = 1; byte < 256; byte++) if (a[byte] === 1 && b[byte] === 1) return true;
  return false;
}

/** Adds all of `other` to `set`, in place. */
export function addAll(set: CharSet, other: CharSet): void {
  for (let byte = 0; byte < 256; byte++) if (other[byte] === 1) set[byte] = 1;
}

/** Bytes compare as signed: 0x80…0xff come before 0x00. */
export function signed(byte: number): number {
  return byte < 128 ? byte : byte - 256;
}

/** Adds the bytes from `first` to `last` in signed order. */
export function addRange(set: CharSet, first: number, last: number): void {
  for (let value = signed(first); value <= signed(last); value++) set[value & 0xff] = 1;
}

export function lowerCase(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

const CLASS_PATTERNS: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[\t ]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
  d: /[0-9]/,
  s: /[\t-\r ]/,
  w: /[0-9A-Za-z_]/,
};

/** The set of `[:name:]`, whose name is read without regard to case, or undefined. */
export function namedClass(name: string): CharSet | undefined {
  const pattern = CLASS_PATTERNS[name.toLowerCase()];
  if (pattern === undefined) return undefined;
  const set = emptySet();
  for (let byte = 0; byte < 128; byte++) if (pattern.test(String.fromCharCode(byte))) set[byte] = 1;
  return set;
}

/** The names of the portable character set, in the order of their codes from 0. */
const COLLATING_NAMES = [
  ...['NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'alert', 'backspace', 'tab', 'newline', 'vertical-tab'],
  ...['form-feed', 'carriage-return', 'SO', 'SI', 'DLE', 'DC1', 'DC2', 'DC3', 'DC4', 'NAK', 'SYN', 'ETB', 'CAN'],
  ...['EM', 'SUB', 'ESC', 'IS4', 'IS3', 'IS2', 'IS1', 'space', 'exclamation-mark', 'quotation-mark', 'number-sign'],
  ...['dollar-sign', 'percent-sign', 'ampersand', 'apostrophe', 'left-parenthesis', 'right-parenthesis', 'asterisk'],
  ...['plus-sign', 'comma', 'hyphen', 'period', 'slash', 'zero', 'one', 'two', 'three', 'four', 'five', 'six'],
  ...['seven', 'eight', 'nine', 'colon', 'semicolon', 'less-than-sign', 'equals-sign', 'greater-than-sign'],
  ...['question-mark', 'commercial-at', ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'left-square-bracket', 'backslash'],
  ...['right-square-bracket', 'circumflex', 'underscore', 'grave-accent', ...'abcdefghijklmnopqrstuvwxyz'],
  ...['left-curly-bracket', 'vertical-line', 'right-curly-bracket', 'tilde', 'DEL'],
];

/** The byte of a collating element, by its name; of the single characters only letters have one. */
export function collatingElement(name: string): number | undefined {
  const code = COLLATING_NAMES.indexOf(name);
  return code < 0 ? undefined : code;
}
