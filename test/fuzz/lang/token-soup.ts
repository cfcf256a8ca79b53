/** Programs that are mostly wrong: words of the language in any order, and right programs with damage. Byte strings. */
import type { Random } from './random.ts';

const words = [
  ...['a', 'b', 'c', 'or', 'if', 'then', 'else', 'assert', 'with', 'let', 'in', 'rec', 'inherit', '__curPos', "a'-b"],
  ...['{', '}', '(', ')', '[', ']', '"', "''", '${', ';', ':', ',', '.', '=', '@', '?', '...'],
  ...['==', '!=', '<', '<=', '>', '>=', '&&', '||', '->', '//', '++', '+', '-', '*', '/', '!', '|>', '<|'],
  ...['1', '007', '9223372036854775807', '9223372036854775808', '1.5', '.5', '1.', '1e3', '2.5e-320', '1.0e999'],
  ...[
    './x',
    'a/b',
    '/',
    '/x',
    'a/',
    '../',
    '~/x',
    '~',
    '<n>',
    '<n/x>',
    'http://x.y/z?q',
    'x:y',
    './${',
    '~/${',
    'a/b//c',
  ],
  ...['"x"', '"x${', '}y"', "''x''", "''\n  x\n ''", "'''", "''$", "''\\n", '$$', '$', "'", '\\', '"\\"', '"$"'],
  ...['# c\n', '/* c */', '/*', '/** d */', '\n', '\r\n', '\r', '\t', '\0', '\xff', '\xc3\xa9', '&', '|', '%', '^'],
  ...['a = 1;', 'a.b = 2;', 'inherit a;', 'inherit (a) b;', '{ }', '{ a }:', '{ a, ... }:', '{ a ? 1 }:', 'x:', 'x @'],
];

/** Some words one after the other, mostly with a space between. */
export function tokenSoup(random: Random, most: number): string {
  return random.times(1 + random.int(most), () => random.pick(words) + (random.chance(0.8) ? ' ' : '')).join('');
}

const pieces = /[a-zA-Z_][\w'-]*|\d+|\s+|''|[\0-\uffff]/g;

/** A program after one to three changes: a piece of it gone, doubled, put elsewhere, or exchanged for any word. */
export function damaged(random: Random, program: string): string {
  let parts: string[] = program.match(pieces) ?? [];
  for (let changes = 1 + random.int(3); changes > 0; changes--) parts = changed(random, parts);
  return parts.join('');
}

function changed(random: Random, parts: readonly string[]): string[] {
  const at = random.int(parts.length + 1);
  const [before, after] = [parts.slice(0, at), parts.slice(at)];
  switch (random.int(5)) {
    case 0:
      return [...before, ...after.slice(1 + random.int(3))];
    case 1:
      return [...before, random.pick(words), ...after];
    case 2:
      return [...before, random.pick(words), ...after.slice(1)];
    case 3:
      return [...before, ...after.slice(0, 1 + random.int(4)), ...after];
    default:
      return [...before, ...after.slice(1, 2), ...after.slice(0, 1), ...after.slice(2)];
  }
}

/** Any bytes, with those that the language gives a meaning more often than the others. */
export function randomBytes(random: Random, most: number): string {
  const signs = '{}()[]"\'$\\;:,.=@?<>&|-+*/!~# \n\r\tab01/._';
  return random
    .times(random.int(most), () =>
      random.chance(0.7) ? random.pick([...signs]) : String.fromCharCode(random.int(256)),
    )
    .join('');
}

const names = ['a', 'b', 'c', 'd', '"a"', '"x y"', '${"b"}', 'or'];

/** Sets that name the same things again and again, in every way that there is. */
export function bindingSoup(random: Random, depth: number): string {
  const bindings = random.times(1 + random.int(5), () => binding(random, depth));
  return `${random.chance(0.2) ? 'rec ' : ''}{ ${bindings.join(' ')} }`;
}

function binding(random: Random, depth: number): string {
  const name = () => random.pick(names);
  if (random.chance(0.15)) return `inherit ${random.times(random.int(3), name).join(' ')};`;
  if (random.chance(0.15)) return `inherit (${bindingSoup(random, 0)}) ${random.times(random.int(3), name).join(' ')};`;
  const step = () => (random.chance(0.1) ? '${a}' : name());
  const path = random.times(1 + random.int(3), step).join('.');
  const value =
    depth > 0 && random.chance(0.6) ? bindingSoup(random, depth - 1) : random.pick(['1', '({ a = 1; })', 'c']);
  return `${path} = ${value};`;
}

/** Functions whose arguments may have one name twice. (Of two such names Nix reports the one that it met first ever.) */
export function formalsSoup(random: Random): string {
  const distinct = ['a', 'b', 'c', 'd', 'e'].slice(random.int(5));
  const formals = [...distinct, ...random.times(random.int(2), () => random.pick(distinct))];
  const written = formals.map((name) => name + (random.chance(0.3) ? ' ? 1' : ''));
  const pattern = `{ ${[...written, ...(random.chance(0.3) ? ['...'] : [])].join(', ')} }`;
  const name = random.pick(['a', 'b', 'c', 'z']);
  const whole = random.pick([pattern, `${pattern} @ ${name}`, `${name} @ ${pattern}`]);
  return `${whole}: 1`;
}
