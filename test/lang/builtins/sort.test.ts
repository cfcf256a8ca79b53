import fc from 'fast-check';
import { expect, test } from 'vitest';
import { peeksort } from '../../../src/lang/builtins/peeksort.ts';

interface Item {
  readonly key: number;
  readonly place: number;
}

/** Lists with runs up and down, and with equal keys. */
const lists = fc
  .array(
    fc.oneof(
      fc.array(fc.nat(20), { maxLength: 30 }),
      fc.nat(60).map((n) => [...Array(n).keys()]),
    ),
    { maxLength: 6 },
  )
  .chain((parts) =>
    fc.array(fc.boolean(), { minLength: parts.length, maxLength: parts.length }).map((turned) => ({ parts, turned })),
  )
  .map(({ parts, turned }) => parts.flatMap((part, i) => (turned[i] ? part.toReversed() : part)))
  .map((keys) => keys.map((key, place): Item => ({ key, place })));

test('sorts, and keeps equal items in order', () => {
  fc.assert(
    fc.property(lists, (items) => {
      const sorted = [...items];
      peeksort(sorted, (a, b) => a.key < b.key);
      expect(sorted).toEqual(items.toSorted((a, b) => a.key - b.key));
    }),
  );
});

test('whatever the comparator says, all items are there', () => {
  fc.assert(
    fc.property(lists, fc.infiniteStream(fc.boolean()), (items, coin) => {
      const sorted = [...items];
      peeksort(sorted, () => coin.next().value === true);
      expect(sorted.toSorted((a, b) => a.place - b.place)).toEqual(items);
    }),
  );
});

test('what is in order takes one look at each pair', () => {
  let looks = 0;
  peeksort([...Array(1000).keys()], (a, b) => {
    looks += 1;
    return a < b;
  });
  expect(looks).toBeLessThan(1010);
});
