/**
 * JSON as it stands in derivations: without white space, the names in an object sorted bytewise, integers of 64 bits
 * exact, all other numbers as doubles. Of names that stand twice in an object the last counts. Texts are byte strings
 * of UTF-8.
 */
import { invariant } from '../base/assert.ts';
import { fromUnicode, toUnicode } from '../base/bytes.ts';
import { SysbuildError } from '../base/errors.ts';
import { FormatError, type FormatErrorCode } from './errors.ts';
import { formatJsonDouble } from './json-double.ts';

export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;

export type JsonObject = ReadonlyMap<string, Json>;

/** A number by its text: digits alone when it is an integer of 64 bits (signed, or unsigned). */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get isInteger(): boolean {
    return /^-?[0-9]+$/.test(this.text);
  }
}

const smallest = -(2n ** 63n);
const largest = 2n ** 64n - 1n;

/** @throws FormatError of the given code */
export function parseJson(text: string, code: FormatErrorCode): Json {
  const unicode = toUnicode(text);
  if (fromUnicode(unicode) !== text) throw new FormatError(code, 'JSON is not in UTF-8');
  try {
    return convert(JSON.parse(unicode, keepNumbers));
  } catch (cause) {
    if (cause instanceof SysbuildError) throw cause;
    throw new FormatError(code, `not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** @throws FormatError of the given code when the text is not a JSON object */
export function parseJsonObject(text: string, code: FormatErrorCode): JsonObject {
  const value = parseJson(text, code);
  if (value instanceof Map) return value;
  throw new FormatError(code, 'JSON is not an object');
}

/** The canonical text. */
export function printJson(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof JsonNumber) return value.text;
  if (isJsonList(value)) return `[${value.map(printJson).join(',')}]`;
  const members = [...value.keys()].sort().map((name) => `${JSON.stringify(name)}:${printJson(value.get(name)!)}`);
  return `{${members.join(',')}}`;
}

/** Tells a list from the other values, which `Array.isArray` does not for a read-only one. */
export function isJsonList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** The number that stands in the source, before any rounding. */
function keepNumbers(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number') return value;
  invariant(context?.source !== undefined, 'JSON.parse gives the source of numbers');
  return new JsonNumber(canonicalNumber(context.source, value));
}

function canonicalNumber(source: string, value: number): string {
  if (/^-?[0-9]+$/.test(source)) {
    const integer = BigInt(source);
    if (integer >= smallest && integer <= largest) return integer.toString();
  }
  if (!Number.isFinite(value)) throw new RangeError(`number ${source} is out of range`);
  return formatJsonDouble(value);
}

function convert(value: unknown): Json {
  if (typeof value === 'string') return byteText(value);
  if (value === null || typeof value === 'boolean' || value instanceof JsonNumber) return value;
  if (Array.isArray(value)) return value.map(convert);
  const members = new Map<string, Json>();
  for (const [name, member] of Object.entries(value as Record<string, unknown>))
    members.set(byteText(name), convert(member));
  return members;
}

function byteText(text: string): string {
  if (text.isWellFormed()) return fromUnicode(text);
  throw new RangeError('a string has half of a surrogate pair');
}
