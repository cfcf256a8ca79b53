/** The switch of a machine that runs, with a service manager in memory: its order, and the way back from each failure. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  abortAll,
  applyPlan,
  confirm,
  interruptedSwitch,
  listReports,
  planSwitchTo,
  recoverAtBoot,
  rollback,
  stageForBoot,
  switchTo,
  tryOut,
  unconfirmed,
} from '../../src/activate/index.ts';
import { setFaultHook } from '../../src/base/fault.ts';
import { removeTree } from '../../src/store/index.ts';
import {
  makeSystem,
  openScratch,
  putByHand,
  type Scratch,
  type SystemSpec,
  scratchFolder,
  snapshot,
} from './support.ts';
import { MemoryManager } from './units/memory-manager.ts';

const quick = { look: 1, rest: 2 };

function live(boot = 'first boot') {
  const root = scratchFolder();
  for (const folder of ['etc/systemd/system', 'home']) fs.mkdirSync(join(root, folder), { recursive: true });
  putByHand(root, { '/etc/group': 'root:x:0:\n' });
  const manager = new MemoryManager(root);
  const scratch = openScratch(root, { manager, pace: quick, boot, program: '/usr/bin/sysbuild' });
  return { ...scratch, manager };
}
type Live = ReturnType<typeof live>;

const units = (specs: Readonly<Record<string, string>>, more: Partial<SystemSpec> = {}): SystemSpec => ({
  units: Object.fromEntries(Object.entries(specs).map(([name, text]) => [name, `[Service]\n${text}\n`])),
  wanted: Object.keys(specs).map((name) => `multi-user.target/${name}`),
  ...more,
});

const go = (machine: Live, spec: SystemSpec, options = {}) =>
  switchTo(machine.machine, makeSystem(machine.store, spec), options);

test('in order: stop, files, read again, effects, reload, restart, start', async () => {
  const machine = live();
  await go(
    machine,
    units({
      'changes.service': 'A=1',
      'goes.service': 'A=1',
      'loads.service': 'A=1',
      'again.service': 'A=1\nX-StopIfChanged=no',
    }),
  );
  machine.manager.log.length = 0;
  const again = machine.manager.act.bind(machine.manager);
  machine.manager.act = (verb, names) => {
    if (names.length > 0)
      machine.manager.log.push(`(${fs.existsSync(join(machine.root, 'etc/new')) ? 'new' : 'old'} files)`);
    return again(verb, names);
  };
  await go(
    machine,
    units(
      {
        ...{ 'changes.service': 'A=2', 'loads.service': 'A=1\n[Unit]\nX-Reload-Triggers=1' },
        ...{ 'again.service': 'A=2\nX-StopIfChanged=no', 'comes.service': 'A=1' },
      },
      { files: { '/etc/new': 'new', '/etc/sysctl.d/x.conf': 'a=1', '/etc/tmpfiles.d/y.conf': 'd /x' } },
    ),
  );
  expect(machine.manager.log).toEqual([
    '(old files)',
    'stop changes.service goes.service',
    'read again',
    'effect sysctl restart systemd-sysctl.service',
    'effect tmpfiles --create /etc/tmpfiles.d/y.conf',
    '(new files)',
    'reload loads.service',
    '(new files)',
    'restart again.service',
    '(new files)',
    'start changes.service comes.service',
  ]);
});

test('the same again does nothing at all; what is not as declared is put right', async () => {
  const machine = live();
  const spec = units({ 'a.service': 'A=1' });
  await go(machine, spec);
  machine.manager.log.length = 0;
  expect(await go(machine, spec)).toMatchObject({ outcome: 'unchanged' });
  expect(machine.manager.log).toEqual([]);
  machine.manager.force('a.service', 'failed');
  expect(await go(machine, spec)).toMatchObject({ outcome: 'repaired' });
  expect(Object.keys(machine.manager.running())).toEqual(['a.service']);
});

describe('puts everything back when', () => {
  const before = units(
    { 'a.service': 'A=1', 'b.service': 'A=1', 'old.service': 'A=1' },
    { files: { '/etc/x': 'one' }, users: [] },
  );
  const next = (more: Partial<Record<string, string>>, spec: Partial<SystemSpec> = {}): SystemSpec =>
    units(
      {
        'a.service': 'A=2',
        'b.service': 'A=1\n[Unit]\nX-Reload-Triggers=1',
        'new.service': 'A=1',
        ...(more as object),
      },
      { files: { '/etc/x': 'two', '/etc/sysctl.d/y.conf': 'y=1' }, users: [{ name: 'ann', group: 'root' }], ...spec },
    );
  const probe = (kind: string, target: unknown) => ({ probes: [{ name: 'p', kind, target, timeout: 1 }] });
  test.each<[string, SystemSpec, string, ((machine: Live) => void)?]>([
    ['a unit does not start', next({ 'new.service': 'start-fails' }), 'start new.service: failed to start'],
    ['a changed unit does not start', next({ 'a.service': 'start-fails' }), 'start a.service: failed to start'],
    ['a unit hangs', next({ 'new.service': 'hangs' }), 'start new.service: the job did not end within 1 s'],
    ['a unit crashes a moment later', next({ 'new.service': 'crashes' }), 'units failed: new.service (failed)'],
    [
      'an effect cannot be applied',
      next({}),
      'sysctl could not be applied: no such key',
      (machine) => machine.manager.brokenEffects.add('sysctl'),
    ],
    ['a probe fails', next({}, probe('command', ['false'])), 'probes failed: p (it ended with 1)'],
    ['a program is not there', next({}, probe('command', ['/no/such'])), "the program '/no/such' is not installed"],
    ['nobody listens', next({}, probe('tcp', '127.0.0.1:1')), 'probes failed: p (connect ECONNREFUSED 127.0.0.1:1)'],
    ['nobody answers', next({}, probe('http', 'http://127.0.0.1:1/')), 'probes failed: p (connect ECONNREFUSED'],
    ['a unit is not active', next({}, probe('unit', 'other.service')), 'probes failed: p (it is inactive)'],
  ])('%s', async (_, spec, words, prepare) => {
    const machine = live();
    await go(machine, before);
    const [files, running] = [snapshot(machine.root), machine.manager.running()];
    prepare?.(machine);
    await expect(go(machine, spec)).rejects.toMatchObject({
      code: 'activate/reverted',
      message: expect.stringContaining(words),
    });
    expect(snapshot(machine.root)).toEqual(files);
    expect(machine.manager.running()).toEqual(running);
    expect(machine.machine.generations.list()).toMatchObject([{ number: 1, current: true }]);
    expect(interruptedSwitch(machine.machine)).toBeUndefined();
    expect(listReports(machine.machine.layout).at(-1)).toMatchObject({
      outcome: 'reverted',
      error: { code: 'activate/reverted' },
    });
  });

  test('a unit does not stop: nothing of the files was touched', async () => {
    const machine = live();
    await go(machine, units({ 'a.service': 'stop-fails', 'b.service': 'A=1' }));
    const running = machine.manager.running();
    await expect(go(machine, units({}))).rejects.toMatchObject({ message: expect.stringContaining('stop a.service') });
    expect(machine.manager.running()).toEqual(running);
  });

  test('nobody confirms; and not when somebody does', async () => {
    const machine = live();
    await go(machine, before);
    const running = machine.manager.running();
    const waiting = go(machine, next({}), { confirm: 1 });
    await expect(waiting).rejects.toMatchObject({ message: expect.stringContaining('nobody confirmed') });
    expect(machine.manager.running()).toEqual(running);
    const confirmed = go(machine, next({}), { confirm: 60 });
    while (unconfirmed(machine.machine.layout) === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(confirm(machine.machine.layout).generation).toBe(3);
    expect(await confirmed).toMatchObject({ outcome: 'switched', generation: 3 });
    expect(() => confirm(machine.machine.layout)).toThrow('no switch waits');
  });

  test('it is given up', async () => {
    const machine = live();
    await go(machine, before);
    const running = machine.manager.running();
    const waiting = go(machine, next({}), { confirm: 60 });
    const outcome = expect(waiting).rejects.toMatchObject({
      message: 'the switch was given up, and everything is as it was',
    });
    while (unconfirmed(machine.machine.layout) === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await abortAll(machine.machine)).toMatchObject({ asked: true, generation: 1 });
    await outcome;
    expect(machine.manager.running()).toEqual(running);
  });
});

test('units that are not well are kept and told when that is asked for', async () => {
  const machine = live();
  const report = await go(machine, units({ 'a.service': 'crashes', 'b.service': 'A=1' }), { revert: false });
  expect(report).toMatchObject({ outcome: 'switched', unwell: [expect.stringContaining('a.service')] });
});

test('what failed before and fails again is no reason to go back', async () => {
  const machine = live();
  await go(machine, units({ 'a.service': 'start-fails' }), { revert: false });
  const report = await go(machine, units({ 'a.service': 'start-fails', 'b.service': 'A=1' }));
  expect(report).toMatchObject({ outcome: 'switched', unwell: ['a.service: start failed to start'] });
});

describe('before the first change', () => {
  test('units that cannot be read are refused', async () => {
    const machine = live();
    machine.manager.problems = ['a.service: nonsense'];
    await expect(go(machine, units({ 'a.service': 'A=1' }))).rejects.toMatchObject({ code: 'activate/preflight' });
    expect(fs.readdirSync(join(machine.root, 'etc/systemd/system'))).toEqual([]);
  });
  test('what holds the machine back has the switch staged', async () => {
    const machine = live();
    machine.manager.held = ['backup'];
    expect(await go(machine, units({ 'a.service': 'A=1' }))).toMatchObject({
      outcome: 'staged',
      inhibitors: ['backup'],
    });
    expect(machine.manager.running()).toEqual({});
    expect(await go(machine, units({ 'a.service': 'A=1' }), { ignoreInhibitors: true })).toMatchObject({
      outcome: 'switched',
    });
    expect(machine.machine.generations.next()).toBeUndefined();
  });
  test('a service manager that does not answer ends it', async () => {
    const machine = live();
    await go(machine, units({ 'a.service': 'A=1' }));
    machine.manager.gone = true;
    await expect(go(machine, units({}))).rejects.toThrow('nobody answers');
    expect(interruptedSwitch(machine.machine)).toBeUndefined();
  });
});

describe('plans', () => {
  test('are carried out as they stand, or refused', async () => {
    const machine = live();
    await go(machine, units({ 'a.service': 'A=1' }, { files: { '/etc/x': 'one' } }));
    const plan = await planSwitchTo(machine.machine, makeSystem(machine.store, units({ 'a.service': 'A=2' })));
    machine.manager.force('a.service', 'failed');
    await expect(applyPlan(machine.machine, plan)).rejects.toMatchObject({
      code: 'activate/plan-refused',
      message: 'the machine has changed since the plan was made: units: a.service is otherwise',
    });
    machine.manager.force('a.service', 'active');
    putByHand(machine.root, { '/etc/x': 'edited' });
    await expect(applyPlan(machine.machine, plan)).rejects.toMatchObject({
      message: expect.stringContaining('/etc/x'),
    });
    putByHand(machine.root, { '/etc/x': 'one' });
    const report = await applyPlan(machine.machine, JSON.parse(JSON.stringify(plan)));
    expect(report).toMatchObject({ outcome: 'switched', plan: JSON.parse(JSON.stringify(plan)) });
  });
  test('say of every part why, in which realm, and who declared it', async () => {
    const machine = live();
    await go(machine, units({ 'a.service': 'A=1' }));
    const users = [{ name: 'ann', group: 'ann', system: true }];
    const spec = units(
      { 'a.service': 'A=2' },
      { users, groups: [{ name: 'ann', gid: 700 }], probes: [{ name: 'p', kind: 'tcp', target: 'a:1' }] },
    );
    const plan = await planSwitchTo(machine.machine, makeSystem(machine.store, spec));
    for (const part of [plan.files, plan.users, plan.units, plan.checks]) {
      expect(part.length).toBeGreaterThan(0);
      for (const entry of part) expect(entry).toMatchObject({ reason: expect.any(String), realm: expect.any(String) });
    }
    expect(plan).toMatchObject({ mounts: [], secrets: [], boot: null });
    expect(plan.users.map((step) => `${step.action} ${step.kind} ${step.id}`)).toEqual([
      'create group 700',
      'create user 700',
    ]);
  });
});

describe('until the next boot', () => {
  const [one, two] = [units({ 'a.service': 'A=1' }), units({ 'a.service': 'A=2', 'b.service': 'A=1' })];
  const arms = (root: string) => fs.existsSync(join(root, 'etc/systemd/system.attached/sysbuild-recover.service'));

  /** The same machine after another boot, early in it. */
  const booting = ({ root, store }: Scratch, manager: MemoryManager) =>
    openScratch(root, { store, manager, pace: quick, boot: 'second boot', booting: true, program: '/x' }).machine;

  test('a trial changes the machine and no generation, and ends with it', async () => {
    const machine = live();
    await go(machine, one);
    const before = snapshot(machine.root);
    expect(await tryOut(machine.machine, makeSystem(machine.store, two))).toMatchObject({
      outcome: 'on trial',
      generation: 1,
    });
    expect(Object.keys(machine.manager.running())).toEqual(['a.service', 'b.service']);
    expect(arms(machine.root)).toBe(true);
    expect(await abortAll(machine.machine)).toMatchObject({ trial: expect.any(String), generation: 1 });
    expect(Object.keys(machine.manager.running())).toEqual(['a.service']);
    expect(snapshot(machine.root)).toEqual(before);

    await tryOut(machine.machine, makeSystem(machine.store, two));
    const early = new MemoryManager(machine.root);
    expect(await recoverAtBoot(booting(machine, early))).toMatchObject({ trialEnded: { outcome: 'repaired' } });
    expect(snapshot(machine.root)).toEqual(before);
    expect(early.log).toEqual(['read again', 'continue boot']);
    expect(arms(machine.root)).toBe(false);
  });

  test('a trial that is then switched to becomes a generation', async () => {
    const machine = live();
    await go(machine, one);
    const system = makeSystem(machine.store, two);
    await tryOut(machine.machine, system);
    machine.manager.log.length = 0;
    expect(await switchTo(machine.machine, system)).toMatchObject({ outcome: 'switched' });
    expect(machine.manager.log).toEqual([]);
    expect(machine.machine.generations.trial()).toBeUndefined();
    expect(arms(machine.root)).toBe(false);
  });

  test('what is staged is taken over early in the boot', async () => {
    const machine = live();
    await go(machine, one);
    const before = snapshot(machine.root);
    expect(await stageForBoot(machine.machine, makeSystem(machine.store, two))).toMatchObject({
      outcome: 'staged',
      generation: 2,
    });
    expect(machine.manager.running()).toEqual({ 'a.service': '[Service]\nA=1\n' });
    const early = new MemoryManager(machine.root);
    expect(await recoverAtBoot(booting(machine, early))).toMatchObject({
      staged: { outcome: 'switched', generation: 2 },
    });
    expect(machine.machine.generations.currentNumber()).toBe(2);
    expect(early.log).toEqual(['read again', 'continue boot']);
    await rollback(machine.machine);
    expect(snapshot(machine.root)).toEqual(before);
  });

  test('what is staged can be given up', async () => {
    const machine = live();
    await go(machine, one);
    await stageForBoot(machine.machine, makeSystem(machine.store, two));
    expect(await abortAll(machine.machine)).toMatchObject({ staged: 2, generation: 1 });
    expect(arms(machine.root)).toBe(false);
  });

  test('a folder has no next boot', async () => {
    const scratch = openScratch(scratchFolder());
    await expect(stageForBoot(scratch.machine, makeSystem(scratch.store, one))).rejects.toMatchObject({
      code: 'activate/preflight',
    });
    scratch.store.close();
  });
});

test('a unit that somebody masked by hand stays masked', async () => {
  const machine = live();
  await go(machine, units({ 'a.service': 'A=1' }));
  putByHand(machine.root, { '/etc/systemd/system/a.service': { link: '/dev/null' } });
  const report = await go(machine, units({ 'a.service': 'A=2' }));
  expect(report.plan.left).toEqual([
    { path: '/etc/systemd/system/a.service', why: expect.stringContaining('masked by hand') },
  ]);
  expect(fs.readlinkSync(join(machine.root, 'etc/systemd/system/a.service'))).toBe('/dev/null');
});

test('an error at each step: the machine is in the old form, or in the new one, files and units alike', async () => {
  const old = units(
    { 'a.service': 'A=1', 'goes.service': 'A=1' },
    { files: { '/etc/x': 'one', '/etc/sysctl.d/s': '1' }, users: [{ name: 'old', group: 'root' }] },
  );
  const fresh = units(
    { 'a.service': 'A=2', 'comes.service': 'A=1' },
    { files: { '/etc/x': 'two', '/etc/sysctl.d/s': '2' }, users: [{ name: 'new', group: 'root', createHome: true }] },
  );
  for (let point = 1; ; point++) {
    const machine = live();
    await go(machine, old);
    const [files, running] = [snapshot(machine.root), machine.manager.running()];
    const system = makeSystem(machine.store, fresh);
    let passed = 0;
    let name = '';
    setFaultHook((hook) => {
      if (!hook.startsWith('activate/') || ++passed !== point) return;
      name = hook;
      throw new Error('the disk is on fire');
    });
    const outcome = await switchTo(machine.machine, system).then(
      () => 'done',
      (error: { code?: string }) => error.code ?? 'other',
    );
    setFaultHook(undefined);
    if (outcome === 'activate/reverted') {
      expect(snapshot(machine.root), name).toEqual(files);
      expect(machine.manager.running(), name).toEqual(running);
      expect(interruptedSwitch(machine.machine), name).toBeUndefined();
    }
    await switchTo(machine.machine, system);
    expect(Object.keys(machine.manager.running()), name).toEqual(['a.service', 'comes.service']);
    expect(machine.manager.running()['a.service'], name).toContain('A=2');
    machine.store.close();
    if (passed < point) break;
  }
}, 300_000);

test('whatever units are declared and however they misbehave: what runs is of one generation', async () => {
  const names = ['a.service', 'b.service', 'c.socket', 'd.timer'];
  const text = fc.constantFrom(
    'A=1',
    'A=2',
    'start-fails',
    'crashes',
    'A=3\nX-StopIfChanged=no',
    'A=4\nX-ReloadIfChanged=yes',
    'reload-fails',
  );
  const spec = fc.dictionary(fc.constantFrom(...names), text, { noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(spec, spec, async (before, after) => {
      const machine = live();
      try {
        await go(machine, units(before, { users: [] }), { revert: false });
        const [files, running] = [snapshot(machine.root), machine.manager.running()];
        const done = await go(machine, units(after, { users: [] })).then(
          (report) => report.outcome,
          () => 'failed',
        );
        if (done === 'failed') {
          expect(machine.manager.running()).toEqual(running);
          expect(snapshot(machine.root)).toEqual(files);
        } else expect(Object.keys(machine.manager.running()).every((name) => name in after)).toBe(true);
      } finally {
        machine.store.close();
        removeTree(machine.root);
      }
    }),
    { numRuns: 40 },
  );
}, 300_000);

test('a part that takes longer than its budget is undone', async () => {
  const machine = live();
  await go(machine, units({ 'a.service': 'A=1' }));
  const before = snapshot(machine.root);
  const slow = units({ 'a.service': 'A=2' }, { settings: { budgets: { phase: 0 } } });
  await expect(go(machine, slow)).rejects.toMatchObject({
    code: 'activate/reverted',
    details: { why: 'activate/budget' },
  });
  expect(snapshot(machine.root)).toEqual(before);
});
