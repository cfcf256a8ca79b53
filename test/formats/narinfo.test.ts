import { describe, expect, test } from 'vitest';
import { type FormatErrorCode, fingerprint, formatHash, parseNarInfo, printNarInfo } from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const dir = '/nix/store';
const path = '/nix/store/syd87l2rxw8cbsxmxl853h0r6pdwhwjr-curl-7.82.0-bin';
const nix32 = '1b4sb93wp679q4zx9k1ignby1yna3z7c4c2ri3wphylbc2dwsys0';
const text = `StorePath: ${path}
URL: nar/05ra3y72i3qjri7xskf9qj8kb29r6naqy1sqpbs3azi3xcigmj56.nar.xz
Compression: xz
FileHash: sha256:${nix32}
FileSize: 68852
NarHash: sha256:${nix32}
NarSize: 196040
References: 0jqd0rlxzra1rs38rdxl43yh6rxchgc6-curl-7.82.0 6w8g7njm4mck5dmjxws0z1xnrxvl81xa-glibc-2.34-115
Deriver: 5rwxzi7pal3qhpsyfc16gzkh939q1np6-curl-7.82.0.drv
Sig: cache.example-1:${Buffer.alloc(64, 1).toString('base64')}
`;

test('a file is read and printed', () => {
  const info = parseNarInfo(dir, text);
  expect(printNarInfo(info)).toBe(text);
  expect(info.narSize).toBe(196_040);
  expect(info.references).toHaveLength(2);
  expect(info.contentAddress).toBeUndefined();
  expect(fingerprint(info)).toBe(
    `1;${path};sha256:${nix32};196040;/nix/store/0jqd0rlxzra1rs38rdxl43yh6rxchgc6-curl-7.82.0,/nix/store/6w8g7njm4mck5dmjxws0z1xnrxvl81xa-glibc-2.34-115`,
  );
});

test('what may be left out, and what is not known', () => {
  const short = text.replace(/^(FileHash|FileSize|Compression|Deriver|Sig|References):.*\n/gm, '');
  const info = parseNarInfo(dir, `${short}Deriver: unknown-deriver\nNew: thing\nCA: \n`);
  expect([info.compression, info.fileHash, info.fileSize, info.deriver, info.signatures, info.references]).toEqual([
    ...['bzip2', undefined, undefined, undefined, [], []],
  ]);
  const addressed = parseNarInfo(dir, `${short}CA: fixed:r:sha256:${nix32}\n`);
  expect(printNarInfo(addressed)).toMatch(/^CA: fixed:r:sha256:/m);
});

test('hashes may be in any form', () => {
  const info = parseNarInfo(dir, text);
  const other = parseNarInfo(
    dir,
    text.replace(`NarHash: sha256:${nix32}`, `NarHash: ${formatHash(info.narHash, 'sri')}`),
  );
  expect(printNarInfo(other)).toBe(text);
});

describe('files that are refused', () => {
  const without = (key: string): string => text.replace(new RegExp(`^${key}:.*\n`, 'm'), '');
  const cases: [string, FormatErrorCode, string][] = [
    ['without a path', 'formats/narinfo', without('StorePath')],
    ['without a URL', 'formats/narinfo', without('URL')],
    ['without a hash', 'formats/narinfo', without('NarHash')],
    ['without a size', 'formats/narinfo', without('NarSize')],
    ['of no size', 'formats/narinfo', text.replace('NarSize: 196040', 'NarSize: 0')],
    ['of a negative size', 'formats/narinfo', text.replace('NarSize: 196040', 'NarSize: -1')],
    ['of a size in words', 'formats/narinfo', text.replace('FileSize: 68852', 'FileSize: 1e3')],
    ['cut off', 'formats/narinfo', text.slice(0, -1)],
    ['with a line that is none', 'formats/narinfo', `${text}hello\n`],
    ['with a key twice', 'formats/narinfo', `${text}NarSize: 1\n`],
    ['empty', 'formats/narinfo', ''],
    ['of another store', 'formats/store-path', text.replace('/nix/store', '/gnu/store')],
    ['with full paths as references', 'formats/store-path', text.replace('References: ', `References: ${path} `)],
    ['with a hash that is none', 'formats/hash', text.replace(`NarHash: sha256:${nix32}`, 'NarHash: sha256:0')],
    ['with a signature that is none', 'formats/signature', `${text}Sig: x\n`],
    ['with a content address that is none', 'formats/content-address', `${text}CA: x\n`],
  ];
  test.each(cases)('%s', (_, code, damaged) => {
    expectFormatError(code, () => parseNarInfo(dir, damaged));
  });
});
