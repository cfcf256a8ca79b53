/** The environment of builders, and what derivations say of their builds. Compared with the real Nix elsewhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { optionsOf } from '../../src/build/derivation-options.ts';
import { type BuilderEnvironment, builderEnvironment } from '../../src/build/environment.ts';
import {
  bubblewrapOptions,
  capabilitiesOf,
  lockedFlags,
  sandboxScript,
  stageTable,
} from '../../src/build/sandbox/bubblewrap.ts';
import { mountOptions } from '../../src/build/sandbox/filesystem.ts';
import { sandboxSpec } from '../../src/build/sandbox/spec.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { type Recipe, Scratch, sha256 } from './support.ts';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.remove());

const out = '/nix/store/00000000000000000000000000000000-test' as StorePath;
function environmentOf(recipe: Recipe): BuilderEnvironment {
  const derivation = scratch.derivationOf({ builder: '/b', ...recipe });
  return builderEnvironment({
    storeDir: '/nix/store',
    derivation,
    options: optionsOf('/nix/store', derivation),
    scratch: new Map([['out', out]]),
    redirects: new Map(),
    buildDir: '/build',
    cores: 3,
    graphs: { files: new Map(), attributes: new Map() },
    outside: { http_proxy: 'http://proxy', HOME: '/home/user' },
  });
}

test('the variables, all of them', () => {
  const { variables } = environmentOf({
    kind: 'floating',
    env: { PATH: '/own', HOME: '/own', TMPDIR: '/own', TERM: 'own' },
  });
  expect(Object.fromEntries(variables)).toEqual({
    HOME: '/own',
    NIX_BUILD_CORES: '3',
    NIX_BUILD_TOP: '/build',
    NIX_LOG_FD: '2',
    NIX_STORE: '/nix/store',
    PATH: '/own',
    PWD: '/build',
    TEMP: '/build',
    TEMPDIR: '/build',
    TERM: 'xterm-256color',
    TMP: '/build',
    TMPDIR: '/build',
    name: 'test',
    out,
  });
  const defaults = environmentOf({ kind: 'floating' }).variables;
  expect([defaults.get('PATH'), defaults.get('HOME')]).toEqual(['/path-not-set', '/homeless-shelter']);
});

test('variables of the caller reach fixed outputs alone', () => {
  const env = { impureEnvVars: 'http_proxy no_proxy' };
  expect(environmentOf({ env }).variables.has('http_proxy')).toBe(false);
  const { variables } = environmentOf({ env, fixed: { method: 'flat', hash: sha256('') } });
  expect([variables.get('http_proxy'), variables.get('no_proxy'), variables.get('NIX_OUTPUT_CHECKED')]).toEqual([
    'http://proxy',
    '',
    '1',
  ]);
});

test('nothing behind a NUL byte reaches a process', () => {
  expect(environmentOf({ env: { a: 'b\0c' } }).variables.get('a')).toBe('b');
});

describe('derivation options', () => {
  const options = (recipe: Recipe): ReturnType<typeof optionsOf> =>
    optionsOf('/nix/store', scratch.derivationOf({ builder: '/b', ...recipe }));

  test('of plain variables', () => {
    const checks = options({ env: { allowedReferences: `out  ${out}\n`, disallowedRequisites: 'dev' } }).checksOf(
      'any',
    )!;
    expect(checks).toMatchObject({
      allowedReferences: [{ output: 'out' }, { path: out }],
      disallowedRequisites: [{ output: 'dev' }],
      ignoreSelf: true,
    });
    expect(checks.allowedRequisites).toBeUndefined();
    expect(options({ env: { allowedReferences: '' } }).checksOf('out')!.allowedReferences).toEqual([]);
  });

  test('of structured attributes', () => {
    const json = {
      outputChecks: { out: { maxSize: 10, allowedReferences: [] }, dev: { maxClosureSize: 20 } },
      unsafeDiscardReferences: { out: true, dev: false },
      exportReferencesGraph: { graph: [[out], out] },
      requiredSystemFeatures: ['kvm'],
      allowedReferences: ['ignored'],
      __noChroot: true,
    };
    const all = options({ json: JSON.stringify(json) });
    expect(all.checksOf('out')).toMatchObject({ maxSize: 10, allowedReferences: [], ignoreSelf: false });
    expect(all.checksOf('dev')).toMatchObject({ maxClosureSize: 20 });
    expect(all.checksOf('doc')).toBeUndefined();
    expect([...all.discardReferences]).toEqual(['out']);
    expect([...all.exportGraph]).toEqual([['graph', [out, out]]]);
    expect([all.requiredFeatures, all.noChroot]).toEqual([['kvm'], true]);
  });

  test.each([
    [{ outputChecks: 1 }, "'outputChecks' of a derivation must be a set"],
    [{ outputChecks: { out: { maxSize: 'big' } } }, `'outputChecks."out".maxSize' of a derivation must be a number`],
    [{ outputChecks: { out: { allowedReferences: [1] } } }, 'must be a list of strings'],
    [{ __noChroot: 'yes' }, 'must be a Boolean'],
    [{ exportReferencesGraph: { a: 1 } }, 'not an array or a string'],
  ])('refused: %j', (json, words) => {
    expect(() => options({ json: JSON.stringify(json) })).toThrow(words);
  });
});

describe('the sandbox as arguments', () => {
  const spec = sandboxSpec({
    storeDir: '/nix/store',
    storeFolder: '/w/store',
    inputs: [
      { kind: 'read-only', source: '/r/in put', target: '/nix/store/in' },
      { kind: 'link', to: '/nix/store/in', target: '/nix/store/link' },
    ],
    buildFolder: '/w/build',
    temporaryFolder: '/w/tmp',
    etcFolder: '/w/etc',
    extra: [{ kind: 'read-only', source: '/s', target: '/opt/s' }],
    network: false,
    asRoot: true,
    variables: new Map([['a', "b'c\nd"]]),
    program: '/nix/store/in/bin/sh',
    args: ['-c', "it's"],
    personality: undefined,
  });

  test('of an old and a new bubblewrap', () => {
    const old = bubblewrapOptions(spec, capabilitiesOf({ major: 0, minor: 8 }), false).join(' ');
    expect(old).toMatch(
      /^--unshare-all --unshare-user --die-with-parent --new-session --cap-drop ALL --clearenv --disable-userns --uid 1000 --gid 100 --hostname localhost/,
    );
    expect(old).toContain('--perms 0755 --dir /nix --perms 0755 --dir /opt --proc /proc --dev /dev');
    expect(old).toContain(
      '--bind /w/store /nix/store --ro-bind /r/in put /nix/store/in --symlink /nix/store/in /nix/store/link',
    );
    expect(old).toMatch(
      /--bind \/w\/build \/build --bind \/w\/tmp \/tmp --ro-bind \/w\/etc \/etc --ro-bind \/s \/opt\/s --remount-ro \/ --chdir \/build --setenv a b'c\nd$/,
    );
    expect(old).not.toContain('--share-net');
    expect(bubblewrapOptions(spec, capabilitiesOf({ major: 0, minor: 11 }), false)).toContain('--argv0');
    expect(
      bubblewrapOptions({ ...spec, network: true, nesting: true }, capabilitiesOf({ major: 1, minor: 0 }), false).join(
        ' ',
      ),
    ).toMatch(/--share-net --uid/);
  });

  test('staged: inputs stand in a table instead', () => {
    const staged = bubblewrapOptions(spec, capabilitiesOf({ major: 0, minor: 8 }), true).join(' ');
    expect(staged).not.toContain('/r/in put');
    expect(staged).toContain('--symlink /nix/store/in /nix/store/link');
    expect(staged).toContain('--ro-bind /s /opt/s');
    expect(stageTable(spec, ['nosuid'])).toBe('/r/in\\040put /w/store/in none bind,ro,nosuid 0 0\n');
  });

  test('the script', () => {
    expect(sandboxScript({ spec: { ...spec, personality: 'i686' }, bubblewrap: '/b w', stageTable: '/t' })).toBe(
      "set -e\numask 022\nulimit -S -c 0\nmount -a -T '/t'\nexec setarch 'i686' '/b w' '--args' '3' '--' '/nix/store/in/bin/sh' '-c' 'it'\\''s'\n",
    );
  });

  test('flags of the file system', () => {
    const info =
      '1 0 8:1 / / rw,relatime - ext4 x rw\n2 1 8:2 / /a\\040b rw,nosuid,nodev,noatime shared:1 - ext4 y rw\n3 1 8:3 / /a rw - ext4 z rw\n';
    expect(lockedFlags(mountOptions(info, '/a b/c'))).toEqual(['nosuid', 'nodev', 'noatime']);
    expect(mountOptions(info, '/a/c')).toBe('rw');
    expect(lockedFlags(mountOptions(info, '/else'))).toEqual(['relatime']);
  });
});
