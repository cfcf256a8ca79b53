/** The second version of manifests: accounts, probes, realms, what converges, and what is only reserved. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/activate/manifest.ts';

const sw = '/nix/store/00000000000000000000000000000000-sw';
const declared = { option: 'o', definedIn: 'm.nix' };
const user = {
  ...{ name: 'ann', uid: 1000, group: 'ann', groups: ['wheel'], home: '/home/ann', createHome: true },
  ...{ shell: '/bin/sh', description: 'Ann', system: false, passwordFile: null, locked: false, ...declared },
};
const group = { name: 'ann', gid: null, system: false, ...declared };
const probe = { name: 'web', kind: 'http', target: 'http://localhost/', timeout: 5, ...declared };
const realm = { pattern: '/var/lib/x/**', realm: 'divergent', reason: 'data', ...declared };
const converge = { name: 'db', kind: 'command', settings: { check: ['true'] }, after: [], triggers: [], ...declared };
const manifest = {
  ...{ format: 'sysbuild-manifest', version: 2, name: 'n', hostName: 'h', platform: 'p', sw, packages: [], files: [] },
  ...{ users: [user], groups: [group], probes: [probe], realms: [realm], converge: [converge] },
  ...{ settings: { confirm: null, waits: 90, budgets: {} }, specialisations: [{ name: 's', system: sw }] },
  ...{ mounts: [], secrets: [], boot: null },
};

const parse = (value: unknown) => parseManifest(JSON.stringify(value), '/nix/store', '/nix/store/x');

test('all of it is read', () => {
  const read = parse(manifest);
  expect(read.users[0]).toMatchObject({ name: 'ann', uid: 1000, passwordFile: undefined, declared });
  expect(read.groups[0]).toEqual({ name: 'ann', gid: undefined, system: false, declared });
  expect(read.probes[0]).toEqual({ name: 'web', kind: 'http', target: 'http://localhost/', timeout: 5, declared });
  expect(read.realms[0]).toEqual({ pattern: '/var/lib/x/**', realm: 'divergent', reason: 'data', declared });
  expect(read.converge[0]).toMatchObject({ name: 'db', kind: 'command', settings: { check: ['true'] } });
  expect(read.settings).toEqual({ confirm: undefined, waits: 90, budgets: {} });
  expect(read.specialisations).toEqual([{ name: 's', system: sw }]);
});

test('version 1 has none of it', () => {
  const { users: _, ...first } = {
    ...{
      format: 'sysbuild-manifest',
      version: 1,
      name: 'n',
      hostName: 'h',
      platform: 'p',
      sw,
      packages: [],
      files: [],
    },
    users: undefined,
  };
  expect(parse(first)).toMatchObject({ users: [], groups: [], probes: [], settings: { waits: 90 } });
});

describe('is refused', () => {
  const withUser = (changes: object) => ({ ...manifest, users: [{ ...user, ...changes }] });
  const withProbe = (changes: object) => ({ ...manifest, probes: [{ ...probe, ...changes }] });
  const bad: readonly [string, unknown, string][] = [
    ['a mount', { ...manifest, mounts: [{}] }, 'it declares mounts, which this sysbuild cannot carry out'],
    ['a boot loader', { ...manifest, boot: {} }, 'it declares boot'],
    ['a missing part', { ...manifest, probes: undefined }, 'probes is missing'],
    ['an unknown part', { ...manifest, kernel: 1 }, 'kernel is not a known field'],
    ['a name that is none', withUser({ name: 'a:b' }), "users[0].name is 'a:b' and not the name of an account"],
    ['a group that is none', withUser({ groups: ['ok', ''] }), "users[0].groups[1] is ''"],
    ['a line break', withUser({ description: 'a\nb' }), 'users[0].description has a colon or a line break'],
    ['a relative home', withUser({ home: 'home' }), "users[0].home is 'home' and not an absolute path"],
    ['a password in the store', withUser({ passwordFile: sw }), 'everybody can read the store'],
    ['an id that cannot be', withUser({ uid: 4294967295 }), 'users[0].uid is 4294967295, which no account can have'],
    ['a number that is a text', withUser({ uid: '1' }), 'users[0].uid is not an integer'],
    ['a flag that is a text', withUser({ locked: 'no' }), 'users[0].locked is not true or false'],
    ['a user twice', { ...manifest, users: [user, { ...user, uid: null }] }, "the user 'ann' is declared twice"],
    ['an id twice', { ...manifest, users: [user, { ...user, name: 'b' }] }, "'ann' and 'b' both have the uid 1000"],
    ['a probe without program', withProbe({ kind: 'command', target: [] }), 'is empty and names no program'],
    ['a probe of a wrong port', withProbe({ kind: 'tcp', target: 'localhost' }), 'which no tcp probe can ask'],
    ['a probe that never ends', withProbe({ timeout: 0 }), 'not between 1 second and a day'],
    ['a relative pattern', { ...manifest, realms: [{ ...realm, pattern: 'var' }] }, 'and not absolute'],
    ['another kind', { ...manifest, converge: [{ ...converge, kind: 'x' }] }, "converge[0].kind is 'x' and not one of"],
    ['no waits', { ...manifest, settings: { confirm: null, budgets: {} } }, 'settings.waits is missing'],
  ];
  test.each(bad)('%s', (_, value, words) => {
    expect(() => parse(value)).toThrow(words);
  });
});

test('one field of any other value is read or refused by an error of the family', () => {
  const places = fc.constantFrom(
    ...Object.keys(user).map((name) => ['users', name] as const),
    ...Object.keys(probe).map((name) => ['probes', name] as const),
    ...Object.keys(converge).map((name) => ['converge', name] as const),
  );
  fc.assert(
    fc.property(places, fc.jsonValue(), ([part, name], value) => {
      const entry = (manifest[part] as readonly object[])[0];
      try {
        parse({ ...manifest, [part]: [{ ...entry, [name]: value }] });
      } catch (error) {
        expect(error).toMatchObject({ code: 'activate/manifest' });
      }
    }),
    { numRuns: 500 },
  );
});
