/** Both transports against the contract; what is special about each. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FileTransport } from '../../../src/store/caches/file-transport.ts';
import { type HttpOptions, HttpTransport } from '../../../src/store/caches/http-transport.ts';
import { readText } from '../../../src/store/caches/transport.ts';
import { scratchFolder } from '../support.ts';
import { type HttpFiles, serveFiles } from './http-files.ts';
import { bytesFrom, transportContract } from './transport-contract.ts';

const quick: HttpOptions = { delay: 5, patience: 500, connectTimeout: 500 };

function http(files: HttpFiles, options: HttpOptions = quick): HttpTransport {
  const transport = new HttpTransport(new URL(files.url), options);
  onTestFinished(() => transport.close());
  return transport;
}

transportContract('a folder', async () => new FileTransport(join(scratchFolder(), 'cache')));
transportContract('a server', async () => http(await serveFiles()));
transportContract('a server that knows no ranges', async () => http(await serveFiles({ ranges: false })));

describe('a folder', () => {
  test('lists its names, and leaves nothing temporary', async () => {
    const folder = scratchFolder();
    const transport = new FileTransport(folder);
    await transport.write('nix-cache-info', Buffer.from(''), '');
    await transport.write('nar/a', Buffer.from(''), '');
    const names: string[] = [];
    for await (const name of transport.names()) names.push(name);
    expect(names.sort()).toEqual(['nar', 'nix-cache-info']);
    expect(fs.readdirSync(join(folder, 'nar'))).toEqual(['a']);
    expect(fs.statSync(join(folder, 'nar/a')).mode & 0o777).toBe(0o644);
  });

  test('says why it cannot be read', async () => {
    const folder = scratchFolder();
    fs.mkdirSync(join(folder, 'nix-cache-info'));
    const transport = new FileTransport(folder);
    await expect(readText(transport, 'nix-cache-info')).rejects.toMatchObject({ code: 'store/cache-unreachable' });
  });
});

describe('a server', () => {
  test('is asked again after failures that pass, and not after others', async () => {
    const files = await serveFiles();
    const transport = http(files);
    files.files.set('a', Buffer.from('text'));
    expect(await readText(transport, 'a')).toBe('text');
    for (const status of [500, 503, 429, 408]) {
      let left = 3;
      files.trick = (_, response) => {
        if (left-- <= 0) return false;
        response.writeHead(status).end('later');
        return true;
      };
      expect(await readText(transport, 'a')).toBe('text');
    }
    files.trick = (_, response) => {
      response.writeHead(400).end('never');
      return true;
    };
    files.requests.length = 0;
    await expect(readText(transport, 'a')).rejects.toMatchObject({ code: 'store/cache-unreachable' });
    expect(files.requests).toEqual(['GET a']);
  });

  test('that breaks off goes on where it ended', async () => {
    const content = Buffer.from(Array.from({ length: 900_000 }, (_, i) => (i * 7) % 251));
    for (const ranges of [true, false]) {
      const files = await serveFiles({ ranges });
      files.files.set('large', content);
      let cuts = 3;
      files.trick = (request, response) => {
        if (cuts <= 0) return false;
        cuts -= 1;
        const from = ranges ? Number(/\d+/.exec(request.headers.range ?? '0')![0]) : 0;
        const status = from > 0 ? 206 : 200;
        const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
        response.writeHead(status, { etag: '"x"', 'content-length': content.length - from, ...range });
        response.write(content.subarray(from, from + 200_000 * (ranges ? 1 : 3 - cuts)), () => response.destroy());
        return true;
      };
      const transport = http(files);
      expect((await bytesFrom(await transport.read('large')))!.equals(content)).toBe(true);
      expect(files.requests).toHaveLength(4);
      expect(files.requests[1]).toMatch(/^GET large bytes=\d+-$/);
    }
  });

  test('that gives another range, or a shorter file, is not believed', async () => {
    const files = await serveFiles();
    let first = true;
    files.trick = (_, response) => {
      if (first) {
        response.writeHead(200, { 'content-length': 100 });
        response.write('x'.repeat(50), () => response.destroy());
      } else response.writeHead(206, { 'content-range': 'bytes 70-99/100' }).end('y'.repeat(30));
      first = false;
      return true;
    };
    const transport = http(files);
    await expect(transport.read('a').then(bytesFrom)).rejects.toMatchObject({ code: 'store/cache-unreachable' });
  });

  test('that goes silent in the middle is left', async () => {
    const files = await serveFiles();
    files.trick = (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('x');
      return true;
    };
    const transport = http(files, { ...quick, patience: 100, retries: 1 });
    await expect(transport.read('a').then(bytesFrom)).rejects.toMatchObject({
      code: 'store/cache-unreachable',
      message: expect.stringContaining('no answer'),
    });
  });

  test('that was never reached is given up soon, with the reason', async () => {
    const files = await serveFiles();
    await files.stop();
    const transport = http(files, { ...quick, retries: 20, delay: 50 });
    const before = performance.now();
    await expect(readText(transport, 'nix-cache-info')).rejects.toMatchObject({
      code: 'store/cache-unreachable',
      message: expect.stringContaining('refuses connections'),
    });
    expect(performance.now() - before).toBeLessThan(3000);
  });

  test('keeps its connections, and has no more of them than allowed', async () => {
    const files = await serveFiles();
    for (let i = 0; i < 50; i++) files.files.set(`file-${i}`, Buffer.from(`${i}`));
    const transport = http(files, { ...quick, connections: 3 });
    const texts = await Promise.all([...files.files.keys()].map((name) => readText(transport, name)));
    expect(texts).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
    expect(files.connections()).toBeLessThanOrEqual(3);
  });

  test('gets the login, and nobody else does', async () => {
    const [files, other] = [await serveFiles(), await serveFiles()];
    const seen: (string | undefined)[] = [];
    other.files.set('there', Buffer.from('text'));
    other.trick = (request) => {
      seen.push(request.headers.authorization);
      return false;
    };
    files.trick = (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: `${other.url}/there` }).end();
      return true;
    };
    const url = new URL(files.url);
    [url.username, url.password] = ['me', 's%3Acret'];
    const transport = new HttpTransport(url, quick);
    expect(transport.uri).toBe(files.url);
    expect(await readText(transport, 'here')).toBe('text');
    expect(await readText(transport, `${other.url}/there`)).toBe('text');
    expect(seen).toEqual([`Basic ${btoa('me:s:cret')}`, undefined, undefined]);
  });

  test.each([
    [401, 'store/cache-denied'],
    [407, 'store/cache-denied'],
    [418, 'store/cache-unreachable'],
  ])('that answers %d', async (status, code) => {
    const files = await serveFiles();
    files.trick = (_, response) => {
      response.writeHead(status).end();
      return true;
    };
    const transport = http(files);
    await expect(transport.exists('a')).rejects.toMatchObject({ code });
    await expect(transport.read('a')).rejects.toMatchObject({ code });
  });

  test('that hides what is not there is believed that it is not', async () => {
    const files = await serveFiles();
    files.trick = (_, response) => {
      response.writeHead(403).end();
      return true;
    };
    expect(await http(files).exists('a')).toBe(false);
    expect(await readText(http(files), 'a')).toBeUndefined();
  });

  test('that takes no uploads says so', async () => {
    const files = await serveFiles();
    files.trick = (request, response) => {
      request.resume();
      response.writeHead(405).end('read-only');
      return true;
    };
    await expect(http(files).write('a', Buffer.alloc(2_000_000), 'text/plain')).rejects.toMatchObject({
      code: 'store/cache-denied',
      message: expect.stringContaining('read-only'),
    });
  });

  test('that redirects for ever, or out of HTTP, is left', async () => {
    const files = await serveFiles();
    for (const location of ['/again', 'file:///etc/passwd', 'nonsense:']) {
      files.trick = (_, response) => {
        response.writeHead(301, { location }).end();
        return true;
      };
      await expect(readText(http(files), 'a')).rejects.toMatchObject({ code: 'store/cache-unreachable' });
    }
  });

  test('may compress what it sends', async () => {
    const { gzipSync } = await import('node:zlib');
    const files = await serveFiles();
    files.trick = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('some text'));
      return true;
    };
    expect(await readText(http(files), 'a')).toBe('some text');
  });

  test('is closed while it is asked: what waits ends', async () => {
    const files = await serveFiles();
    files.trick = () => true; // never answers
    const transport = http(files, { ...quick, patience: 20_000, connections: 1 });
    const asked = [readText(transport, 'a'), readText(transport, 'b')].map((text) => text.catch((error) => error.code));
    setTimeout(() => transport.close(), 50);
    expect(await Promise.all(asked)).toEqual(['store/cache-unreachable', 'store/cache-unreachable']);
  });
});
