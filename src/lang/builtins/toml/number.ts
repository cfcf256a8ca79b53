/** TOML numbers: integers of 64 bits in four bases, and floats. */
import { makeInt, maxInt, minInt } from '../../runtime/numbers.ts';
import { Float, type Int, unsignedNaN } from '../../runtime/value.ts';
import type { TomlError, TomlSource } from './source.ts';

interface Base {
  readonly name: string;
  readonly digits: RegExp;
  readonly like: string;
  readonly expected: string;
}

const bases: Readonly<Record<string, Base>> = {
  x: {
    name: 'hex',
    digits: /0x([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)/y,
    like: '0xC0FFEE, 0xdead_beef',
    expected: 'hex [0-9a-fA-F]',
  },
  o: { name: 'oct', digits: /0o([0-7]+(?:_[0-7]+)*)/y, like: '0o775, 0o04_44', expected: 'digit [0-7]' },
  b: { name: 'bin', digits: /0b([01]+(?:_[01]+)*)/y, like: '0b0101, 0b1111_0000', expected: 'digit [0-1]' },
};

const floatText =
  /[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[eE][+-]?[0-9](?:_?[0-9])*)/y;
const specialText = /([+-]?)(inf|nan)/y;
const integerText = /[+-]?(?:0|[1-9](?:_?[0-9])*)/y;

export const integerHints = ['valid  : -42, 1_000, 1_2_3_4_5, 0xC0FFEE, 0b0010, 0o755', 'invalid: _42, 1__000, 0123'];
const floatHints = ['valid  : +1.0, -2e-2, 3.141_592_653_589, inf, nan', 'invalid: .0, 1., _1.0, 1.0_, 1_.0, 1.0__0'];

export function parseNumber(source: TomlSource): Int | Float {
  const special = source.match(specialText);
  if (special !== undefined) return specialFloat(special[1] === '-', special[2] === 'inf');
  const base = source.peek() === 0x30 ? bases[String.fromCharCode(source.peek(1))] : undefined;
  if (base !== undefined) return parseBased(source, base);
  const float = source.match(floatText);
  if (float !== undefined) return toFloat(source, float[0]);
  const integer = source.match(integerText);
  if (integer === undefined) throw unknownValue(source);
  checkEnd(source);
  return toInteger(source, integer[0]);
}

function unknownValue(source: TomlSource): TomlError {
  if (source.peek() !== 0x2e) return source.here('bad format: unknown value appeared', 'here');
  const title = 'bad float: integer part is required before decimal point';
  return source.here(title, 'missing integer part', floatHints);
}

function specialFloat(negative: boolean, infinite: boolean): Float {
  if (!infinite) return negative ? new Float(Number.NaN) : unsignedNaN;
  return new Float(negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
}

function parseBased(source: TomlSource, { name, digits, like, expected }: Base): Int {
  const found = source.match(digits);
  if (found === undefined) {
    source.at += 2;
    const title = `toml::parse_${name}_integer: invalid integer: ${name}_int must be like: ${like}`;
    throw source.here(title, `expected ${expected}`);
  }
  if (/[0-9A-Za-z_]/.test(source.text[source.at] ?? '')) throw badInteger(source);
  const value = makeInt(BigInt(found[0].replaceAll('_', '')));
  if (value !== undefined) return value;
  throw source.here(`toml::parse_${name}_integer: too large integer: current max value = 2^63`, 'must be < 2^63');
}

/** What goes on after an integer would have made it something else, had it been written well. */
function checkEnd(source: TomlSource): void {
  const next = source.text[source.at] ?? '';
  if (next === '.' || next === 'e' || next === 'E') throw source.here('bad float: invalid format', 'here', floatHints);
  if (/[0-9A-Za-z_:]/.test(next)) throw badInteger(source);
}

function badInteger(source: TomlSource): TomlError {
  if (source.peek() === 0x5f) {
    return source.here('bad integer: `_` must be surrounded by digits', 'invalid underscore', integerHints);
  }
  return source.here('bad integer: invalid digit after an integer', 'this digit is not allowed', integerHints);
}

function toInteger(source: TomlSource, text: string): Int {
  const value = BigInt(text.replaceAll('_', '').replace(/^\+/, ''));
  if (value >= minInt && value <= maxInt) return makeInt(value)!;
  throw source.here('toml::parse_dec_integer: too large integer: current max digits = 2^63', 'must be < 2^63');
}

function toFloat(source: TomlSource, text: string): Float {
  const value = Number(text.replaceAll('_', ''));
  if (Number.isFinite(value)) return new Float(value);
  throw source.here('toml::parse_floating: failed to read floating point value from stream', 'here');
}
