/** Which store is meant, and that hashes do not depend on where it is. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realStoreDir, storeLocation } from '../../src/app/store-location.ts';

const local = { kind: 'local', storeDir: '/nix/store', stateDir: undefined };

test.each(['/tmp/s', 'local?root=/tmp/s', 'local://?root=/tmp/s', '../tmp/s'])(
  '%s is a folder that stands for /',
  (text) => {
    const location = storeLocation(text, {}, '/work');
    expect(location).toEqual({ ...local, physicalRoot: '/tmp/s' });
    expect(location.kind === 'local' && realStoreDir(location)).toBe('/tmp/s/nix/store');
  },
);

test('the forms of local', () => {
  expect(storeLocation('local?store=/s&state=/v', {}, '/')).toEqual({
    ...local,
    storeDir: '/s',
    physicalRoot: '',
    stateDir: '/v',
  });
  expect(storeLocation('local', { NIX_STATE_DIR: '/v' }, '/')).toEqual({ ...local, physicalRoot: '', stateDir: '/v' });
  expect(storeLocation('/', {}, '/')).toEqual({ ...local, physicalRoot: '' });
});

test('a store that keeps nothing', () => {
  expect(storeLocation('dummy://', {}, '/')).toEqual({ kind: 'dummy', storeDir: '/nix/store' });
  expect(storeLocation('dummy://', { NIX_STORE_DIR: '/x/store' }, '/')).toEqual({
    kind: 'dummy',
    storeDir: '/x/store',
  });
});

test('a kind that is not known', () => {
  expect(() => storeLocation('ftp://host', {}, '/')).toThrow(
    "don't know how to open a store with reference 'ftp://host'",
  );
});

test('NIX_STORE_DIR moves the store, and its state beside it', () => {
  expect(storeLocation('', { NIX_STORE_DIR: '/x/store' }, '/')).toEqual({
    ...local,
    storeDir: '/x/store',
    physicalRoot: '',
    stateDir: '/x/var/nix',
  });
});

test.runIf(process.getuid?.() !== 0)('who may not write /nix gets a folder of their own', () => {
  const data = mkdtempSync(join(tmpdir(), 'app-data-'));
  chmodSync(data, 0o755);
  expect(storeLocation('', { XDG_DATA_HOME: data }, '/')).toEqual({ ...local, physicalRoot: `${data}/sysbuild/root` });
  expect(storeLocation('', { HOME: '/home/u' }, '/')).toEqual({
    ...local,
    physicalRoot: '/home/u/.local/share/sysbuild/root',
  });
});

test.runIf(process.getuid?.() === 0)('root has /nix itself', () => {
  expect(storeLocation('', {}, '/')).toEqual({ ...local, physicalRoot: '', stateDir: '/nix/var/nix' });
});
