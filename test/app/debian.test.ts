/** The file of pinned Debian packages, and what apt says. */
import { expect, test } from 'vitest';
import { parseAptShow, parsePins, printPins, withRecord } from '../../src/app/debian-pins.ts';

const stanza = (fields: Record<string, string>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

const busybox = {
  Package: 'busybox-static',
  Version: '1:1.35.0-4+b3',
  Description: 'a shell\n more of it\n Filename: not this',
  Filename: 'pool/main/b/busybox/busybox-static_1.35.0-4+b3_amd64.deb',
  SHA256: 'a0'.repeat(32),
};

test('apt-cache show: the records of the main archive', () => {
  const security = { ...busybox, Version: '1:1.35.0-4+deb12u9', Filename: 'pool/updates/main/b/x_1_amd64.deb' };
  const text = [security, busybox, { Package: 'virtual' }].map(stanza).join('\n\n');
  expect(parseAptShow(`${text}\n`)).toEqual([
    {
      package: 'busybox-static',
      version: '1:1.35.0-4+b3',
      architecture: 'amd64',
      path: busybox.Filename,
      sha256: `sha256-${Buffer.from('a0'.repeat(32), 'hex').toString('base64')}`,
    },
  ]);
});

test('a new version drops other architectures, the same version keeps them', () => {
  const record = { package: 'p', version: '1', architecture: 'amd64', path: 'pool/p_1_amd64.deb', sha256: 'sha256-x' };
  const one = withRecord({ packages: {} }, record);
  const both = withRecord(one, { ...record, architecture: 'arm64', path: 'pool/p_1_arm64.deb' });
  expect(Object.keys(both.packages['p']!.arch)).toEqual(['amd64', 'arm64']);
  expect(Object.keys(withRecord(both, { ...record, version: '2' }).packages['p']!.arch)).toEqual(['amd64']);
});

test('the file is sorted, and read as it was written', () => {
  const record = { version: '1', architecture: 'amd64', path: 'pool/p_1_amd64.deb', sha256: 'sha256-x' };
  const pins = ['b', 'a'].reduce((all, name) => withRecord(all, { ...record, package: name }), { packages: {} });
  expect(Object.keys((JSON.parse(printPins(pins)) as typeof pins).packages)).toEqual(['a', 'b']);
  expect(parsePins(printPins(pins), 'f')).toEqual(pins);
  expect(() => parsePins('{"packages": [1]}', 'pins.json')).toThrow("'pins.json' is not a file of pinned");
  expect(() => parsePins('{', 'pins.json')).toThrow("'pins.json' is not a file of pinned");
});
