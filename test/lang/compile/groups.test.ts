/** Variables that refer to each other: whatever the order and the cycles, each has the value that it is defined to. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../support/memory-host.ts';

/** A definition refers to others by index; what it is does not depend on the order of the text. */
type Definition =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'alias'; readonly of: number }
  | { readonly kind: 'sum'; readonly of: readonly number[] }
  | { readonly kind: 'list'; readonly of: readonly number[] }
  | { readonly kind: 'select'; readonly of: number }
  | { readonly kind: 'call'; readonly of: number }
  | { readonly kind: 'let'; readonly of: number };

const size = 8;
const other = fc.nat(size - 1);
const definition: fc.Arbitrary<Definition> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('number' as const), value: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('alias' as const), of: other }) },
  fc.record({ kind: fc.constant('sum' as const), of: fc.array(other, { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('list' as const), of: fc.array(other, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('select' as const), of: other }),
  fc.record({ kind: fc.constant('call' as const), of: other }),
  fc.record({ kind: fc.constant('let' as const), of: other }),
);

function textOf(one: Definition, name: (i: number) => string): string {
  switch (one.kind) {
    case 'number':
      return String(one.value);
    case 'alias':
      return name(one.of);
    case 'sum':
      return one.of.map(name).join(' + ');
    case 'list':
      return `builtins.head [ ${one.of.map(name).join(' ')} ]`;
    case 'select':
      return `{ a.b = ${name(one.of)}; c = 1; }.a.b`;
    case 'call':
      return `(x: { y ? x, z ? y }: z) ${name(one.of)} { }`;
    case 'let':
      return `let inherit (inner) v; inner = { v = ${name(one.of)}; w = v; }; in inner.w`;
  }
}

/** The number, or undefined where it needs itself. */
function valueOf(all: readonly Definition[], i: number, open: ReadonlySet<number> = new Set()): number | undefined {
  if (open.has(i)) return undefined;
  const inside = new Set([...open, i]);
  const one = all[i]!;
  if (one.kind === 'number') return one.value;
  const needed = one.kind === 'sum' ? one.of : one.kind === 'list' ? one.of.slice(0, 1) : [one.of];
  const values = needed.map((at) => valueOf(all, at, inside));
  return values.includes(undefined) ? undefined : values.reduce<number>((sum, value) => sum + value!, 0);
}

function forms(all: readonly Definition[], order: readonly number[], asked: number): string[] {
  const name = (i: number): string => `v${i}`;
  const bindings = order.map((i) => `${name(i)} = ${textOf(all[i]!, name)};`).join(' ');
  const formals = order.map((i) => `${name(i)} ? ${textOf(all[i]!, name)}`).join(', ');
  return [
    `let ${bindings} in ${name(asked)}`,
    `rec { ${bindings} }.${name(asked)}`,
    `({ ${formals} }: ${name(asked)}) { }`,
    `let set = rec { ${bindings} }; in with set; ${name(asked)}`,
    `let outer = rec { ${bindings} }; inherit (outer) ${name(asked)}; in ${name(asked)}`,
  ];
}

const outcome = (text: string): string => {
  try {
    return evaluate(text);
  } catch (error) {
    return (error as Error).message;
  }
};

test('let, rec, defaults, with and inherit of random graphs', () => {
  const order = fc.shuffledSubarray([...Array(size).keys()], { minLength: size, maxLength: size });
  fc.assert(
    fc.property(fc.array(definition, { minLength: size, maxLength: size }), order, other, (all, places, asked) => {
      const value = valueOf(all, asked);
      const expected = value === undefined ? 'infinite recursion encountered' : String(value);
      for (const text of forms(all, places, asked)) expect(outcome(text), text).toBe(expected);
    }),
    { numRuns: 150 },
  );
});
