/** What requests ask for, and which bytes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rangeOf, routeOf } from '../../../../src/store/caches/server/route.ts';

const hash = '0'.repeat(32);
const nar = '1'.repeat(52);
const route = (target: string) => routeOf('/nix/store', target);

describe('a request', () => {
  test('asks for one of the things that there are', () => {
    expect(route('/')).toEqual({ kind: 'front' });
    expect(route('/nix-cache-info?x=1')).toEqual({ kind: 'cache-info' });
    expect(route(`/${hash}.narinfo`)).toEqual({ kind: 'narinfo', hashPart: hash });
    expect(route(`//nar/${hash}-${nar}.nar.zst?hash=x`)).toMatchObject({ kind: 'nar', compression: 'zstd' });
    expect(route(`/nar/${hash}-${nar}.nar`)).toMatchObject({ kind: 'nar', hashPart: hash, compression: 'none' });
    expect(route(`/nar/${nar}.nar.xz`)).toEqual({ kind: 'upload', name: `${nar}.nar.xz` });
    expect(route(`/sysbuild/1/realisations/${hash}-a.drv/out`)).toEqual({
      kind: 'realisation',
      drvPath: `/nix/store/${hash}-a.drv`,
      outputName: 'out',
    });
  });

  test.each([
    '/../../etc/passwd',
    '/nar/../../../etc/passwd.nar',
    '/nar/%2e%2e%2f%2e%2e%2fetc.nar',
    `/nar/${hash}-${nar}.nar.lz`,
    `/${hash}e.narinfo`,
    '/log/x',
    '/%',
    '/%00',
    `/sysbuild/1/realisations/${hash}-a.drv/..`,
    `/sysbuild/2/realisations/${hash}-a.drv/out`,
    `/realisations/sha256:${'a'.repeat(64)}!out.doi`,
  ])('for %s asks for nothing', (target) => {
    expect(['unknown', 'upload']).toContain(route(target).kind);
  });

  test('never asks for a file outside, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', '.', '%', '2', 'e', 'f', 'n', 'a', 'r', '-', '?', '0') }),
        (text) => {
          const found = route(text);
          if (found.kind === 'upload') expect(found.name).toMatch(/^[0-9a-z]+\.nar(\.[a-z0-9]+)?$/);
        },
      ),
    );
  });
});

describe('a range', () => {
  test.each([
    [undefined, undefined],
    ['bytes=0-9', { from: 0, to: 9 }],
    ['bytes=90-', { from: 90, to: 99 }],
    ['bytes=90-1000', { from: 90, to: 99 }],
    ['bytes=-10', { from: 90, to: 99 }],
    ['bytes=-1000', { from: 0, to: 99 }],
    ['bytes=100-', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=9-5', undefined],
    ['bytes=0-1,5-6', undefined],
    ['bytes=-', undefined],
    ['lines=1-2', undefined],
  ])('%s of a hundred bytes', (header, expected) => {
    expect(rangeOf(header, 100)).toEqual(expected);
  });
});
