import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expiredGenerations, type ProfileGeneration } from '../../src/store/local/generation-plan.ts';

const generation = (number: number, time: number, current = false, profile = 'system'): ProfileGeneration => ({
  profile,
  number,
  time,
  current,
  link: `/${profile}/generation-${number}`,
  target: `/nix/store/${number}`,
});
const numbers = (found: readonly ProfileGeneration[]): number[] => found.map(({ number }) => number).sort();
const five = [1, 2, 3, 4, 5].map((number) => generation(number, number * 100, number === 5));

test('without a policy everything stays', () => {
  expect(expiredGenerations(five, {})).toEqual([]);
});

test('the newest so many stay, and the current one wherever it is', () => {
  expect(numbers(expiredGenerations(five, { keep: 2 }))).toEqual([1, 2, 3]);
  const back = five.map((one) => ({ ...one, current: one.number === 2 }));
  expect(numbers(expiredGenerations(back, { keep: 2 }))).toEqual([1, 3]);
});

test('a generation is as old as its replacement is', () => {
  // At 250 the second one was in use: it was replaced at 300.
  expect(numbers(expiredGenerations(five, { before: 250 }))).toEqual([1]);
  expect(numbers(expiredGenerations(five, { before: 301 }))).toEqual([1, 2]);
  expect(numbers(expiredGenerations(five, { before: 10_000 }))).toEqual([1, 2, 3, 4]);
});

test('with both, those go that both give up', () => {
  expect(numbers(expiredGenerations(five, { keep: 4, before: 10_000 }))).toEqual([1]);
  expect(numbers(expiredGenerations(five, { keep: 1, before: 250 }))).toEqual([1]);
});

test('each profile for itself', () => {
  const two = [...five, ...[1, 2].map((number) => generation(number, 1, number === 2, 'other'))];
  expect(expiredGenerations(two, { keep: 1 }).map(({ link }) => link)).toEqual([
    ...[4, 3, 2, 1].map((number) => `/system/generation-${number}`),
    '/other/generation-1',
  ]);
});

test('the current one never goes, and a stricter policy gives up no fewer', () => {
  const some = fc
    .uniqueArray(fc.record({ number: fc.nat(20), time: fc.nat(50), current: fc.boolean() }), {
      selector: ({ number }) => number,
    })
    .map((all) => all.map(({ number, time, current }) => generation(number, time, current)));
  fc.assert(
    fc.property(some, fc.nat(6), fc.nat(50), (all, keep, before) => {
      const found = expiredGenerations(all, { keep, before });
      expect(found.some(({ current }) => current)).toBe(false);
      expect(numbers(expiredGenerations(all, { keep, before: before + 5 }))).toEqual(
        expect.arrayContaining(numbers(found)),
      );
      expect(
        numbers(expiredGenerations(all, { keep: keep + 1, before })).every((one) => numbers(found).includes(one)),
      ).toBe(true);
    }),
  );
});
