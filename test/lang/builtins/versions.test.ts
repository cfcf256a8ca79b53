import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, parseDrvName, splitVersion } from '../../../src/lang/builtins/versions.ts';
import { oracleTest } from '../../support/oracle.ts';
import { askNix, literal } from './support.ts';

describe('versions', () => {
  test.each([
    ['1.0', '2.3', -1],
    ['2.1', '2.3', -1],
    ['2.3', '2.3', 0],
    ['2.5', '2.3', 1],
    ['3.1', '2.3', 1],
    ['2.3.1', '2.3', 1],
    ['2.3.1', '2.3a', 1],
    ['2.3pre1', '2.3', -1],
    ['2.3pre3', '2.3pre12', -1],
    ['2.3a', '2.3c', -1],
    ['2.3pre1', '2.3c', -1],
    ['1.2147483648', '1.3', -1],
  ] as const)('%s and %s', (a, b, order) => {
    expect(compareVersions(a, b)).toBe(order);
  });

  test('components', () => {
    expect(splitVersion('..1.2-rc3b-')).toEqual(['1', '2', 'rc', '3', 'b']);
  });

  test('names', () => {
    expect(parseDrvName('a-b-1.2-x')).toEqual({ name: 'a-b', version: '1.2-x' });
    expect(parseDrvName('a-b')).toEqual({ name: 'a-b', version: '' });
    expect(parseDrvName('a-')).toEqual({ name: 'a-', version: '' });
  });
});

const versions = fc.string({
  unit: fc.constantFrom('0', '1', '2', '9', '10', '99999999999', '.', '-', 'a', 'pre', 'rc', 'B', '\u00e9', '_', '+'),
  maxLength: 6,
});

test('comparing the other way round gives the opposite', () => {
  fc.assert(
    fc.property(versions, versions, (a, b) => {
      const [forth, back] = [compareVersions(a, b), compareVersions(b, a)];
      // Numbers too large for 32 bits are words when compared with each other and with nothing else.
      if (!/99999999999/.test(a + b)) expect(forth + back).toBe(0);
    }),
  );
});

oracleTest(
  'generated versions are as in the real Nix',
  async () => {
    const pairs = fc.sample(fc.tuple(versions, versions), { seed: 11, numRuns: 400 });
    const answers = await askNix(
      pairs.map(
        ([a, b]) =>
          `let a = ${literal(a)}; b = ${literal(b)}; in [ (builtins.compareVersions a b) (builtins.splitVersion a) (builtins.parseDrvName b) ]`,
      ),
    );
    const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
    const texts = (value: unknown): unknown =>
      JSON.parse(Buffer.from(JSON.stringify(value), 'latin1').toString('utf8'));
    for (const [i, [a, b]] of pairs.entries()) {
      const ours = [compareVersions(bytes(a), bytes(b)), splitVersion(bytes(a)), parseDrvName(bytes(b))];
      expect({ json: texts(ours) }, `${a} ${b}`).toEqual(answers[i]);
    }
  },
  60_000,
);
