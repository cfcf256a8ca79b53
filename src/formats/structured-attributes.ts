/**
 * Structured attributes: instead of one environment variable for each attribute, a derivation hands its builder one
 * JSON object, which stands as canonical text under `__json` in the derivation's environment. The builder gets it as
 * a file, with the outputs' paths in it, and once more as declarations for bash.
 */
import { type Derivation, structuredAttributesName } from './derivation.ts';
import { isJsonList, type Json, JsonNumber, type JsonObject, parseJsonObject, printJson } from './json.ts';

const code = 'formats/structured-attributes';
const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The canonical text of structured attributes that were given as JSON.
 * @throws FormatError `formats/structured-attributes`
 */
export function canonicalStructuredAttributes(text: string): string {
  return printJson(parseJsonObject(text, code));
}

/**
 * The attributes of a derivation, or undefined when it has none.
 * @throws FormatError `formats/structured-attributes`
 */
export function structuredAttributes(drv: Pick<Derivation, 'env'>): JsonObject | undefined {
  const text = drv.env.get(structuredAttributesName);
  return text === undefined ? undefined : parseJsonObject(text, code);
}

/** What the builder gets: the attributes, with `outputs` replaced by the outputs' paths (or what stands for them). */
export function attributesForBuilder(attributes: JsonObject, outputs: ReadonlyMap<string, string>): JsonObject {
  return new Map([...attributes, ['outputs', new Map(outputs)]]);
}

/**
 * Bash declarations of the attributes that bash can hold: texts, whole numbers, booleans (`1` and nothing), null
 * (nothing), and lists and objects of those. The others are left out, as are names that are no variables.
 */
export function attributesForShell(attributes: JsonObject): string {
  let text = '';
  for (const name of [...attributes.keys()].sort()) {
    if (shellName.test(name)) text += declaration(name, attributes.get(name)!);
  }
  return text;
}

function declaration(name: string, value: Json): string {
  const simple = simpleWord(value);
  if (simple !== undefined) return `declare ${name}=${simple}\n`;
  if (value instanceof Map) {
    const members = [...value.keys()].sort().map((key) => prefixed(`[${quoted(key)}]=`, simpleWord(value.get(key))));
    return members.includes(undefined) ? '' : `declare -A ${name}=(${spaced(members)})\n`;
  }
  if (!isJsonList(value)) return '';
  const items = value.map(simpleWord);
  return items.includes(undefined) ? '' : `declare -a ${name}=(${spaced(items)})\n`;
}

function simpleWord(value: Json): string | undefined {
  if (typeof value === 'string') return quoted(value);
  if (value === null) return "''";
  if (typeof value === 'boolean') return value ? '1' : '';
  return value instanceof JsonNumber ? wholeNumber(value) : undefined;
}

/**
 * A number that is whole in single precision, cut to 32 bits: that is what builders have been getting, and the text
 * is part of what they are run with.
 */
function wholeNumber(number: JsonNumber): string | undefined {
  if (number.isInteger) return BigInt.asIntN(32, BigInt(number.text)).toString();
  const value = Number(number.text);
  const single = Math.fround(value);
  if (Math.ceil(single) !== single) return undefined;
  const whole = Math.trunc(value);
  return String(Math.abs(whole) < 2 ** 31 ? whole + 0 : -(2 ** 31));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function prefixed(prefix: string, word: string | undefined): string | undefined {
  return word === undefined ? undefined : prefix + word;
}

function spaced(words: readonly (string | undefined)[]): string {
  return words.map((word) => `${word} `).join('');
}
