/** Switch and rollback on real folders with a real store. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Phase, planSwitchTo, rollback, switchTo } from '../../src/activate/index.ts';
import { runSync } from '../../src/base/process.ts';
import { addTree, type FilesSpec, makeSystem, putByHand, type Scratch, scratchMachine, snapshot } from './support.ts';

const go = (scratch: Scratch, files: FilesSpec) => switchTo(scratch.machine, makeSystem(scratch.store, { files }));
const read = (scratch: Scratch, path: string): string => fs.readFileSync(join(scratch.root, path), 'utf8');

describe('a first switch', () => {
  test('makes files, links and folders as declared, and generation 1', async () => {
    const scratch = scratchMachine();
    const report = await go(scratch, {
      '/etc/motd': 'hello\n',
      '/etc/secret': { text: 'x', mode: '0600' },
      '/srv/www': { link: '/nix/store/somewhere' },
      '/root': { folder: '0700' },
    });
    expect(report).toMatchObject({ outcome: 'switched', generation: 1, saved: [] });
    expect(snapshot(scratch.root)).toEqual({
      '/etc': 'folder 755',
      '/etc/motd': 'file 644 hello\n',
      '/etc/secret': 'file 600 x',
      '/root': 'folder 700',
      '/srv': 'folder 755',
      '/srv/www': '-> /nix/store/somewhere',
    });
    expect(fs.readlinkSync(scratch.machine.layout.current)).toBe('generation-1');
    expect(fs.readlinkSync(join(scratch.machine.layout.profile, 'generation-1'))).toBe(report.system);
  });

  test('leaves no trace of its work beside the files', async () => {
    const scratch = scratchMachine();
    putByHand(scratch.root, { '/etc/motd': 'theirs' });
    await go(scratch, { '/etc/motd': 'ours' });
    expect(fs.readdirSync(join(scratch.root, 'etc'))).toEqual(['motd']);
    expect(fs.existsSync(scratch.machine.layout.journal)).toBe(false);
  });

  test('spreads a folder of the store into real files', async () => {
    const scratch = scratchMachine();
    const source = addTree(scratch.store, 'tree', { a: 'A', 'in/b': { program: 'B' }, c: { link: 'a' } });
    await go(scratch, { '/opt/tree': { source, mode: '0640' } });
    expect(snapshot(scratch.root)).toMatchObject({
      '/opt/tree': 'folder 750',
      '/opt/tree/a': 'file 640 A',
      '/opt/tree/in/b': 'file 750 B',
      '/opt/tree/c': '-> a',
    });
  });

  test('gives files their owners when it may', async () => {
    const scratch = scratchMachine({ owners: true });
    if (process.geteuid?.() !== 0) return expect(scratch.machine.owners).toBe(true);
    await go(scratch, {
      '/etc/passwd': 'www:x:33:34::/:/bin/false\n',
      '/etc/group': 'web:x:44:\n',
      '/etc/page': { text: 'x', user: 'www', group: 'web' },
    });
    expect(fs.statSync(join(scratch.root, 'etc/page'))).toMatchObject({ uid: 33, gid: 44 });
  });
});

describe('the same system again', () => {
  test('does nothing and says so', async () => {
    const scratch = scratchMachine();
    await go(scratch, { '/etc/motd': 'hello' });
    const before = fs.statSync(join(scratch.root, 'etc/motd'));
    expect(await go(scratch, { '/etc/motd': 'hello' })).toMatchObject({ outcome: 'unchanged', generation: 1 });
    expect(fs.statSync(join(scratch.root, 'etc/motd'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(scratch.machine.generations.list()).toHaveLength(1);
  });

  test('puts right what is not as declared, without a new generation', async () => {
    const scratch = scratchMachine();
    await go(scratch, { '/etc/a': 'a', '/etc/b': 'b', '/etc/c': 'c' });
    fs.rmSync(join(scratch.root, 'etc/a'));
    fs.chmodSync(join(scratch.root, 'etc/b'), 0o600);
    fs.writeFileSync(join(scratch.root, 'etc/c'), 'edited');
    const report = await go(scratch, { '/etc/a': 'a', '/etc/b': 'b', '/etc/c': 'c' });
    expect(report).toMatchObject({ outcome: 'repaired', generation: 1 });
    expect(report.plan.files.map((step) => [step.path, step.reason])).toEqual([
      ['/etc/a', 'was missing'],
      ['/etc/b', 'attributes changed'],
      ['/etc/c', 'was edited'],
    ]);
    expect(report.saved.map((saved) => [saved.path, saved.why, fs.readFileSync(saved.place, 'utf8')])).toEqual([
      ['/etc/c', 'edited', 'edited'],
    ]);
    expect(read(scratch, 'etc/c')).toBe('c');
  });
});

describe('a second generation', () => {
  test('replaces, removes and adds; a rollback restores byte for byte', async () => {
    const scratch = scratchMachine();
    await go(scratch, { '/etc/keep': 'k', '/etc/change': 'one', '/etc/gone/deep': 'g', '/srv': { folder: '0711' } });
    const first = snapshot(scratch.root);
    await go(scratch, { '/etc/keep': 'k', '/etc/change': { text: 'two', mode: '0600' }, '/etc/new/x': 'n' });
    const second = snapshot(scratch.root);
    expect(second).toEqual({
      '/etc': 'folder 755',
      '/etc/keep': 'file 644 k',
      '/etc/change': 'file 600 two',
      '/etc/new': 'folder 755',
      '/etc/new/x': 'file 644 n',
    });
    expect(await rollback(scratch.machine)).toMatchObject({ outcome: 'switched', generation: 1 });
    expect(snapshot(scratch.root)).toEqual(first);
    expect(await rollback(scratch.machine, 2)).toMatchObject({ generation: 2 });
    expect(snapshot(scratch.root)).toEqual(second);
  });

  test('numbers go on after a rollback and are never given twice', async () => {
    const scratch = scratchMachine();
    await go(scratch, { '/etc/a': '1' });
    await go(scratch, { '/etc/a': '2' });
    await rollback(scratch.machine);
    expect(await go(scratch, { '/etc/a': '3' })).toMatchObject({ generation: 3 });
    fs.rmSync(join(scratch.machine.layout.profile, 'generation-3'));
    scratch.machine.generations.select(1);
    expect(await go(scratch, { '/etc/a': '4' })).toMatchObject({ generation: 4 });
    expect(scratch.machine.generations.list().map((generation) => generation.number)).toEqual([1, 2, 4]);
  });

  test('turns a link into a folder with files, and back', async () => {
    const scratch = scratchMachine();
    await go(scratch, { '/srv/www': { link: '/nix/store/elsewhere' } });
    const first = snapshot(scratch.root);
    await go(scratch, { '/srv/www/index.html': 'page' });
    expect(snapshot(scratch.root)).toMatchObject({ '/srv/www': 'folder 755', '/srv/www/index.html': 'file 644 page' });
    await rollback(scratch.machine);
    expect(snapshot(scratch.root)).toEqual(first);
  });

  test('keeps what somebody else put into a folder of ours', async () => {
    const scratch = scratchMachine();
    await go(scratch, { '/srv/app/conf': 'c', '/srv/logs': { folder: '0755' } });
    putByHand(scratch.root, { '/srv/app/data': 'theirs', '/srv/logs/today': 'log' });
    await go(scratch, { '/etc/x': 'x' });
    expect(snapshot(scratch.root)).toMatchObject({
      '/srv/app/data': 'file 644 theirs',
      '/srv/logs/today': 'file 644 log',
    });
    expect(snapshot(scratch.root)).not.toHaveProperty('/srv/app/conf');
  });
});

describe('bytes that are not ours', () => {
  test('are kept under a number, and come back when the place is free again', async () => {
    const scratch = scratchMachine();
    putByHand(scratch.root, { '/etc/motd': 'theirs', '/etc/link': { link: 'over/there' }, '/etc/folder/x': 'inside' });
    const original = snapshot(scratch.root);
    const report = await go(scratch, { '/etc/motd': 'ours', '/etc/link': 'ours', '/etc/folder': 'ours' });
    expect(report.saved.map((saved) => [saved.number, saved.path, saved.why])).toEqual([
      [1, '/etc/folder', 'foreign'],
      [2, '/etc/link', 'foreign'],
      [3, '/etc/motd', 'foreign'],
    ]);
    await go(scratch, {});
    expect(snapshot(scratch.root)).toEqual(original);
    expect(fs.readdirSync(scratch.machine.layout.backups)).toEqual([]);
  });

  test('that are just as declared are adopted', async () => {
    const scratch = scratchMachine();
    putByHand(scratch.root, { '/etc/motd': 'same' });
    const report = await go(scratch, { '/etc/motd': 'same' });
    expect(report.plan).toMatchObject({ files: [], adopted: ['/etc/motd'] });
  });

  test('edits of a file that goes away are kept', async () => {
    const scratch = scratchMachine();
    await go(scratch, { '/etc/motd': 'ours' });
    putByHand(scratch.root, { '/etc/motd': 'edited' });
    const report = await go(scratch, {});
    expect(report.saved).toHaveLength(1);
    expect(fs.readFileSync(report.saved[0]!.place, 'utf8')).toBe('edited');
    expect(snapshot(scratch.root)).not.toHaveProperty('/etc/motd');
  });

  test('a folder that took the place of a file that goes away is left', async () => {
    const scratch = scratchMachine();
    await go(scratch, { '/etc/motd': 'ours' });
    fs.rmSync(join(scratch.root, 'etc/motd'));
    putByHand(scratch.root, { '/etc/motd/inside': 'theirs' });
    const report = await go(scratch, {});
    expect(report.plan.left).toEqual([{ path: '/etc/motd', why: 'a folder is there now, which is not ours' }]);
    expect(read(scratch, 'etc/motd/inside')).toBe('theirs');
  });
});

describe('links of the machine', () => {
  test('are followed inside the root and never out of it', async () => {
    const scratch = scratchMachine();
    fs.mkdirSync(join(scratch.root, 'usr/bin'), { recursive: true });
    putByHand(scratch.root, { '/bin': { link: 'usr/bin' }, '/conf': { link: '/usr' } });
    await go(scratch, { '/bin/tool': 'tool', '/conf/etc/x': 'x' });
    expect(read(scratch, 'usr/bin/tool')).toBe('tool');
    expect(read(scratch, 'usr/etc/x')).toBe('x');
  });

  test('that lead into the store are refused', async () => {
    const scratch = scratchMachine();
    putByHand(scratch.root, { '/conf': { link: '/nix/store' } });
    await expect(go(scratch, { '/conf/x': 'x' })).rejects.toMatchObject({ code: 'activate/path' });
  });
});

describe('what cannot be done', () => {
  test('a device or socket in the way is refused before anything is changed', async () => {
    const scratch = scratchMachine();
    fs.mkdirSync(join(scratch.root, 'etc'));
    runSync('mkfifo', [join(scratch.root, 'etc/pipe')]);
    await expect(go(scratch, { '/etc/a': 'a', '/etc/pipe': 'x' })).rejects.toMatchObject({
      code: 'activate/in-the-way',
    });
    expect(scratch.machine.generations.list()).toEqual([]);
    expect(fs.readdirSync(join(scratch.root, 'etc'))).toEqual(['pipe']);
  });

  test('an owner that nobody knows', async () => {
    await expect(go(scratchMachine(), { '/etc/a': { text: 'a', user: 'nemo' } })).rejects.toMatchObject({
      code: 'activate/unresolvable',
      message: "the user 'nemo' of '/etc/a' is not in the machine's /etc/passwd",
    });
  });

  test('a path that is no system', async () => {
    const scratch = scratchMachine();
    const path = scratch.store.addText('note', 'not a system', []);
    await expect(switchTo(scratch.machine, path)).rejects.toMatchObject({ code: 'activate/manifest' });
  });

  test('no older generation, or an unknown one', async () => {
    const scratch = scratchMachine();
    await expect(rollback(scratch.machine)).rejects.toMatchObject({ code: 'activate/no-generation' });
    await go(scratch, { '/etc/a': 'a' });
    await expect(rollback(scratch.machine)).rejects.toMatchObject({ code: 'activate/no-generation' });
    await expect(rollback(scratch.machine, 7)).rejects.toMatchObject({ hint: 'there are 1' });
  });
});

describe('phases around the files', () => {
  const record = (log: string[], failing?: string): Phase => {
    const enter = (what: string) => (): Promise<void> => {
      log.push(what);
      return what === failing ? Promise.reject(new Error('the service is not healthy')) : Promise.resolve();
    };
    return {
      ...{ name: 'test', beforeFiles: enter('before'), afterFiles: enter('after') },
      ...{ beforeUndo: enter('before undo'), afterUndo: enter('after undo') },
    };
  };

  test('come before and after, and then the generation is current', async () => {
    const log: string[] = [];
    await go(scratchMachine({ phases: [record(log)] }), { '/etc/a': 'a' });
    expect(log).toEqual(['before', 'after']);
  });

  test('that fail put everything back, and the number is not given again', async () => {
    const log: string[] = [];
    const scratch = scratchMachine();
    putByHand(scratch.root, { '/etc/theirs': 'theirs' });
    await go(scratch, { '/etc/a': 'a', '/etc/b/c': 'c' });
    const before = snapshot(scratch.root);
    const failing = { ...scratch.machine, phases: [record(log, 'after')] };
    const system = makeSystem(scratch.store, { files: { '/etc/a': 'A', '/etc/d/e': 'e', '/etc/theirs': 'ours' } });
    await expect(switchTo(failing, system)).rejects.toMatchObject({
      code: 'activate/reverted',
      message: 'the switch failed and was undone: the service is not healthy',
    });
    expect(log).toEqual(['before', 'after', 'before undo', 'after undo']);
    expect(snapshot(scratch.root)).toEqual(before);
    expect(scratch.machine.generations.list()).toMatchObject([{ number: 1, current: true }]);
    expect(await switchTo(scratch.machine, system)).toMatchObject({ generation: 3 });
  });
});

test('a plan changes nothing, and is what the switch then carries out', async () => {
  const scratch = scratchMachine();
  putByHand(scratch.root, { '/etc/motd': 'theirs' });
  const system = makeSystem(scratch.store, { files: { '/etc/motd': 'ours', '/srv/x': 'x' } });
  const before = snapshot(scratch.root);
  const plan = await planSwitchTo(scratch.machine, system);
  expect(snapshot(scratch.root)).toEqual(before);
  expect(fs.existsSync(scratch.machine.layout.state)).toBe(false);
  expect((await switchTo(scratch.machine, system)).plan).toEqual(plan);
});
