/** A machine from its text to what runs on it: switched twice, compared, rolled back; as root and as an ordinary user. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runSync } from '../../src/base/process.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { example, root } from '../support/program.ts';
import { Place, snapshot, testAsEach } from './support.ts';

/** Our own records change with every run; what the machine consists of must not. */
const ours = (path: string): boolean => /^\/(nix\/|nix$|var\/lib\/sysbuild)/.test(path);

/** A copy of the example to change. */
function copyExample(place: Place): string {
  const copy = place.at('config');
  fs.cpSync(example, copy, { recursive: true });
  return copy;
}

function edit(file: string, from: string | RegExp, to: string): void {
  const text = fs.readFileSync(file, 'utf8');
  expect(text).toMatch(from);
  fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, text.replace(from, to));
}

interface Summary {
  readonly report: { readonly outcome: string; readonly generation: number };
  readonly system: string;
  readonly builds: { readonly built: number; readonly fetched: number; readonly reused: number };
}

async function switched(place: Place, machine: string, config: string, ...more: string[]): Promise<Summary> {
  return JSON.parse(await place.ok(['switch', config, '--root', machine, '--json', ...more])) as Summary;
}

testAsEach(
  'switch, change, compare, roll back',
  async (place) => {
    const machine = place.at('machine');
    const config = copyExample(place);
    const at = ['--root', machine];

    const first = await switched(place, machine, config);
    expect(first).toMatchObject({ report: { outcome: 'switched', generation: 1 }, builds: { fetched: 1 } });
    const before = snapshot(machine, ours);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['/etc/motd', '/etc/passwd', '/srv/www', '/root']));

    // The same again does nothing, and says so.
    const inode = fs.statSync(`${machine}/etc/motd`).ino;
    const again = await place.run(['switch', config, ...at]);
    expect(again.stdout).toContain('is generation 1 already, and everything is as declared: nothing was done');
    expect(fs.statSync(`${machine}/etc/motd`).ino).toBe(inode);
    expect(await switched(place, machine, config)).toMatchObject({
      report: { outcome: 'unchanged' },
      builds: { built: 0 },
    });

    // One page of the site changes: that page, the site and the system are built, and nothing else.
    edit(join(config, 'site/pages/about.txt'), /^title: .*/, 'title: Changed');
    const second = await switched(place, machine, config);
    expect(second).toMatchObject({ report: { outcome: 'switched', generation: 2 }, builds: { built: 3, fetched: 0 } });
    const diff = await place.ok(['diff', ...at]);
    expect(diff).toMatch(/^store {4}\+ .*-site {2}/m);
    expect(diff).toMatch(/^file {5}~ \/srv\/www/m);

    // A comment that changes no output: it is built, and what comes after it is not.
    edit(join(config, 'site/render.awk'), /^/, '# another comment\n');
    const third = await switched(place, machine, config);
    expect(third).toMatchObject({ report: { outcome: 'unchanged', generation: 2 }, system: second.system });
    expect(third.builds.built).toBeGreaterThan(0);

    // Back, byte for byte; and forward again.
    const changed = snapshot(machine, ours);
    expect(changed).not.toEqual(before);
    expect(await place.ok(['rollback', ...at])).toContain('is generation 1 again');
    expect(snapshot(machine, ours)).toEqual(before);
    await place.ok(['rollback', '2', ...at]);
    expect(snapshot(machine, ours)).toEqual(changed);

    // Numbers are never given twice.
    await place.ok(['rollback', '1', ...at]);
    edit(join(config, 'machine.nix'), 'first-machine"', 'third-machine"');
    expect(await switched(place, machine, config)).toMatchObject({ report: { generation: 3 } });
    const generations = JSON.parse(await place.ok(['generations', '--json', ...at])) as {
      number: number;
      current: boolean;
    }[];
    expect(generations.map(({ number, current }) => [number, current])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);

    // Every generation's closure survives a collection, and all bytes are as registered.
    await place.ok(['--store', machine, 'gc']);
    expect(await place.ok(['--store', machine, 'store', 'verify', '--check-contents'])).toBe('all is well\n');
    await place.ok(['rollback', '2', ...at]);
    expect(snapshot(machine, ours)).toEqual(changed);
  },
  240_000,
);

testAsEach(
  'real programs run on it, with its store read-only',
  async (place) => {
    const machine = place.at('machine');
    await place.ok(['switch', example, '--root', machine]);
    const enter = (...command: string[]) => place.run(['enter', machine, '--', ...command]);
    expect((await enter('cat', '/etc/motd')).stdout).toContain('Welcome to first-machine');
    expect((await enter('hostname')).stdout).toBe('first-machine\n');
    expect(await enter('sh', '-c', 'id -u; exit 7')).toMatchObject({ status: 7, stdout: '0\n' });
    const write = await enter('sh', '-c', 'echo x > /nix/store/x');
    expect(write.status).not.toBe(0);
    expect(write.stderr).toContain('Read-only file system');
    const serve = 'site-serve 127.0.0.1:18080 >/dev/null & sleep 1; wget -q -O - http://127.0.0.1:18080/; kill %1';
    expect((await enter('sh', '-c', serve)).stdout).toMatch(/<html/i);
  },
  120_000,
);

test('the summary names what exists and the three commands to try next', async () => {
  const place = new Place({ mirror: true });
  const machine = place.at('machine');
  const { stdout, stderr } = await place.run(['switch', example, '--root', machine], { cwd: root });
  expect(stderr).toContain('downloading');
  expect(
    stdout
      .replaceAll(place.folder, 'PLACE')
      .replaceAll(root, 'ROOT')
      .replace(/\w{32}-/, 'HASH-')
      .replace(/time( +).*/, 'time$1TIME'),
  ).toMatchInlineSnapshot(`
    "✓ first-machine at PLACE/machine is now generation 1
      system    /nix/store/HASH-system-first-machine
      files     9 declared, 12 places changed on disk
      packages  userland 1:1.35.0-4+deb12u1+b1, site-serve
      closure   13 paths, 2.1 MiB
      work      8 built, 1 fetched, 0 reused
      time      TIME

    Next:
      # change a line in examples/first-machine and switch again
      ROOT/bin/sysbuild switch ROOT/examples/first-machine --root PLACE/machine
      # then see what changed
      ROOT/bin/sysbuild diff --root PLACE/machine
      # and roll back
      ROOT/bin/sysbuild rollback --root PLACE/machine
    "
  `);
}, 300_000);

describe('stores', () => {
  test('built in one store, switched in another: the closure is copied', async () => {
    const place = new Place({ mirror: true });
    const machine = place.at('machine');
    const store = ['--store', place.at('store')];
    const summary = await switched(place, machine, example, ...store);
    expect(summary).toMatchObject({ report: { generation: 1 }, copied: expect.any(Number) });
    expect(fs.existsSync(machine + summary.system)).toBe(true);
    expect(await place.ok(['--store', machine, 'store', 'verify', '--check-contents'])).toBe('all is well\n');
    expect((await place.ok(['--store', machine, 'store', 'path-info'])).match(/\.drv$/m)).toBeNull();
  }, 300_000);

  oracleTest(
    'real Nix finds nothing to complain about in the store of a machine',
    async () => {
      const place = new Place({ mirror: true });
      const machine = place.at('machine');
      await place.ok(['switch', example, '--root', machine]);
      const verified = await oracle(['--store', join(machine, 'nix'), 'nix-store', '--verify', '--check-contents']);
      expect(verified).toMatchObject({ status: 0 });
      expect(verified.stderr).not.toMatch(/error|modified|missing|wrong/i);
    },
    120_000,
  );
});

describe('what goes wrong', () => {
  test('without --root nothing is guessed', async () => {
    const place = new Place();
    for (const verb of ['switch', 'rollback', 'generations', 'diff', 'status']) {
      const result = await place.run([verb], { cwd: example });
      expect(result, verb).toMatchObject({ status: 64, stdout: '' });
      expect(result.stderr, verb).toContain('--root DIR');
    }
  });

  test('a folder that is no machine is told so, and left as it is', async () => {
    const place = new Place();
    fs.mkdirSync(place.at('empty'));
    for (const verb of ['rollback', 'generations', 'diff', 'status', 'enter']) {
      expect(await place.run([verb, '--root', place.at('empty')]), verb).toMatchObject({ status: 64 });
    }
    expect(fs.readdirSync(place.at('empty'))).toEqual([]);
  });

  test.each([
    ['a syntax error', '{ environment.etc.x.text = ; }', 'syntax error'],
    ['an unknown option', '{ environment.ect.x.text = "1"; }', 'environment.ect'],
    ['a value of a wrong type', '{ networking.hostName = 1; }', 'networking.hostName'],
    ['a number', '1', 'is not a set, a function that returns one, or a path, but 1'],
  ])(
    '%s: a clear word, and no change',
    async (_, text, message) => {
      const place = new Place({ mirror: true });
      const machine = place.at('machine');
      fs.mkdirSync(machine);
      const file = place.write('machine.nix', text);
      const result = await place.run(['switch', file, '--root', machine]);
      expect(result).toMatchObject({ status: 1, stdout: '' });
      expect(result.stderr.toLowerCase()).toContain(message.toLowerCase());
      expect(result.stderr).not.toContain('bug in sysbuild');
      expect(fs.existsSync(join(machine, 'nix/var/nix/profiles/system'))).toBe(false);
    },
    120_000,
  );

  test('two switches at once: one is refused with a name, or waits with --wait', async () => {
    const place = new Place({ mirror: true });
    const machine = place.at('machine');
    const config = copyExample(place);
    await place.ok(['switch', config, '--root', machine]);
    const lock = runSyncLock(join(machine, 'var/lib/sysbuild/lock'));
    edit(join(config, 'machine.nix'), 'Welcome', 'Hello');
    const refused = await place.run(['switch', config, '--root', machine]);
    expect(refused).toMatchObject({ status: 75, stdout: '' });
    expect(refused.stderr).toContain('--wait');
    const waiting = place.start(['switch', config, '--root', machine, '--wait']);
    while (!waiting.output().includes('waiting for')) await sleep(50);
    lock.release();
    expect(await waiting.end).toMatchObject({ status: 0 });
    expect(waiting.output()).toContain('is now generation 2');
  }, 300_000);

  test('an edit of a managed file is found, and kept aside when it is put right', async () => {
    const place = new Place({ mirror: true });
    const machine = place.at('machine');
    await place.ok(['switch', example, '--root', machine]);
    expect(await place.run(['status', '--root', machine])).toMatchObject({ status: 0 });
    fs.appendFileSync(`${machine}/etc/motd`, 'my own line\n');
    const status = await place.run(['status', '--root', machine]);
    expect(status).toMatchObject({ status: 1, stdout: expect.stringContaining('/etc/motd') });
    const put = await place.ok(['switch', example, '--root', machine]);
    expect(put).toContain('what was not as declared has been put right');
    const kept = /kept {2}what was at \/etc\/motd is now (.*)/.exec(put)![1]!;
    expect(fs.readFileSync(kept, 'utf8')).toContain('my own line');
    expect(await place.run(['status', '--root', machine])).toMatchObject({ status: 0 });
  }, 300_000);

  testAsEach('a store folder without permission', async (place) => {
    if (process.geteuid?.() === 0 && fs.statSync(place.folder).uid === 0) return; // root may everything
    const machine = place.at('machine');
    fs.mkdirSync(machine, { mode: 0o555 });
    const result = await place.run(['switch', example, '--root', machine]);
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toContain('permission');
    expect(fs.readdirSync(machine)).toEqual([]);
  });

  test.runIf(process.geteuid?.() === 0)(
    'a full disk: a clear word; with room it goes on',
    async () => {
      const place = new Place({ mirror: true });
      const machine = place.at('machine');
      fs.mkdirSync(machine);
      const mounted = runSync('mount', ['-t', 'tmpfs', '-o', 'size=2500k', 'tmpfs', machine]);
      expect(mounted.status, mounted.stderr).toBe(0);
      try {
        const result = await place.run(['switch', example, '--root', machine]);
        expect(result).toMatchObject({ status: expect.any(Number), stdout: '' });
        expect([1, 100]).toContain(result.status);
        expect(result.stderr).toMatch(/disk|space/i);
        expect(result.stderr).not.toContain('bug in sysbuild');
        expect(runSync('mount', ['-o', 'remount,size=64m', machine]).status).toBe(0);
        await place.ok(['switch', example, '--root', machine]);
        expect(await place.ok(['--store', machine, 'store', 'verify', '--check-contents'])).toBe('all is well\n');
      } finally {
        runSync('umount', [machine]);
      }
    },
    120_000,
  );
});

/** Holds a lock as another process would: by util-linux's `flock`. */
function runSyncLock(path: string): { release(): void } {
  const fd = fs.openSync(path, 'r+');
  const result = runSync('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
  expect(result.status).toBe(0);
  return { release: () => fs.closeSync(fd) };
}
