/** Attribute sets against a plain map: merged, layered, filtered, in any order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attrsFromEntries, attrsLike, filterAttrs, updateAttrs } from '../../../src/lang/runtime/attrs.ts';
import { Shape } from '../../../src/lang/runtime/shape.ts';
import { Attrs } from '../../../src/lang/runtime/value.ts';

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'name', 'value', '__proto__', 'constructor', '1', '10', '2', '', 'ä'),
  fc.integer({ min: 0, max: 60 }).map((i) => `k${i}`),
);
type Model = Map<string, { value: number; pos: number }>;

const entries = fc.uniqueArray(fc.tuple(name, fc.nat(), fc.integer({ min: 1, max: 1e6 })), {
  selector: ([key]) => key,
  maxLength: 50,
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('update' as const), entries }),
  fc.record({ kind: fc.constant('update' as const), entries: entries.map((all) => all.slice(0, 2)) }),
  fc.record({ kind: fc.constant('under' as const), entries }),
  fc.record({ kind: fc.constant('remove' as const), modulus: fc.integer({ min: 2, max: 5 }) }),
  fc.record({ kind: fc.constant('map' as const) }),
  fc.record({ kind: fc.constant('look' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const modelOf = (list: readonly (readonly [string, number, number])[]): Model =>
  new Map(list.map(([key, value, pos]) => [key, { value, pos }]));

function apply(set: Attrs, model: Model, one: Step): [Attrs, Model] {
  switch (one.kind) {
    case 'update':
      return [updateAttrs(set, attrsFromEntries(one.entries)), new Map([...model, ...modelOf(one.entries)])];
    case 'under':
      return [updateAttrs(attrsFromEntries(one.entries), set), new Map([...modelOf(one.entries), ...model])];
    case 'remove': {
      const kept = [...model].filter(([, { value }]) => value % one.modulus !== 0);
      return [filterAttrs(set, (at) => (set.valueAt(at) as number) % one.modulus !== 0), new Map(kept)];
    }
    case 'map':
      return [
        attrsLike(
          set,
          set.names().map((_, at) => (set.valueAt(at) as number) + 1),
        ),
        new Map([...model].map(([key, { value }]) => [key, { value: value + 1, pos: 0 }])),
      ];
    case 'look':
      check(set, model);
      return [set, model];
  }
}

function check(set: Attrs, model: Model): void {
  for (const [key, { value, pos }] of model) {
    expect(set.get(key)).toBe(value);
    expect(set.positionOf(key)).toBe(pos);
    expect(set.has(key)).toBe(true);
  }
  expect(set.get('not there')).toBeUndefined();
  expect(set.names()).toEqual([...model.keys()].sort((a, b) => (a < b ? -1 : 1)));
  expect(set.size).toBe(model.size);
  set.names().forEach((key, at) => {
    expect(set.valueAt(at)).toBe(model.get(key)!.value);
    expect(set.positionAt(at)).toBe(model.get(key)!.pos);
  });
}

test('a set is the map of what was done to it, and no step changes the sets before', () => {
  fc.assert(
    fc.property(entries, fc.array(step, { maxLength: 12 }), (first, steps) => {
      let state: [Attrs, Model] = [attrsFromEntries(first), modelOf(first)];
      const states = [state];
      for (const one of steps) {
        state = apply(...state, one);
        states.push(state);
      }
      for (const [set, model] of states) check(set, model);
    }),
    { numRuns: 400 },
  );
});

test('sets of one literal share their merges', () => {
  const [left, right] = [new Shape(['a', 'b'], null, true), new Shape(['b', 'c'], null, true)];
  const one = updateAttrs(new Attrs(left, [1, 2]), new Attrs(right, [3, 4]));
  const other = updateAttrs(new Attrs(left, [5, 6]), new Attrs(right, [7, 8]));
  expect(other.shape).toBe(one.shape);
  expect([one.values, other.values]).toEqual([
    [1, 3, 4],
    [5, 7, 8],
  ]);
});

test('growing by one attribute at a time is not quadratic', () => {
  let set = attrsFromEntries([]);
  const started = performance.now();
  for (let i = 0; i < 20_000; i++) set = updateAttrs(set, attrsFromEntries([[`n${i}`, i]]));
  expect(set.size).toBe(20_000);
  expect(performance.now() - started).toBeLessThan(5000);
});
