/** Debian: mirrors out of apt's sources, and the file of pins. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAptShow, parsePins, printPins, withRecord } from '../../src/app/debian-pins.ts';
import { aptMirrors, deb822Urls, mirrors, oneLineUrls } from '../../src/app/mirrors.ts';

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

test('one-line sources', () => {
  const text =
    '# deb http://no/debian x\ndeb [arch=amd64 signed-by=/k] http://m/debian suite main\ndeb-src http://s/debian x\n';
  expect(oneLineUrls(text)).toEqual(['http://m/debian']);
});

test('deb822 sources: continued fields, switched-off stanzas, sources alone', () => {
  const text = `Types: deb deb-src
URIs: http://a/debian
 http://b/debian/
Suites: x

Types: deb
URIs: http://off/debian
Enabled: no

Types: deb-src
URIs: http://src/debian
`;
  expect(deb822Urls(text)).toEqual(['http://a/debian', 'http://b/debian/']);
});

test('mirrors are the Debian archives of all of apt’s files, once each; a setting replaces them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'app-apt-'));
  mkdirSync(join(folder, 'sources.list.d'));
  writeFileSync(join(folder, 'sources.list'), 'deb http://m/debian x main\ndeb http://m/debian-security x main\n');
  writeFileSync(join(folder, 'sources.list.d/a.sources'), 'Types: deb\nURIs: http://n/debian http://m/debian\n');
  writeFileSync(join(folder, 'sources.list.d/b.list.disabled'), 'deb http://o/debian x main\n');
  writeFileSync(join(folder, 'sources.list.d/c.list'), 'deb http://other/repo x main\n');
  expect(aptMirrors(folder)).toEqual(['http://m/debian', 'http://n/debian']);
  expect(aptMirrors(join(folder, 'absent'))).toEqual([]);
  expect(mirrors(['http://mine/debian'])).toEqual({ debian: ['http://mine/debian'] });
});
