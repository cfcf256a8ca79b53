/** What restricted and pure evaluation may look at. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AllowList, isAllowedUri } from '../../src/app/access.ts';

test('what was allowed, what is below it, and the folders on the way', () => {
  const list = new AllowList(false);
  list.allow('/a/b');
  expect(['/', '/a', '/a/b', '/a/b/c/d'].map((path) => list.isAllowed(path))).toEqual([true, true, true, true]);
  expect(['/x', '/a/c', '/a/bc', '/ab'].map((path) => list.isAllowed(path))).toEqual([false, false, false, false]);
});

test('says which mode forbids it', () => {
  expect(() => new AllowList(false).check('/x')).toThrow(
    "access to absolute path '/x' is forbidden in restricted mode",
  );
  expect(() => new AllowList(true).check('/x')).toThrow(
    "access to absolute path '/x' is forbidden in pure evaluation mode (use '--impure' to override)",
  );
});

test('agrees with the definition: below an allowed path, or above one', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 })
    .map((names) => `/${names.join('/')}`);
  const within = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);
  fc.assert(
    fc.property(fc.array(path), path, (allowed, asked) => {
      const list = new AllowList(true);
      for (const one of allowed) list.allow(one);
      expect(list.isAllowed(asked)).toBe(allowed.some((one) => within(asked, one) || within(one, asked)));
    }),
  );
});

test.each([
  ['https://a.b/c', ['https://a.b'], true],
  ['https://a.bc', ['https://a.b'], false],
  ['https://a.b/c', ['https://a.b/'], true],
  ['https://a.b', ['https://a.b'], true],
  ['https://a.b', ['https:'], true],
  ['http://a.b', ['https:', 'git:'], false],
  ['anything', [''], false],
])('%s under %j: %s', (uri, prefixes, allowed) => {
  expect(isAllowedUri(uri, prefixes)).toBe(allowed);
});
