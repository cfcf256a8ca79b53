/** Apt's configuration in both of its formats, as machines have it. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { debianArchives, parseList, parseStanzas } from '../../src/build/fetch/apt-sources.ts';
import { candidatesOf } from '../../src/build/fetch/candidates.ts';
import { debianMirrorsFromApt } from '../../src/build/index.ts';

test('one line', () => {
  const text = `# deb http://commented/debian sid main
deb http://mirror.test/debian bookworm main contrib # the mirror
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] https://other.test/debian/ bookworm-updates main
deb-src http://mirror.test/debian bookworm main
  deb\thttp://tabs.test/debian  sid  main
nonsense
deb http://flat.test/repo ./
`;
  expect(parseList(text)).toEqual([
    { types: ['deb'], uris: ['http://mirror.test/debian'], suites: ['bookworm'], components: ['main', 'contrib'] },
    {
      types: ['deb'],
      uris: ['https://other.test/debian/'],
      suites: ['bookworm-updates'],
      components: ['main'],
      signedBy: '/usr/share/keyrings/x.gpg',
    },
    { types: ['deb-src'], uris: ['http://mirror.test/debian'], suites: ['bookworm'], components: ['main'] },
    { types: ['deb'], uris: ['http://tabs.test/debian'], suites: ['sid'], components: ['main'] },
    { types: ['deb'], uris: ['http://flat.test/repo'], suites: ['./'], components: [] },
  ]);
});

test('stanzas', () => {
  const text = `# About this file
Types: deb deb-src
# in the middle
URIs: http://one.test/debian
 http://two.test/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBFxxx: yyy

types: deb
uris: http://off.test/debian
suites: sid
components: main
Enabled: no


Types: deb
URIs: http://sec.test/debian-security/
Suites: bookworm-security
Components: main`;
  expect(parseStanzas(text).map(({ uris }) => uris)).toEqual([
    ['http://one.test/debian', 'http://two.test/debian'],
    ['http://sec.test/debian-security/'],
  ]);
  expect(debianArchives(parseStanzas(text))).toEqual(['http://one.test/debian', 'http://two.test/debian']);
});

test('which sources hold the pool of Debian', () => {
  const source = (
    uri: string,
    suite: string,
    components = ['main'],
    types = ['deb'],
  ): Parameters<typeof debianArchives>[0][0] => ({
    types,
    uris: [uri],
    suites: [suite],
    components,
  });
  const archives = debianArchives([
    source('http://a.test/debian/', 'bookworm'),
    source('http://a.test/debian', 'bookworm-updates'),
    source('http://b.test/some/path', 'trixie'),
    source('http://c.test/node', 'nodistro'),
    source('http://d.test/debian-security', 'bookworm-security'),
    source('http://e.test/debian', 'bookworm', ['contrib']),
    source('http://f.test/debian', 'bookworm', ['main'], ['deb-src']),
    source('http://g.test/ubuntu', 'noble'),
  ]);
  expect(archives).toEqual(['http://a.test/debian', 'http://b.test/some/path']);
});

describe('a configuration on disk', () => {
  const etc = fs.mkdtempSync(join(tmpdir(), 'build-apt-'));
  test('is read in the order of apt, with lists of mirrors', () => {
    expect(debianMirrorsFromApt(etc)).toEqual([]);
    fs.mkdirSync(join(etc, 'sources.list.d'));
    const list = join(etc, 'mirrors.list');
    fs.writeFileSync(list, 'http://first.test/debian\tpriority:1\n# none\nhttp://second.test/debian\n');
    fs.writeFileSync(join(etc, 'sources.list'), 'deb http://main.test/debian bookworm main\n');
    const stanza = (uri: string): string => `Types: deb\nURIs: ${uri}\nSuites: bookworm\nComponents: main\n`;
    fs.writeFileSync(join(etc, 'sources.list.d/debian.sources'), stanza(`mirror+file://${list}`));
    fs.writeFileSync(
      join(etc, 'sources.list.d/b.list'),
      'deb cdrom:[Debian]/ bookworm main\ndeb file:/srv/debian bookworm main\n',
    );
    fs.writeFileSync(join(etc, 'sources.list.d/old.sources.disabled'), stanza('http://disabled.test/debian'));
    expect(debianMirrorsFromApt(etc)).toEqual([
      'http://main.test/debian',
      'file:/srv/debian',
      'http://first.test/debian',
      'http://second.test/debian',
    ]);
    fs.rmSync(etc, { recursive: true });
  });
});

test('readers take any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('d', 'e', 'b', ' ', '[', ']', '\n', ':', 'U', 'R', 'I', 's', '#', '\t', '/') }),
      (text) => {
        debianArchives([...parseList(text), ...parseStanzas(text)]);
      },
    ),
  );
});

test('candidates', () => {
  const mirrors = { debian: ['http://a.test/debian/', 'http://b.test'] };
  expect(candidatesOf(['mirror://debian/pool/x.deb', 'https://c.test/x'], mirrors)).toEqual([
    { url: 'http://a.test/debian/pool/x.deb', mirror: 'debian' },
    { url: 'http://b.test/pool/x.deb', mirror: 'debian' },
    { url: 'https://c.test/x', mirror: undefined },
  ]);
});
