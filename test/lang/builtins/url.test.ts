import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFlakeReference, printReference } from '../../../src/lang/builtins/fetch/flake-reference.ts';
import { gitUrl, parseUrl, printUrl, type Url, UrlError } from '../../../src/lang/builtins/fetch/url.ts';

describe('URLs in canonical form', () => {
  test.each([
    ['https://u:p@x.y:80/a%20b?y=%2F&x=1#f', 'https://u:p@x.y:80/a%20b?x=1&y=/#f'],
    ['https://x.y', 'https://x.y'],
    ['file:', 'file:/'],
    ['path:./a', 'path:./a'],
    ['https://[::1]/a', 'https://[::1]/a'],
    ['a:?x=1&x=2&y', 'a:?x=1'],
  ])('%s', (text, canonical) => {
    expect(printUrl(parseUrl(text))).toBe(canonical);
  });
});

test.each(['', 'a', '/a', '1:x', 'https://x y/', 'https://x/a b', 'https://x:99999/', 'file://host/a', 'a:%zz'])(
  '%j is no URL',
  (text) => {
    expect(() => parseUrl(text)).toThrow(UrlError);
  },
);

describe('repositories as people write them', () => {
  test.each([
    ['git@x.y:a/b.git', 'ssh://git@x.y/a/b.git'],
    ['/a/b', 'file:///a/b'],
    ['a/b', 'file:a/b'],
    ['git+https://x/y', 'https://x/y'],
  ])('%s', (text, canonical) => {
    expect(printUrl(gitUrl(text))).toBe(canonical);
  });
});

const bytes = fc.string({
  unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 8,
});
const urls: fc.Arbitrary<Url> = fc.record({
  scheme: fc.constantFrom('https', 'git+ssh', 'x'),
  authority: fc.record({
    user: fc.option(bytes, { nil: undefined }),
    password: fc.constant(undefined),
    host: bytes,
    bracketed: fc.constant(false),
    port: fc.option(fc.integer({ min: 0, max: 65535 }), { nil: undefined }),
  }),
  path: fc.array(bytes, { minLength: 1, maxLength: 3 }).map((parts) => ['', ...parts]),
  query: fc.array(fc.tuple(bytes, bytes), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  fragment: bytes,
});

test('what is printed is read as what it was', () => {
  fc.assert(
    fc.property(urls, (url) => {
      expect(parseUrl(printUrl(url))).toEqual(url);
    }),
  );
});

test('flake references keep their meaning', () => {
  const texts = fc.constantFrom(
    ...['nixpkgs', 'nixpkgs/a-b', 'github:a/b/c?dir=d', 'github:a/b?host=x.y', 'git+ssh://git@x.y/a?ref=b&shallow=1'],
    ...[
      'path:/a/b%20c?lastModified=5',
      '/a/b?dir=x',
      'https://x.y/a.tar.gz',

      'hg+https://x/y?ref=a',
    ],
  );
  fc.assert(
    fc.property(texts, (text) => {
      const reference = parseFlakeReference(text);
      expect(parseFlakeReference(printReference(reference))).toEqual(reference);
    }),
  );
});
