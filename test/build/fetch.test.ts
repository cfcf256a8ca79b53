/** `builtin:fetchurl` against a real server with every fault, and the mirrors that it is given. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BuildOptions } from '../../src/build/index.ts';
import { formatHash, type StorePath } from '../../src/formats/index.ts';
import { dumpNarSync, hashPath } from '../../src/store/index.ts';
import { FaultyServer } from './server.ts';
import { failing, type Recipe, Scratch, sha256 } from './support.ts';

let scratch: Scratch;
let server: FaultyServer;
beforeEach(async () => {
  scratch = new Scratch();
  server = await FaultyServer.start();
});
afterEach(() => {
  server.stop();
  expect(scratch.leftovers()).toEqual([]);
  scratch.remove();
});

const content = 'the right content\n';
const quick: BuildOptions = { fetch: { patience: 300, retries: 2, delay: 1 } };

function fetching(env: Recipe['env'], fixed: Recipe['fixed'] = { method: 'flat', hash: sha256(content) }): StorePath {
  return scratch.derivation({ name: 'file', builder: 'builtin:fetchurl', system: 'builtin', fixed: fixed!, env: env! });
}

const failure = (env: Recipe['env'], options: BuildOptions = {}): ReturnType<typeof failing> => {
  const fixed = { method: 'flat' as const, hash: sha256('what nobody has') };
  return failing(scratch.build(fetching(env, fixed), { ...quick, ...options }));
};

test('a file is fetched, shown with its progress, and not fetched again', async () => {
  const url = server.on('/file', (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.end(content);
  });
  const drvPath = fetching({ url });
  const path = await scratch.path(drvPath);
  expect(fs.readFileSync(scratch.store.realPath(path), 'utf8')).toBe(content);
  expect(scratch.sink.started('fetch')).toEqual([drvPath]);
  expect(scratch.sink.events).toContainEqual(
    expect.objectContaining({ type: 'progress', done: content.length, total: content.length, unit: 'bytes' }),
  );
  await scratch.build(drvPath);
  expect(server.requests).toEqual(['/file']);
});

test('the second URL is used where the first fails; nothing is asked for twice where that is of no use', async () => {
  const urls = `${server.url}/nowhere ${server.file('/file', content)}`;
  await scratch.build(fetching({ urls }), quick);
  expect(server.requests).toEqual(['/nowhere', '/file']);
  expect(scratch.sink.log).toContain(`${server.url}/nowhere: 404 Not Found`);
});

test('redirections are followed, but not for ever', async () => {
  server.file('/real', content);
  const url = server.on('/moved', (_, response) => response.writeHead(302, { location: '/real' }).end());
  await scratch.build(fetching({ url }));
  server.on('/round', (_, response) => response.writeHead(301, { location: `${server.url}/round` }).end());
  expect((await failure({ url: `${server.url}/round` })).message).toContain('redirected more than 10 times');
  server.on('/odd', (_, response) => response.writeHead(301, { location: 'ftp://example.org/' }).end());
  expect((await failure({ url: `${server.url}/odd` })).message).toContain("redirected to 'ftp://example.org/'");
});

test('bytes arrive as they stand on the server, whatever it says of their encoding', async () => {
  const url = server.on('/file', (request, response) => {
    expect(request.headers['accept-encoding']).toBe('identity');
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(content);
  });
  expect(fs.readFileSync(await scratch.out(fetching({ url })), 'utf8')).toBe(content);
});

describe('failures', () => {
  test('a wrong hash: both, and where it came from', async () => {
    const url = server.file('/file', 'something else');
    const error = await failure({ url });
    expect(error.code).toBe('build/hash-mismatch');
    expect(error.message).toContain(`specified: ${formatHash(sha256('what nobody has'), 'sri')}`);
    expect(error.message).toContain(`got: ${formatHash(sha256('something else'), 'sri')}`);
    expect(error.message).toContain(`from: ${url}`);
    expect(scratch.store.allPaths().filter((path) => path.endsWith('-file'))).toEqual([]);
  });

  test('a wrong hash from one source does no harm when another has the right one', async () => {
    await scratch.build(fetching({ urls: `${server.file('/bad', 'bad')} ${server.file('/good', content)}` }));
    expect(server.requests).toEqual(['/bad', '/good']);
  });

  test('a server that fails now and then is asked again', async () => {
    let times = 0;
    const url = server.on('/file', (_, response) => {
      times += 1;
      if (times < 3) response.writeHead(503).end();
      else response.end(content);
    });
    await scratch.build(fetching({ url }), quick);
    expect(times).toBe(3);
    times = -100;
    const error = await failure({ url });
    expect(error.message).toContain(`${url}: 503 Service Unavailable`);
    expect(times).toBe(-97);
  });

  test('a body that is cut off', async () => {
    const url = server.on('/file', (_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write(content);
      setTimeout(() => response.destroy(), 20);
    });
    const error = await failure({ url });
    expect(error.code).toBe('build/fetch-failed');
    expect(error.message).toContain('closed the connection too early');
  });

  test('a server that never answers, and one that stops in the middle', async () => {
    const url = server.on('/silent', () => {});
    expect((await failure({ url }, { fetch: { patience: 100, retries: 0 } })).message).toMatch(
      /no answer from .* within 100ms/,
    );
    const half = server.on('/half', (_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write(content);
    });
    expect((await failure({ url: half }, { fetch: { patience: 100, retries: 0 } })).message).toMatch(/no answer from/);
  });

  test('no server, no host', async () => {
    expect((await failure({ url: 'http://127.0.0.1:9/file' })).message).toContain('127.0.0.1:9 refuses connections');
    const error = await failure({ url: 'http://no-such-host.invalid/file' });
    expect(error.message).toMatch(/no-such-host\.invalid cannot be (found|looked up)/);
  });

  test('an interruption in the middle', async () => {
    const controller = new AbortController();
    const url = server.on('/slow', (_, response) => {
      response.write(content);
      setTimeout(() => controller.abort(), 50);
    });
    const error = await failing(scratch.build(fetching({ url }), { signal: controller.signal }));
    expect(error.code).toBe('build/cancelled');
  });

  test('what is no URL, and what is no fixed output', async () => {
    expect((await failure({ url: 'gopher://example.org/' })).code).toBe('build/unsupported');
    expect((await failure({})).message).toContain("needs the attribute 'url'");
    const floating = scratch.derivation({ builder: 'builtin:fetchurl', kind: 'floating', env: { url: 'http://x' } });
    expect((await failing(scratch.build(floating))).message).toContain('must have a fixed output');
  });
});

describe('mirrors', () => {
  test('are tried in order', async () => {
    server.file('/b/pool/file', content);
    const mirrors = { debian: [`${server.url}/a/`, `${server.url}/b`] };
    await scratch.build(fetching({ url: 'mirror://debian/pool/file' }), { ...quick, mirrors });
    expect(server.requests).toEqual(['/a/pool/file', '/b/pool/file']);
  });

  test('that dropped a version: every URL with its reason, the setting, and what renews the pin', async () => {
    const mirrors = { debian: [`${server.url}/a`, 'http://127.0.0.1:9/b'] };
    const error = await failure({ url: 'mirror://debian/pool/file' }, { mirrors });
    expect(error.message).toContain(`${server.url}/a/pool/file: 404 Not Found`);
    expect(error.message).toContain('http://127.0.0.1:9/b/pool/file: 127.0.0.1:9 refuses connections');
    expect(error.message).toContain("'mirror-debian'");
    expect(error.hint).toContain('may have been dropped');
    expect(error.hint).toContain('sysbuild pin debian NAME');
    const pinned = await failure({ url: 'mirror://debian/pool/file', pinHint: 'Run: pin it again.' }, { mirrors });
    expect(pinned.hint).toMatch(/Run: pin it again\.$/);
  });

  test('that are not known', async () => {
    const error = await failure({ url: 'mirror://debian/pool/file' });
    expect(error.message).toContain("no mirror is known for 'mirror://debian/pool/file'");
    expect(error.hint).toContain("'mirror-debian'");
  });
});

describe('kinds of content', () => {
  test('a file of this machine', async () => {
    const file = join(scratch.folder, 'a file');
    fs.writeFileSync(file, content);
    await scratch.build(fetching({ url: `file://${scratch.folder}/a%20file` }));
  });

  test('a file of this machine that is not there', async () => {
    expect((await failure({ url: 'file:///no/such' })).message).toContain('file:///no/such: no such file');
    expect((await failure({ url: 'file:///tmp' })).message).toContain('not a regular file');
  });

  test('an executable', async () => {
    const example = join(scratch.folder, 'example');
    fs.writeFileSync(example, content, { mode: 0o755 });
    const url = server.file('/file', content);
    const drvPath = fetching({ url, executable: '1' }, { method: 'nar', hash: hashPath(example).hash });
    expect(fs.statSync(await scratch.out(drvPath)).mode & 0o777).toBe(0o555);
  });

  test('an archive', async () => {
    const tree = join(scratch.folder, 'tree');
    fs.mkdirSync(tree);
    fs.writeFileSync(join(tree, 'a'), content);
    const chunks: Buffer[] = [];
    dumpNarSync(tree, (chunk) => chunks.push(Buffer.from(chunk)));
    const url = server.file('/tree.nar', Buffer.concat(chunks));
    const drvPath = fetching({ url, unpack: '1' }, { method: 'nar', hash: hashPath(tree).hash });
    expect(fs.readFileSync(join(await scratch.out(drvPath), 'a'), 'utf8')).toBe(content);
  });

  test('URLs in structured attributes', async () => {
    const json = JSON.stringify({ urls: [`${server.url}/no`, server.file('/file', content)] });
    const drvPath = scratch.derivation({
      name: 'file',
      builder: 'builtin:fetchurl',
      fixed: { method: 'flat', hash: sha256(content) },
      json,
    });
    await scratch.build(drvPath);
    expect(server.requests).toEqual(['/no', '/file']);
  });
});
