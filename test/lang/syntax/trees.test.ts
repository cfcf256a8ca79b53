import { describe, expect, test } from 'vitest';
import { parseText, printed } from './support.ts';

/** Source text and its tree. */
const cases: Readonly<Record<string, readonly (readonly [source: string, tree: string])[]>> = {
  numbers: [
    ['007', '7'],
    ['9223372036854775807', '9223372036854775807'],
    ['1.5', '1.5'],
    ['.5', '0.5'],
    ['1.', '1'],
    ['1.e3', '1000'],
    ['123456789.0', '1.23457e+08'],
    ['0.00001', '1e-05'],
    ['1e3', '(1 e3)'],
    ['00.5', '(0 0.5)'],
    ['-1', '(__sub 0 1)'],
  ],
  strings: [
    ['""', '""'],
    ['"a\\n\\r\\t\\"\\\\\\q\\${x}$"', '"a\\n\\r\\t\\"\\\\q\\${x}$"'],
    ['"a\r\nb\rc"', '"a\\nb\\nc"'],
    ['"$${a}$$"', '"$\\${a}$$"'],
    ['"${a}"', '(a)'],
    ['"x${a}y${"b"}"', '("x" + a + "y" + "b")'],
    ['http://a.b/c?d=e', '"http://a.b/c?d=e"'],
    ['x:y', '"x:y"'],
    ['"é"', '"é"'],
  ],
  'indented strings': [
    ["''''", '""'],
    ["''  ''", '""'],
    ["''\n  a\n    b\n  ''", '"a\\n  b\\n"'],
    ["''\n  a\n\n   \n  b''", '"a\\n\\n \\nb"'],
    ["'' a\n  b''", '"a\\n b"'],
    ["''\n\ta\n\t b''", '"\\ta\\n\\t b"'],
    ["''\r\n  a''", '"\\r\\n  a"'],
    ["''  a''\\n  b''$c'''d'e''", '("a" + "\\n" + "b" + "$" + "c" + "\'\'" + "d\'e")'],
    ["''\n  ${a}\n    b''", '(a + "\\n  b")'],
    ["''${\"a\"}''", '"a"'],
    ["''$${a}$''", '("$\\${a}" + "$")'],
  ],
  paths: [
    ['./a', '/base/a'],
    ['../a/./b/../c', '/a/c'],
    ['a/b', '/base/a/b'],
    ['/a/../..', '/'],
    ['~/x/../y', '/home/me/x/../y'],
    ['./${a}', '(/base/ + a)'],
    ['./a/${b}c/d.${e}', '(/base/a/ + b + "c/d." + e)'],
    ['/${a}', '(/ + a)'],
    ['~/${a}/b', '(/home/me/ + a + "/b")'],
    ['<a/b-c>', '(__findFile __nixPath "a/b-c")'],
    ['a+b/c', '/base/a+b/c'],
    ['-a/b', '/base/-a/b'],
    ['1.5/x', '/base/1.5/x'],
  ],
  sets: [
    ['{}', '{ }'],
    ['{ b = 1; a = 2; }', '{ a = 2; b = 1; }'],
    ['rec { a = b; inherit c; inherit (d) f e; }', 'rec { inherit c; inherit (d) e f; a = b; }'],
    ['{ a.b = 1; a.c = 2; }', '{ a = { b = 1; c = 2; }; }'],
    ['{ a = { b = 1; }; a.c = 2; a = { inherit d; }; }', '{ a = { inherit d; b = 1; c = 2; }; }'],
    ['{ a = rec { b = 1; }; a.c = b; }', '{ a = rec { b = 1; c = b; }; }'],
    ['{ a.c = b; a = rec { b = 1; }; }', '{ a = { b = 1; c = b; }; }'],
    ['{ a = { inherit (x) y; }; a = { inherit (z) w; }; }', '{ a = { inherit (x) y; inherit (z) w; }; }'],
    ['{ "a b" = 1; or = 2; "if" = 3; "" = 4; }', '{ "" = 4; "a b" = 1; "if" = 3; or = 2; }'],
    ['{ ${"a"} = 1; "b" = 2; ${c} = 3; "d${e}" = 4; }', '{ a = 1; b = 2; "${c}" = 3; "${("d" + e)}" = 4; }'],
    ['{ a.${b}.c = 1; a.${b}.d = 2; }', '{ a = { "${b}" = { c = 1; }; "${b}" = { d = 2; }; }; }'],
    ['{ inherit; inherit (a); inherit "b" or ${"c"}; }', '{ inherit b c or; }'],
    ['let { a = 1; body = a; }', '(rec { a = 1; body = a; }).body'],
  ],
  functions: [
    ['x: y: x', '(x: (y: x))'],
    ['{}: 1', '({  }: 1)'],
    ['{ ... }: 1', '({ ... }: 1)'],
    ['{ b, a ? 1, }: a', '({ a ? 1, b }: a)'],
    ['{ a, ... }@b: a', '({ a, ... } @ b: a)'],
    ['b@{ a }: a', '({ a } @ b: a)'],
    ['f x y', '(f x y)'],
    ['(f x) y', '(f x y)'],
    ['f (g x)', '(f (g x))'],
    ['(a - b) c', '(__sub a b c)'],
    ['<a> b', '(__findFile __nixPath "a" b)'],
    ['{ } { }', '({ } { })'],
    ['f {} []', '(f { } [ ])'],
  ],
  'select and or': [
    ['a.b.c', '(a).b.c'],
    ['a.b or c.d', '(a).b or ((c).d)'],
    ['a.b or c d', '((a).b or (c) d)'],
    ['a."b".${c}."d${e}"', '(a).b."${c}"."${("d" + e)}"'],
    ['a.or', '(a).or'],
    ['f or', '(f or)'],
    ['(f x) or y', '((f x) or y)'],
    ['<a> or b', '((__findFile __nixPath "a") or b)'],
    ['f or x', '(f or x)'],
    ['[ f or x ]', '[ ((f or)) (x) ]'],
    ['a ? b.c', '((a) ? b.c)'],
    ['a.b ? c', '(((a).b) ? c)'],
    ['__curPos', '__curPos'],
  ],
  'precedence and association': [
    ['a + b * c', '(a + (__mul b c))'],
    ['a * b + c', '((__mul a b) + c)'],
    ['a - b - c', '(__sub (__sub a b) c)'],
    ['a ++ b ++ c', '(a ++ (b ++ c))'],
    ['a // b // c', '(a // (b // c))'],
    ['a -> b -> c', '(a -> (b -> c))'],
    ['a || b && c -> d', '((a || (b && c)) -> d)'],
    ['a == b && c != d', '((a == b) && (c != d))'],
    ['a < b == c >= d', '((__lessThan a b) == (! (__lessThan c d)))'],
    ['a <= b', '(! (__lessThan b a))'],
    ['a > b', '(__lessThan b a)'],
    ['!a ? b', '(! ((a) ? b))'],
    ['!a == b', '((! a) == b)'],
    ['!a + b', '(! (a + b))'],
    ['!a // b', '((! a) // b)'],
    ['-a ? b', '(((__sub 0 a)) ? b)'],
    ['-a.b', '(__sub 0 (a).b)'],
    ['- - a', '(__sub 0 (__sub 0 a))'],
    ['a * !b + c == d', '((__mul a (! (b + c))) == d)'],
    ['a ++ b + c', '((a ++ b) + c)'],
    ['a / b', '(__div a b)'],
    ['f -1', '(__sub f 1)'],
    ['a ? b ? c', '((((a) ? b)) ? c)'],
    ['a.b++c', '((a).b ++ c)'],
  ],
  'other forms': [
    ['if a then b else if c then d else e', '(if a then b else (if c then d else e))'],
    ['assert a; b', 'assert a; b'],
    ['with a; with b; c', '(with a; (with b; c))'],
    ['let a = 1; inherit b; in a', '(let inherit b; a = 1; in a)'],
    ['let in 1', '(let in 1)'],
    ['[ 1 (f x) a.b -1 ]'.replace(' -1', ''), '[ (1) ((f x)) ((a).b) ]'],
    ['# one\n1 /* two */ # three', '1'],
    ['/** doc */ x: /**/ x', '(x: x)'],
    ['1 \0 anything }', '1'],
  ],
};

for (const [theme, list] of Object.entries(cases)) {
  describe(theme, () => {
    test.each(list)('%j', (source, tree) => expect(printed(source)).toBe(tree));
  });
}

describe('pipes', () => {
  const pipeOperators = true;
  test.each([
    ['a |> f |> g', '(g (f a))'],
    ['g <| f <| a', '(g (f a))'],
    ['a |> f b', '(f b a)'],
    ['a + b |> f', '(f (a + b))'],
    ['x: x |> f', '(x: (f x))'],
    ['f <| a // b', '(f (a // b))'],
  ])('%j', (source, tree) => expect(printed(source, { pipeOperators })).toBe(tree));
});

describe('positions', () => {
  test('of a node are where it starts, of an operator where that stands', () => {
    expect(parseText(' f x')).toMatchObject({ kind: 'apply', pos: 1 });
    expect(parseText('(f) x')).toMatchObject({ kind: 'apply', pos: 0, fn: { pos: 1 } });
    expect(parseText('(f a) b')).toMatchObject({ kind: 'apply', pos: 1, args: [{ pos: 3 }, { pos: 6 }] });
    expect(parseText('(a) + (b)')).toMatchObject({ kind: 'binary', pos: 4, leftPos: 0, rightPos: 6 });
    expect(parseText('(a).b')).toMatchObject({ kind: 'select', pos: 0, path: [{ name: 'b', pos: 4 }] });
  });
  test('of an interpolation are those of its parts', () => {
    expect(parseText('"x${ a }"')).toMatchObject({ pos: 1, at: [1, 2] });
    expect(parseText("''x${ a }''")).toMatchObject({ pos: 0, at: [2, 3] });
    expect(parseText('./x/${ a }')).toMatchObject({ pos: 0, at: [0, 4] });
  });
  test('of a binding are where its path starts', () => {
    const set = parseText('{ a.b = 1; inherit c; }');
    const statics = set.kind === 'attrs' ? [...set.bindings.statics.values()] : [];
    expect(statics.map(({ name, pos }) => [name, pos])).toEqual([
      ['a', 2],
      ['c', 19],
    ]);
  });
});

test('integers are numbers while they are safe', () => {
  expect(parseText('9007199254740991')).toMatchObject({ value: 9007199254740991 });
  expect(parseText('9007199254740993')).toMatchObject({ value: 9007199254740993n });
});
