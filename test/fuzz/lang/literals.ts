/** Random literals and texts that builtins take apart. */
import type { Generator } from './generator.ts';
import type { Random } from './random.ts';
import { joined, type Tree, tree } from './tree.ts';

export function intLiteral(random: Random): string {
  if (random.chance(0.6)) return String(random.int(12));
  const small = String(random.int(1000));
  const near = 2n ** BigInt(random.pick([31, 32, 52, 53, 62, 63])) - BigInt(random.int(3)) - 1n;
  return random.pick([small, `(-${small})`, String(near), `(-${near})`, '(-9223372036854775807 - 1)']);
}

export function floatLiteral(random: Random): string {
  const digits = `${1 + random.int(99)}.${random.int(10 ** (1 + random.int(6)))}`;
  const exponent = random.chance(0.4) ? `e${random.int(40) - 20}` : '';
  return random.chance(0.2) ? `(-${digits}${exponent})` : `${digits}${exponent}`;
}

const characters = [...'aabbc1 .-_/'];

/** The text of a string, of few characters so that things meet. */
export function plainText(random: Random, most = 6): string {
  return random.times(random.int(most + 1), () => random.pick(characters)).join('');
}

export function stringLiteral(random: Random): string {
  if (random.chance(0.7)) return JSON.stringify(plainText(random));
  return random.pick([
    '"\\n\\t"',
    '"é☃"',
    '"\\${x}"',
    '"$$"',
    "''\n  in\n    dented\n''",
    '"\\"\\\\"',
    'u:ri',
    '"/a/../b/."',
  ]);
}

export function versionText(random: Random): string {
  const part = () => random.pick(['1', '2', '10', '01', 'a', 'pre', 'pre1', 'b2', '']);
  return random.times(1 + random.int(4), part).join(random.pick(['.', '-', '.']));
}

/** An extended regular expression, sometimes one that is none. */
export function regexText(random: Random, depth = 3): string {
  const piece = () => regexAtom(random, depth) + random.pick(['', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,}']);
  const branch = () => random.times(1 + random.int(3), piece).join('');
  return random.chance(0.2) ? `${branch()}|${branch()}` : branch();
}

function regexAtom(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.35)) return `(${regexText(random, depth - 1)})`;
  return random.pick([
    ...['a', 'b', 'c', '1', '.', ' ', 'ab', '-'],
    ...['[ab]', '[^a]', '[a-c]', '[[:alpha:]]', '[^[:space:]]', '[]a]', '[a-]', '[[:digit:]c]'],
    ...['\\\\.', '^', '$', '[b-a]', ')', '*'].slice(0, random.chance(0.1) ? 6 : 3),
  ]);
}

export function jsonText(random: Random, depth = 3): string {
  const kind = random.int(depth > 0 ? 9 : 6);
  if (kind < 2)
    return random.pick(['0', '-1', '12', '1.5', '1e3', '-0.0', '1E-2', '9223372036854775807', '9223372036854775808']);
  if (kind < 4) return JSON.stringify(plainText(random) + random.pick(['', '\n', '"', 'é', '\u0001', '😀']));
  if (kind < 6) return random.pick(['true', 'false', 'null', 'nul', '01', '.5', '']);
  const inside = () => random.times(random.int(4), () => jsonText(random, depth - 1));
  if (kind < 8) return `[${inside().join(random.pick([',', ', ']))}]`;
  return `{${inside()
    .map((value) => `${JSON.stringify(plainText(random, 2))}: ${value}`)
    .join(',')}}`;
}

/** Text as a string literal of the language. */
export const quoted = (text: string): string => `"${text.replace(/["\\]|\$(?=\{)/g, '\\$&').replaceAll('\n', '\\n')}"`;

/** An indented string of a few lines, with all that can stand in one. */
export function indentedText(g: Generator): Tree {
  const { random } = g;
  const pieces = ['a', ' ', '  b', "'''", "''${", '$', "'", "''\\n", '"', '\\', '\t', '$$', 'c '];
  const line = (): Tree => {
    const text = ' '.repeat(random.int(5)) + random.times(random.int(4), () => random.pick(pieces)).join('');
    return random.chance(0.2) ? tree`${text}\${${g.expression({ kind: 'string' }, 1)}}` : { parts: [text] };
  };
  const start = random.pick(['', '\n', '  \n', ' x\n']);
  const lines = joined(random.times(random.int(4), line), '\n');
  return tree`(''${start}${lines}${random.pick(['', '\n', '\n  '])}'')`;
}

/** A document of TOML, sometimes one that is none. */
export function tomlText(random: Random): string {
  const key = () => random.pick(['a', 'b', 'c.d', '"q"', "'r'", 'a.b']);
  const line = () =>
    random.pick([
      `${key()} = ${tomlValue(random, 2)}`,
      `${key()}=${tomlValue(random, 1)} # c`,
      `[${key()}]`,
      `[[${key()}]]`,
      '',
    ]);
  return random.times(1 + random.int(4), line).join('\n');
}

function tomlValue(random: Random, depth: number): string {
  const inner = () => tomlValue(random, depth - 1);
  return random.pick([
    ...['1', '-2', '+3', '0x1f', '0o17', '0b11', '1_000', '01', '1.5', '-0.0', '1e3', 'inf', 'nan', '-inf', '.5', '1.'],
    ...['"s"', "'l'", '"\\n\\u00e9"', '"""\nm"""', "'''\nn'''", '"un', 'true', 'false', 'tru'],
    ...(depth > 0 ? [`[ ${inner()}, ${inner()} ]`, `{ x = ${inner()} }`, '[ ]', '{ }'] : []),
    ...['9223372036854775807', '9223372036854775808'],
  ]);
}
