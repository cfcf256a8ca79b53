/** The rules of the plan, one row each, and whole plans as texts. */

import { describe, expect, test } from 'vitest';
import { describePlan } from '../../src/activate/describe.ts';
import type { FilePlan, SwitchPlan } from '../../src/activate/plan-values.ts';
import { type PlanInput, planFiles } from '../../src/activate/switch-plan.ts';
import type { Desired, DesiredEntry, Observed } from '../../src/activate/tree-state.ts';
import { expectGolden } from '../support/golden.ts';

const owner = { uid: 0, gid: 0 };
const file = (digest: string, mode = 0o644): Desired => ({
  kind: 'file',
  digest,
  size: 1,
  source: '/s',
  mode,
  ...owner,
});
const link = (target: string): Desired => ({ kind: 'symlink', target });
const folder = (mode = 0o755): Desired => ({ kind: 'directory', mode, ...owner });

const seenFile = (digest: string, mode = 0o644): Observed => ({ kind: 'file', digest, size: 1, mode, ...owner });
const seenLink = (target: string, toFolder = false): Observed => ({ kind: 'symlink', target, toFolder });
const seenFolder = (...entries: string[]): Observed => ({ kind: 'directory', mode: 0o755, ...owner, entries });

type Tree = Readonly<Record<string, Desired>>;

interface Case {
  readonly old?: Tree;
  readonly now: Tree;
  readonly seen: Readonly<Record<string, Observed>>;
  readonly made?: readonly string[];
  readonly originals?: Readonly<Record<string, number>>;
}

/** A plan in which nothing but files changes. */
function wholePlan({ steps, ...files }: FilePlan): SwitchPlan {
  const to = { generation: undefined, system: '/nix/store/new' };
  const nothing = { users: [], units: [], effects: [], mounts: [], secrets: [], boot: null, checks: [] };
  return { version: 1, from: undefined, to, files: steps, ...files, ...nothing };
}

function treeOf(tree: Tree): Map<string, DesiredEntry> {
  return new Map(
    Object.entries(tree).map(([path, state]) => [
      path,
      { path, state, realm: 'congruent', declared: { option: `files."${path}"`, definedIn: 'machine.nix' } },
    ]),
  );
}

function plan({ old, now, seen, made = [], originals = {} }: Case) {
  const input: PlanInput = {
    from: old && { tree: treeOf(old) },
    to: { tree: treeOf(now) },
    seen: new Map(Object.entries(seen)),
    originals: new Map(Object.entries(originals)),
    madeFolders: new Set(made),
    folder: { kind: 'directory', mode: 0o755, ...owner },
  };
  return planFiles(input);
}

/** `action reason [saves]` for the one place of a case. */
function decide(old: Desired | undefined, now: Desired | undefined, seen: Observed, original?: number): string {
  const { steps, adopted, left } = plan({
    ...(old ? { old: { '/f': old } } : {}),
    now: now ? { '/f': now } : {},
    seen: { '/f': seen },
    originals: original === undefined ? {} : { '/f': original },
  });
  const [step] = steps;
  if (step !== undefined) return [step.action, step.reason, step.saves].filter((word) => word !== undefined).join(': ');
  return adopted.length > 0 ? 'adopt' : left.length > 0 ? 'leave' : 'keep';
}

const absent: Observed = { kind: 'absent' };

describe('one place', () => {
  const rows: readonly [string, Desired | undefined, Desired | undefined, Observed, string][] = [
    ['new, nothing there', undefined, file('a'), absent, 'create: new'],
    ['new, the same is there', undefined, file('a'), seenFile('a'), 'adopt'],
    ['new, another is there', undefined, file('a'), seenFile('b'), 'replace: was in the way: foreign'],
    ['new, the same bytes, another mode', undefined, file('a'), seenFile('a', 0o600), 'replace: attributes changed'],
    ['new, a folder is there', undefined, file('a'), seenFolder(), 'replace: was in the way: foreign'],
    ['the same', file('a'), file('a'), seenFile('a'), 'keep'],
    ['the same, deleted', file('a'), file('a'), absent, 'create: was missing'],
    ['the same, edited', file('a'), file('a'), seenFile('b'), 'replace: was edited: edited'],
    ['the same, chmodded', file('a'), file('a'), seenFile('a', 0o777), 'replace: attributes changed'],
    ['the same, a link now', file('a'), file('a'), seenLink('x'), 'replace: was edited: edited'],
    ['changed', file('a'), file('b'), seenFile('a'), 'replace: content changed'],
    ['changed, already so', file('a'), file('b'), seenFile('b'), 'keep'],
    ['changed and edited', file('a'), file('b'), seenFile('c'), 'replace: was edited: edited'],
    ['changed, deleted', file('a'), file('b'), absent, 'create: was missing'],
    ['another mode', file('a'), file('a', 0o600), seenFile('a'), 'replace: attributes changed'],
    ['a link instead', file('a'), link('x'), seenFile('a'), 'replace: kind changed'],
    ['another target', link('x'), link('y'), seenLink('x'), 'replace: content changed'],
    ['gone', file('a'), undefined, seenFile('a'), 'remove: not declared any more'],
    ['gone, already', file('a'), undefined, absent, 'keep'],
    ['gone, edited', file('a'), undefined, seenFile('b'), 'remove: not declared any more: edited'],
    ['gone, chmodded', file('a'), undefined, seenFile('a', 0o600), 'remove: not declared any more'],
    ['gone, a folder now', file('a'), undefined, seenFolder('x'), 'leave'],
    ['gone link', link('x'), undefined, seenLink('x'), 'remove: not declared any more'],
    ['a folder', undefined, folder(), absent, 'make-folder: new'],
    ['a folder that is there', undefined, folder(), seenFolder('x'), 'adopt'],
    ['a folder of another mode', undefined, folder(0o700), seenFolder('x'), 'set-attributes: attributes changed'],
    ['a folder that a link leads to', undefined, folder(0o700), seenLink('x', true), 'adopt'],
    ['a folder, deleted', folder(), folder(), absent, 'make-folder: was missing'],
    ['a folder, a file is there', undefined, folder(), seenFile('a'), 'replace: was in the way: foreign'],
    ['a folder that goes, not made by us', folder(), undefined, seenFolder(), 'keep'],
  ];
  test.each(rows)('%s', (_, old, now, seen, expected) => {
    expect(decide(old, now, seen)).toBe(expected);
  });

  test('gone, and something was there before us', () => {
    expect(decide(file('a'), undefined, seenFile('a'), 4)).toBe('put-back: not declared any more');
    expect(decide(file('a'), undefined, seenFile('b'), 4)).toBe('put-back: not declared any more: edited');
  });

  test('what a switch must not replace is refused', () => {
    expect(() => decide(undefined, file('a'), { kind: 'other', what: 'a socket' })).toThrow(
      'a socket is at \'/f\', where files."/f" belongs',
    );
  });
});

describe('folders', () => {
  test('that are missing above a file are made, outermost first', () => {
    const { steps } = plan({ now: { '/a/b/c': file('x') }, seen: { '/a': absent, '/a/b': absent, '/a/b/c': absent } });
    expect(steps.map((step) => [step.action, step.path])).toEqual([
      ['make-folder', '/a'],
      ['make-folder', '/a/b'],
      ['create', '/a/b/c'],
    ]);
  });

  test('that are there keep their mode', () => {
    const seen = { '/a': { ...seenFolder(), mode: 0o700 } as Observed, '/a/b': absent };
    expect(plan({ now: { '/a/b': file('x') }, seen }).steps).toHaveLength(1);
  });

  test('that we made go when nothing needs them, innermost first', () => {
    const { steps } = plan({
      old: { '/a/b/c': file('x') },
      now: {},
      seen: { '/a': seenFolder('b'), '/a/b': seenFolder('c'), '/a/b/c': seenFile('x') },
      made: ['/a', '/a/b'],
    });
    expect(steps.map((step) => [step.action, step.path])).toEqual([
      ['remove', '/a/b/c'],
      ['remove-folder', '/a/b'],
      ['remove-folder', '/a'],
    ]);
  });

  test('of ours that become a file hold nothing to be saved; with a stranger in them they do', () => {
    const change = { old: { '/a/x': file('x') }, now: { '/a': file('y') }, made: ['/a'] };
    const ours = plan({ ...change, seen: { '/a': seenFolder('x'), '/a/x': seenFile('x') } });
    expect(ours.steps.map((step) => [step.path, step.saves])).toEqual([
      ['/a/x', undefined],
      ['/a', undefined],
    ]);
    const mixed = plan({ ...change, seen: { '/a': seenFolder('stranger', 'x'), '/a/x': seenFile('x') } });
    expect(mixed.steps.find((step) => step.path === '/a')?.saves).toBe('foreign');
  });

  test('a file in the way of a folder is kept aside', () => {
    const { steps } = plan({ now: { '/a/b': file('x') }, seen: { '/a': seenFile('z'), '/a/b': absent } });
    expect(steps.map((step) => [step.action, step.path, step.saves])).toEqual([
      ['replace', '/a', 'foreign'],
      ['create', '/a/b', undefined],
    ]);
  });
});

test('plans as texts', () => {
  const whole = plan({
    old: {
      '/etc/keep': file('k'),
      '/etc/change': file('1'),
      '/etc/gone': file('g'),
      '/etc/edited': file('e'),
      '/srv/www': link('x'),
    },
    now: {
      '/etc/keep': file('k'),
      '/etc/change': file('2'),
      '/etc/edited': file('e'),
      '/etc/foreign': file('f'),
      '/etc/there': file('t'),
      '/srv/www/index.html': file('i'),
    },
    seen: {
      '/etc': seenFolder(),
      '/etc/keep': seenFile('k'),
      '/etc/change': seenFile('1'),
      '/etc/gone': seenFolder('x'),
      '/etc/edited': seenFile('?'),
      '/etc/foreign': seenFile('theirs'),
      '/etc/there': seenFile('t'),
      '/srv': seenFolder('www'),
      '/srv/www': seenLink('x'),
    },
  });
  expectGolden('text/switch-plan.txt', `${describePlan(wholePlan(whole)).join('\n')}\n`);
  const nothing = plan({ old: { '/a': file('a') }, now: { '/a': file('a') }, seen: { '/a': seenFile('a') } });
  expectGolden('text/switch-plan-nothing.txt', `${describePlan(wholePlan(nothing)).join('\n')}\n`);
});
