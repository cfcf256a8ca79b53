/** Compressed streams: round trips, other programs' data, damage, and readers that leave. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runSync } from '../../../src/base/process.ts';
import { compress, compressions, decompress } from '../../../src/store/caches/compression.ts';
import { bytesFrom } from './transport-contract.ts';

async function* pieces(bytes: Uint8Array, size = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const sample = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7));

describe.each(compressions)('%s', (compression) => {
  test('gives back what went in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 1, max: 5000 }), async (bytes, size) => {
        const packed = (await bytesFrom(compress(compression, pieces(bytes, size))))!;
        expect((await bytesFrom(decompress(compression, pieces(packed, size))))!.equals(bytes)).toBe(true);
      }),
      { numRuns: compression === 'xz' ? 3 : 15 },
    );
  });

  test('is the same each time, and reads with the usual programs', async () => {
    const packed = (await bytesFrom(compress(compression, pieces(sample), 3)))!;
    expect(packed.equals((await bytesFrom(compress(compression, pieces(sample), 3)))!)).toBe(true);
    if (compression === 'none') return;
    const result = runSync(compression, ['-dc'], { input: packed, encoding: 'latin1' });
    expect(Buffer.from(result.stdout, 'latin1').equals(sample)).toBe(true);
  });

  test('passes on what its input throws', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield sample;
      throw new Error('the disk is on fire');
    };
    await expect(bytesFrom(compress(compression, failing()))).rejects.toThrow('the disk is on fire');
    const packed = (await bytesFrom(compress(compression, pieces(sample))))!;
    const cut = async function* (): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, packed.length / 2);
      throw new Error('the line is cut');
    };
    await expect(bytesFrom(decompress(compression, cut()))).rejects.toThrow('the line is cut');
  });

  test('ends its input when its reader leaves', async () => {
    let ended = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (let i = 0; ; i++) yield Buffer.from(sample.subarray(i % 1000));
      } finally {
        ended = true;
      }
    };
    for await (const chunk of compress(compression, endless())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(ended).toBe(true);
  });
});

test.each(compressions.filter((one) => one !== 'none'))(
  '%s that is cut off or damaged is refused',
  async (compression) => {
    const packed = (await bytesFrom(compress(compression, pieces(sample))))!;
    const outcome = (bytes: Uint8Array): Promise<string> =>
      bytesFrom(decompress(compression, pieces(bytes))).then(
        (found) => (found!.equals(sample) ? 'the same' : 'something else'),
        (error) => error.code,
      );
    for (const bad of [packed.subarray(0, packed.length / 2), Buffer.from('this is not compressed at all')])
      expect(await outcome(bad)).toBe('store/compression');
    expect(await outcome(packed)).toBe('the same');
    // Without a checksum a flipped bit may go unnoticed here: it never gives the same bytes.
    packed[packed.length >> 1]! ^= 0xff;
    expect(await outcome(packed)).not.toBe('the same');
  },
);

test('data of other programs is read', async () => {
  const input = pieces(zstdCompressSync(sample));
  expect((await bytesFrom(decompress('zstd', input)))!.equals(sample)).toBe(true);
  expect((await bytesFrom(decompress('gzip', pieces(gzipSync(sample)))))!.equals(sample)).toBe(true);
  const bzip2 = Buffer.from(runSync('bzip2', ['-c'], { input: sample, encoding: 'latin1' }).stdout, 'latin1');
  expect((await bytesFrom(decompress('bzip2', pieces(bzip2))))!.equals(sample)).toBe(true);
});

test('xz is read without its program, and not written', async () => {
  const packed = Buffer.from(runSync('xz', ['-c'], { input: sample, encoding: 'latin1' }).stdout, 'latin1');
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    expect((await bytesFrom(decompress('xz', pieces(packed))))!.equals(sample)).toBe(true);
    const cut = bytesFrom(decompress('xz', pieces(packed.subarray(0, packed.length - 40))));
    await expect(cut).rejects.toMatchObject({ code: 'store/compression' });
    await expect(bytesFrom(compress('xz', pieces(sample)))).rejects.toMatchObject({
      code: 'store/compression',
      message: expect.stringContaining('not installed'),
    });
  } finally {
    process.env['PATH'] = path;
  }
});

test('an unknown form is refused', () => {
  expect(() => decompress('lrzip', pieces(sample))).toThrow(expect.objectContaining({ code: 'store/compression' }));
});
