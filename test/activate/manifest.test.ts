/** Manifests: what is accepted, and what is refused with which words. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ActivateError } from '../../src/activate/errors.ts';
import { ancestorsOf, parseManifest } from '../../src/activate/manifest.ts';

const sw = '/nix/store/00000000000000000000000000000000-sw';
const file = {
  path: '/etc/a',
  kind: 'copy',
  realm: 'congruent',
  option: 'o',
  definedIn: 'm.nix',
  source: sw,
  mode: '0644',
  user: 'root',
  group: 'root',
};
const manifest = {
  format: 'sysbuild-manifest',
  version: 1,
  name: 'n',
  hostName: 'h',
  platform: 'p',
  sw,
  packages: [],
  files: [file],
};

const parse = (value: unknown) => parseManifest(JSON.stringify(value), '/nix/store', '/nix/store/x');
const withFile = (changes: object) => ({ ...manifest, files: [{ ...file, ...changes }] });

test('a manifest is read, its modes as numbers, its files by path', () => {
  const link = { path: '/b', kind: 'symlink', realm: 'convergent', option: 'o', definedIn: 'd', target: '../x' };
  const parsed = parse({ ...manifest, files: [{ ...file, path: '/z' }, link, { ...file, mode: '4755' }] });
  expect(parsed.files.map((entry) => entry.path)).toEqual(['/b', '/etc/a', '/z']);
  expect(parsed.files[1]).toMatchObject({ mode: 0o4755, declared: { option: 'o', definedIn: 'm.nix' } });
  expect(parsed.files[0]).toEqual({
    path: '/b',
    kind: 'symlink',
    realm: 'convergent',
    declared: { option: 'o', definedIn: 'd' },
    target: '../x',
  });
});

describe('is refused', () => {
  const bad: readonly [string, unknown, string][] = [
    ['another format', { ...manifest, format: 'x' }, 'it is not a manifest of a system'],
    ['a newer version', { ...manifest, version: 3 }, 'it is of version 3, and this sysbuild knows versions 1 and 2'],
    ['version 2 without its fields', { ...manifest, version: 2 }, 'mounts is missing'],
    ['an unknown field', { ...manifest, units: [] }, 'units is not a known field'],
    ['a missing field', { ...manifest, name: undefined }, 'name is missing'],
    ['files that are no list', { ...manifest, files: {} }, 'files is not a list'],
    ['an unknown kind', withFile({ kind: 'pipe' }), "files[0].kind is 'pipe' and not one of copy, symlink, directory"],
    ['an unknown field of a file', withFile({ acl: 1 }), 'files[0].acl is not a known field'],
    ['a mode that is none', withFile({ mode: '888' }), "files[0].mode is '888' and not four octal digits"],
    ['a relative path', withFile({ path: 'etc/a' }), "files[0].path is 'etc/a' and not an absolute path"],
    ['a path that climbs', withFile({ path: '/etc/../a' }), "files[0].path is '/etc/../a' and not an absolute path"],
    ['a doubled slash', withFile({ path: '/etc//a' }), 'not an absolute path'],
    ['a file in the store', withFile({ path: '/nix/store/x' }), 'what is in /nix is not for a manifest to declare'],
    ['a file among our records', withFile({ path: '/var/lib/sysbuild/lock' }), 'what is in /var/lib/sysbuild is not'],
    [
      'a source outside of the store',
      withFile({ source: '/etc/shadow' }),
      "files[0].source is '/etc/shadow' and not a path in /nix/store",
    ],
    ['a source that climbs out', withFile({ source: `${sw}/../../../etc` }), 'not a path in /nix/store'],
    ['a place twice', { ...manifest, files: [file, file] }, '/etc/a is declared twice'],
    [
      'a file below a file',
      { ...manifest, files: [file, { ...file, path: '/etc/a/b', option: 'p' }] },
      '/etc/a/b (p) is below /etc/a (o), which is a copy',
    ],
    ['text that is no JSON', undefined, 'not JSON'],
  ];
  test.each(bad)('%s', (_, value, words) => {
    const text = value === undefined ? '{' : JSON.stringify(value);
    expect(() => parseManifest(text, '/nix/store', '/nix/store/x')).toThrow(words);
  });
});

test('whatever the JSON is, it is read or refused by an error of the family', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      try {
        parseManifest(text, '/nix/store', '/nix/store/x');
      } catch (error) {
        expect(error).toBeInstanceOf(ActivateError);
      }
    }),
    { numRuns: 500 },
  );
});

test('one field of any other value is read or refused, never taken as it is not', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(file)), fc.jsonValue(), (name, value) => {
      try {
        const [read] = parse(withFile({ [name]: value })).files;
        expect(read?.path).toMatch(/^\/[^/]/);
      } catch (error) {
        expect(error).toMatchObject({ code: 'activate/manifest' });
      }
    }),
    { numRuns: 500 },
  );
});

test('the folders above a path', () => {
  expect(ancestorsOf('/a/b/c')).toEqual(['/a', '/a/b']);
  expect(ancestorsOf('/a')).toEqual([]);
});
