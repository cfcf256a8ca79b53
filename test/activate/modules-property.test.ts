/**
 * Merging against a model: random definitions with conditions, priorities and orders, nested as they come, over several
 * modules. What the module system makes of them is what a few lines of another language make of them.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { open, scratch } from '../app/support.ts';

type Definition<T> =
  | { readonly kind: 'plain'; readonly value: T }
  | { readonly kind: 'if'; readonly condition: boolean; readonly content: Definition<T> }
  | { readonly kind: 'merge'; readonly contents: readonly Definition<T>[] }
  | { readonly kind: 'override' | 'order'; readonly priority: number; readonly content: Definition<T> };

type Numbers = readonly number[];
type Group = Readonly<Record<string, Definition<Numbers>>>;

function definitions<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Definition<T>> {
  return fc.letrec<{ any: Definition<T> }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ kind: fc.constant('plain' as const), value }),
      fc.record({ kind: fc.constant('if' as const), condition: fc.boolean(), content: tie('any') }),
      fc.record({ kind: fc.constant('merge' as const), contents: fc.array(tie('any'), { maxLength: 3 }) }),
      fc.record({
        kind: fc.constantFrom('override' as const, 'order' as const),
        priority: fc.constantFrom(50, 90, 100, 500, 1000, 1400),
        content: tie('any'),
      }),
    ),
  })).any;
}

const numbers = definitions<Numbers>(fc.array(fc.nat(9), { maxLength: 3 }));
const groups = definitions<Group>(fc.dictionary(fc.constantFrom('a', 'b', 'c'), numbers, { maxKeys: 3 }));

function print<T>(definition: Definition<T>, value: (plain: T) => string): string {
  switch (definition.kind) {
    case 'plain':
      return value(definition.value);
    case 'if':
      return `(lib.mkIf ${definition.condition} ${print(definition.content, value)})`;
    case 'merge':
      return `(lib.mkMerge [ ${definition.contents.map((one) => print(one, value)).join(' ')} ])`;
    case 'override':
      return `(lib.mkOverride ${definition.priority} ${print(definition.content, value)})`;
    case 'order':
      return `(lib.mkOrder ${definition.priority} ${print(definition.content, value)})`;
  }
}

const printNumbers = (value: Numbers): string => `[ ${value.join(' ')} ]`;
const printGroup = (group: Group): string =>
  `{ ${Object.entries(group)
    .map(([name, definition]) => `${name} = ${print(definition, printNumbers)};`)
    .join(' ')} }`;

interface Plain<T> {
  readonly value: T;
  readonly priority: number;
  readonly order: number;
}

/** The plain values of a definition; the outermost priority and order are those that count. */
function discharge<T>(definition: Definition<T>): Plain<T>[] {
  switch (definition.kind) {
    case 'plain':
      return [{ value: definition.value, priority: 100, order: 1000 }];
    case 'if':
      return definition.condition ? discharge(definition.content) : [];
    case 'merge':
      return definition.contents.flatMap(discharge);
    case 'override':
      return discharge(definition.content).map((plain) => ({ ...plain, priority: definition.priority }));
    case 'order':
      return discharge(definition.content).map((plain) => ({ ...plain, order: definition.priority }));
  }
}

function strongest<T>(all: readonly Plain<T>[]): T[] {
  const best = Math.min(...all.map(({ priority }) => priority));
  const kept = all.filter(({ priority }) => priority === best);
  return kept.toSorted((a, b) => a.order - b.order).map(({ value }) => value);
}

const mergedNumbers = (given: readonly Definition<Numbers>[]): Numbers => strongest(given.flatMap(discharge)).flat();

function mergedGroup(given: readonly Definition<Group>[]): Record<string, Numbers> {
  const sets = strongest(given.flatMap(discharge));
  const result: Record<string, Numbers> = {};
  for (const name of new Set(sets.flatMap((set) => Object.keys(set)))) {
    const inner = sets.flatMap((set) => (set[name] === undefined ? [] : [set[name]]));
    if (inner.flatMap(discharge).length > 0) result[name] = mergedNumbers(inner);
  }
  return result;
}

const library = new URL('../../src/activate/modules/lib', import.meta.url).pathname;

/** The values of an option `x` of a type, for each of several lists of definitions, by one evaluation. */
async function evaluateAll(type: string, cases: readonly (readonly string[])[]): Promise<unknown> {
  const { session, json } = open(scratch(), { store: 'dummy://' });
  try {
    const lists = cases.map((modules) => `[ ${modules.map((text) => `{ x = ${text}; }`).join(' ')} ]`);
    return await json(`let
      lib = import ${library};
      option = { options.x = lib.mkOption { type = lib.types.${type}; }; };
    in map (modules: (lib.evalModules { modules = [ option ] ++ modules; }).config.x) [ ${lists.join('\n')} ]`);
  } finally {
    session.close();
  }
}

const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[][]> =>
  fc.array(fc.array(one, { maxLength: 4 }), { minLength: 20, maxLength: 40 });

test('lists of numbers', async () => {
  await fc.assert(
    fc.asyncProperty(some(numbers), async (cases) => {
      const texts = cases.map((modules) => modules.map((one) => print(one, printNumbers)));
      expect(await evaluateAll('listOf lib.types.int', texts)).toEqual(cases.map(mergedNumbers));
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 300_000);

test('sets of lists of numbers', async () => {
  await fc.assert(
    fc.asyncProperty(some(groups), async (cases) => {
      const texts = cases.map((modules) => modules.map((one) => print(one, printGroup)));
      expect(await evaluateAll('attrsOf (lib.types.listOf lib.types.int)', texts)).toEqual(cases.map(mergedGroup));
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 300_000);

test('one module says the same as several', async () => {
  await fc.assert(
    fc.asyncProperty(some(numbers), async (cases) => {
      const texts = cases.map((modules) => modules.map((one) => print(one, printNumbers)));
      const together = texts.map((modules) => [`(lib.mkMerge [ ${modules.join(' ')} ])`]);
      expect(await evaluateAll('listOf lib.types.int', together)).toEqual(
        await evaluateAll('listOf lib.types.int', texts),
      );
    }),
    { numRuns: 3, endOnFailure: true },
  );
}, 300_000);
