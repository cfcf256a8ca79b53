import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeText } from '../../../src/lang/builtins/fetch/time-text.ts';

test('every second has the date that JavaScript gives it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
      const iso = new Date(seconds * 1000).toISOString();
      expect(timeText(seconds)).toBe(iso.slice(0, 19).replace(/[-:T]/g, ''));
    }),
  );
});

test('leap days', () => {
  expect(timeText(951_782_400)).toBe('20000229000000');
  expect(timeText(0)).toBe('19700101000000');
});
