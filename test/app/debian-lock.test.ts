/** Locks of Debian packages, from what apt says. */
import { expect, test } from 'vitest';
import {
  type DebianLock,
  lockedPackages,
  lockedSources,
  mergedLock,
  parseLock,
  parseParagraphs,
  parseSimulation,
  printLock,
} from '../../src/app/debian-lock.ts';

const digest = (digit: string): string => digit.repeat(64);
const sri = (digit: string): string => `sha256-${Buffer.from(digest(digit), 'hex').toString('base64')}`;

const record = (name: string, fields: Record<string, string> = {}): string =>
  Object.entries({
    Package: name,
    Version: '1',
    Filename: `pool/main/${name}_1_amd64.deb`,
    SHA256: digest('a'),
    Description: 'short\n longer\n Filename: no field',
    ...fields,
  })
    .map(([field, value]) => `${field}: ${value}`)
    .join('\n');

const lockOf = (names: readonly string[], records: readonly string[], architecture = 'amd64') =>
  lockedPackages(
    names.map((name) => ({ name, version: '1', architecture })),
    parseParagraphs(records.join('\n\n')),
    architecture,
  );

test('what apt would install', () => {
  const text = `NOTE: This is only a simulation!
Inst gcc-12-base (12.2.0-14+deb12u1 Debian:12.11/stable [amd64]) []
Inst libc6 [2.36-9] (2.36-9+deb12u10 Debian:12.11/stable [amd64]) [base-files:amd64 ]
Inst foreign:i386 (1:2~rc Debian:12.11/stable, other [i386])
Inst data (3 Debian:12.11/stable [all])
Conf data (3 Debian:12.11/stable [all])`;
  expect(parseSimulation(text)).toEqual([
    { name: 'gcc-12-base', version: '12.2.0-14+deb12u1', architecture: 'amd64' },
    { name: 'libc6', version: '2.36-9+deb12u10', architecture: 'amd64' },
    { name: 'foreign', version: '1:2~rc', architecture: 'i386' },
    { name: 'data', version: '3', architecture: 'all' },
  ]);
});

test('dependencies are names in the lock: alternatives, virtual packages, what is not there', () => {
  const packages = lockOf(
    ['a', 'b', 'mawk', 'c'],
    [
      record('a', { Depends: 'gone | b (>= 1), awk, c:any, missing', 'Pre-Depends': 'b', Essential: 'yes' }),
      record('b', { Provides: 'b-virtual (= 1), a' }),
      record('mawk', { Provides: 'awk', Depends: 'mawk' }),
      record('c', { Depends: 'a, b-virtual' }),
    ],
  );
  expect(Object.entries(packages).map(([name, { depends, essential }]) => [name, depends, essential])).toEqual([
    ['a', ['b', 'c', 'mawk'], true],
    ['b', [], undefined],
    ['c', ['a', 'b'], undefined],
    ['mawk', [], undefined],
  ]);
  expect(packages['a']!.arch).toEqual({ amd64: { path: 'pool/main/a_1_amd64.deb', sha256: sri('a') } });
});

test('what is not in Debian’s own pool cannot be locked', () => {
  for (const fields of [{ Filename: 'pool/updates/main/a_1_amd64.deb' }, { SHA256: '' }, { Version: '2' }]) {
    expect(() => lockOf(['a'], [record('a', fields)])).toThrow(/apt does not say where 'a' 1 is in Debian's pool/);
  }
});

test('source packages', () => {
  const text = `Package: hello
Version: 2.10-3
Directory: pool/main/h/hello
Checksums-Sha256:
 ${digest('b')} 725946 hello_2.10.orig.tar.gz
 ${digest('c')} 1234 hello_2.10-3.dsc

Package: hello
Version: 2.9-1
Directory: pool/main/h/hello
Checksums-Sha256:
 ${digest('d')} 1 hello_2.9.orig.tar.gz
`;
  expect(lockedSources(['hello'], parseParagraphs(text))).toEqual({
    hello: {
      version: '2.10-3',
      files: {
        'hello_2.10-3.dsc': { path: 'pool/main/h/hello/hello_2.10-3.dsc', sha256: sri('c') },
        'hello_2.10.orig.tar.gz': { path: 'pool/main/h/hello/hello_2.10.orig.tar.gz', sha256: sri('b') },
      },
    },
  });
  expect(() => lockedSources(['other'], parseParagraphs(text))).toThrow("'other'");
});

test('several architectures stand in one lock as long as their versions are the same', () => {
  const lock = (packages: DebianLock['packages']): DebianLock => ({ wanted: ['a'], packages, sources: {} });
  const amd64 = lock(lockOf(['a'], [record('a')]));
  const arm64 = lock(lockOf(['a'], [record('a', { Filename: 'pool/main/a_1_arm64.deb' })], 'arm64'));
  expect(Object.keys(mergedLock(arm64, amd64).packages['a']!.arch)).toEqual(['amd64', 'arm64']);
  const newer = lock({ a: { ...amd64.packages['a']!, version: '2' } });
  expect(Object.keys(mergedLock(arm64, newer).packages['a']!.arch)).toEqual(['amd64']);
});

test('the file is sorted, and read as it was written', () => {
  const packages = lockOf(['b', 'a'], [record('a'), record('b')]);
  const text = printLock({ wanted: ['b', 'a'], packages, sources: {} });
  expect(parseLock(text, 'x')).toEqual({ wanted: ['a', 'b'], packages, sources: {} });
  expect(printLock(parseLock(text, 'x'))).toBe(text);
  for (const bad of ['', '[]', '{"packages":{}}', '{"wanted":[],"packages":1}']) {
    expect(() => parseLock(bad, 'debian.lock.json')).toThrow("'debian.lock.json' is not a lock");
  }
});
