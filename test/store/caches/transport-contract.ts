/** What every transport must do, whatever is behind it. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readText, type Transport } from '../../../src/store/caches/transport.ts';
import { scratchFolder } from '../support.ts';

export async function bytesFrom(bytes: AsyncIterable<Uint8Array> | undefined): Promise<Buffer | undefined> {
  if (bytes === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function transportContract(name: string, make: () => Promise<Transport>): void {
  describe(`${name} as a transport`, () => {
    test('has nothing at first', async () => {
      const transport = await make();
      expect(await transport.read('nix-cache-info')).toBeUndefined();
      expect(await transport.exists('nar/x.nar')).toBe(false);
      expect(await readText(transport, 'a/b/c')).toBeUndefined();
    });

    test('gives back what was written, and replaces it', async () => {
      const transport = await make();
      await transport.write('nar/a b!.txt', Buffer.from('first'), 'text/plain');
      expect(await readText(transport, 'nar/a b!.txt')).toBe('first');
      await transport.write('nar/a b!.txt', Buffer.from('\xff\0second', 'latin1'), 'text/plain');
      expect(await readText(transport, 'nar/a b!.txt')).toBe('\xff\0second');
      expect(await transport.exists('nar/a b!.txt')).toBe(true);
      await transport.write('empty', Buffer.alloc(0), 'text/plain');
      expect(await readText(transport, 'empty')).toBe('');
    });

    test('takes a file, which is gone afterwards, and gives it in pieces', async () => {
      const transport = await make();
      const content = Buffer.alloc(3_000_000, 'some text that is repeated ');
      for (const folder of [transport.scratchFolder(), scratchFolder()]) {
        const file = join(folder, `.tmp-test-${process.pid}`);
        fs.writeFileSync(file, content);
        await transport.writeFile('nar/large.nar', file, 'application/x-nix-nar');
        expect(fs.existsSync(file)).toBe(false);
      }
      const pieces: number[] = [];
      for await (const piece of (await transport.read('nar/large.nar'))!) pieces.push(piece.length);
      expect(pieces.length).toBeGreaterThan(3);
      expect(pieces.reduce((a, b) => a + b)).toBe(content.length);
      expect((await bytesFrom(await transport.read('nar/large.nar')))!.equals(content)).toBe(true);
    });

    test('may be left in the middle of a file', async () => {
      const transport = await make();
      await transport.write('file', Buffer.alloc(2_000_000), 'text/plain');
      for await (const piece of (await transport.read('file'))!) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect(await transport.exists('file')).toBe(true);
    });

    test('is ended by a signal', async () => {
      const transport = await make();
      await transport.write('file', Buffer.alloc(2_000_000), 'text/plain');
      const aborted = AbortSignal.abort(new Error('enough'));
      await expect(transport.read('file', aborted)).rejects.toThrow('enough');
      await expect(transport.exists('file', aborted)).rejects.toThrow('enough');
      await expect(transport.write('file', Buffer.alloc(1), 'text/plain', aborted)).rejects.toThrow('enough');
      const controller = new AbortController();
      const reading = async (): Promise<void> => {
        for await (const _ of (await transport.read('file', controller.signal))!) controller.abort(new Error('enough'));
      };
      await expect(reading()).rejects.toThrow('enough');
    });

    test.each(['../x', 'a/../../x', 'a//b', '/etc/passwd', '', 'file:///etc/passwd', 'a\0b'])(
      'refuses %j as a name, or keeps to its own',
      async (bad) => {
        const transport = await make();
        // A server resolves a path itself, below its own root: what it may not do is leave HTTP.
        const read = transport.read(bad).then(bytesFrom);
        const outcome = await read.catch((error: unknown) => error);
        if (outcome !== undefined) expect(outcome).toMatchObject({ code: expect.stringMatching(/^store\/cache-/) });
      },
    );
  });
}
