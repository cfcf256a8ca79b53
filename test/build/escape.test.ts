/** Attempts to get out of the sandbox, each of which must fail, as root and as an ordinary user. */
import * as fs from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, runSync } from '../../src/base/process.ts';
import { busyboxTree } from '../support/busybox.ts';
import { commandLines } from '../support/processes.ts';
import { attempts } from './escape/attempts.ts';
import { type Outside, runAttempts } from './escape/run.ts';
import { Scratch } from './support.ts';

const child = new URL('./escape/child.ts', import.meta.url).pathname;
const checkout = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
let scratch: Scratch;
let server: Server;
let connections = 0;
let canary: number;

beforeAll(async () => {
  process.env['CANARY'] = 'CANARY of the caller';
  scratch = new Scratch();
  fs.writeFileSync(join(scratch.folder, 'canary'), '');
  canary = fs.openSync(join(scratch.folder, 'canary'), 'r');
  server = createServer((socket) => {
    connections += 1;
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
});
afterAll(() => {
  server.close();
  fs.closeSync(canary);
  scratch.remove();
});

const address = (): string =>
  Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address ?? '127.0.0.1';

const outside = (): Outside => ({
  pid: process.pid,
  port: (server.address() as { port: number }).port,
  address: address(),
});

test('each attempt is held back', async () => {
  expect(await runAttempts(scratch, outside())).toEqual(attempts.map(({ tries }) => `${tries}: held`));
  expect(connections).toBe(0);
});

test('each attempt is held back from an ordinary user too', async () => {
  if (process.getuid!() !== 0) return; // The test before was one of an ordinary user.
  const folder = fs.mkdtempSync(join(tmpdir(), 'build-user-'));
  try {
    fs.cpSync(busyboxTree(), join(folder, 'cache/sysbuild-tests/busybox-tree'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    fs.chownSync(folder, 65534, 65534);
    // The checkout may lie where this user cannot go, so it is shown at a place where they can.
    const seen = join(folder, 'checkout');
    fs.mkdirSync(seen);
    const at = (path: string): string => path.replace(checkout, seen);
    const script =
      'mount --bind "$1" "$2"; cd "$3"; shift 3; exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"';
    const words = ['--mount', 'sh', '-ec', script, 'sh', checkout, seen, folder];
    words.push(at(process.execPath), at(child), JSON.stringify(outside()));
    const env = { ...process.env, TMPDIR: folder, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
    const result = await run('unshare', words, { cwd: folder, env });
    expect(result.stderr).toBe('');
    expect(JSON.parse(result.stdout)).toEqual(attempts.map(({ tries }) => `${tries}: held`));
    expect(connections).toBe(0);
  } finally {
    runSync('rm', ['-rf', folder]);
  }
});

describe('what a builder leaves', () => {
  test('daemons end with it', async () => {
    const mark = `47${process.pid}`;
    const drvPath = scratch.derivation({
      name: 'daemon',
      script: `(setsid sleep ${mark} >/dev/null 2>&1 &); (trap "" TERM HUP; sleep ${mark}) & echo > $out`,
    });
    await scratch.build(drvPath);
    expect(commandLines().filter((line) => line.includes(`sleep ${mark}`))).toEqual([]);
  });

  test('files that stay open are not written any more', async () => {
    const drvPath = scratch.derivation({
      name: 'writer',
      script: 'echo first > $out; (while :; do echo more; done >> $out) & sleep 0.1',
    });
    const out = await scratch.out(drvPath);
    const size = fs.statSync(out).size;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(fs.statSync(out).size).toBe(size);
  });

  test('it is gone before its outputs are looked at, and before its folder is removed, however it ended', async () => {
    // It holds no output of the builder open: only its end tells that it is gone.
    const flood = '(cd /build; while :; do echo x >> f; mkdir -p d/$RANDOM; echo y >> $out; done) >/dev/null 2>&1 &';
    for (const end of ['exit 0', 'exit 1', 'sleep 60']) {
      const drvPath = scratch.derivation({ name: 'flood', script: `echo > $out; ${flood} sleep 0.2; ${end}` });
      const result = await scratch.build(drvPath, { keepGoing: true, timeout: 2 });
      expect(result.failures.length).toBe(end === 'exit 0' ? 0 : 1);
      expect(scratch.leftovers()).toEqual([]);
    }
    expect(await scratch.store.verify({ checkContents: true })).toEqual([]);
  });

  test('a link as an output is kept as a link, and nothing behind it is touched', async () => {
    const target = join(scratch.folder, 'target');
    fs.writeFileSync(target, 'untouched');
    fs.chmodSync(target, 0o640);
    const drvPath = scratch.derivation({ name: 'link', env: { target }, script: 'ln -s $target $out' });
    expect(fs.readlinkSync(await scratch.out(drvPath))).toBe(target);
    expect(fs.statSync(target).mode & 0o777).toBe(0o640);
    expect(fs.readFileSync(target, 'utf8')).toBe('untouched');
  });

  test('what it puts beside its outputs is not taken', async () => {
    const drvPath = scratch.derivation({
      name: 'beside',
      script: 'echo > $out; echo evil > /nix/store/00000000000000000000000000000000-evil; mkdir /nix/store/.links',
    });
    await scratch.build(drvPath);
    expect(fs.readdirSync(scratch.store.realStoreDir).filter((name) => name.includes('evil'))).toEqual([]);
    expect(scratch.leftovers()).toEqual([]);
  });

  test('folders that cannot be entered are removed all the same', async () => {
    const drvPath = scratch.derivation({
      name: 'locked',
      script: 'mkdir -p a/b/c; echo > a/b/c/d; chmod 0 a/b/c a/b a; echo > $out',
    });
    await scratch.build(drvPath);
    expect(scratch.leftovers()).toEqual([]);
  });
});

test('what a builder does to its device nodes stays with it', async () => {
  const mode = (): number => fs.statSync('/dev/null').mode;
  const before = mode();
  const drvPath = scratch.derivation({ name: 'devices', script: 'chmod 600 /dev/null /dev/zero || :; echo > $out' });
  await scratch.build(drvPath);
  expect(mode()).toBe(before);
  expect(before & 0o666).toBe(0o666);
});

test('the sandbox is the same for root and for others: ids, names, limits', async () => {
  const script =
    'id; hostname; umask; pwd; ls -A / | tr "\\n" " "; echo; date +%Z; ls -A /tmp /build | wc -l; ulimit -c; cat /etc/passwd';
  const drvPath = scratch.derivation({ name: 'identity', script: `(${script}) > $out` });
  // Only root can drop the supplementary groups of the caller; those of an ordinary user are one and nobody's.
  const seen = fs.readFileSync(await scratch.out(drvPath), 'utf8');
  expect(process.getuid!() === 0 ? seen : seen.replace(/ groups=.*/, '')).toBe(
    [
      'uid=1000(nixbld) gid=100(nixbld)',
      'localhost',
      '0022',
      '/build',
      'build dev etc nix proc tmp ',
      'UTC',
      '3',
      '0',
      'root:x:0:0:Nix build user:/build:/noshell',
      'nixbld:x:1000:100:Nix build user:/build:/noshell',
      'nobody:x:65534:65534:Nobody:/:/noshell',
      '',
    ].join('\n'),
  );
});
