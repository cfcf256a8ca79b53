/** Convergent resources: their order, what comes of each, triggers that are not lost; and every kind on a played host. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConvergeEntry } from '../../../src/activate/index.ts';
import { converge, type EnginePorts } from '../../../src/activate/realms/converge/engine.ts';
import { orderResources } from '../../../src/activate/realms/converge/order.ts';
import { ResourceError } from '../../../src/activate/realms/converge/resource.ts';
import { type ConvergeMemory, nothingRemembered } from '../../../src/activate/realms/converge/state.ts';
import type { Change } from '../../../src/activate/realms/journal/chain.ts';

const entry = (name: string, more: Partial<ConvergeEntry> = {}): ConvergeEntry => ({
  name,
  kind: 'command',
  settings: {},
  after: [],
  triggers: [],
  declared: { option: `converge.${name}`, definedIn: 'm.nix' },
  ...more,
});

describe('order', () => {
  test('each after what it names, ties by name', () => {
    const entries = [entry('a', { after: ['z'] }), entry('c'), entry('z'), entry('b', { after: ['c'] })];
    expect(orderResources(entries).map(({ name }) => name)).toEqual(['c', 'b', 'z', 'a']);
  });

  test('any graph: the same whatever the order of the declarations, and every need first', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const edges = fc.array(
      fc.tuple(fc.nat(5), fc.nat(5)).filter(([a, b]) => a < b),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(edges, fc.shuffledSubarray(names, { minLength: 6 }), (pairs, shuffled) => {
        const needs = (name: string): string[] => pairs.filter(([, b]) => names[b] === name).map(([a]) => names[a]!);
        const order = orderResources(shuffled.map((name) => entry(name, { after: needs(name) }))).map(
          ({ name }) => name,
        );
        expect(order).toEqual(
          orderResources(names.map((name) => entry(name, { after: needs(name) }))).map(({ name }) => name),
        );
        for (const [a, b] of pairs) expect(order.indexOf(names[a]!)).toBeLessThan(order.indexOf(names[b]!));
      }),
    );
  });

  test('a circle and a name that is not declared are refused', () => {
    const circle = [entry('a', { after: ['b'] }), entry('b', { after: ['a'] })];
    expect(() => orderResources(circle)).toThrow(/no order is possible: .* after /);
    expect(() => orderResources([entry('web', { after: ['databas'] }), entry('database')])).toThrow("names 'databas'");
    expect(() => orderResources([entry('a', { triggers: ['reload'] })])).toThrow("names 'reload'");
    expect(orderResources([entry('a', { triggers: ['x.service'] })])).toHaveLength(1);
  });
});

/** A host of things that are well or not; `stuck` ones cannot be repaired, `broken` ones cannot be checked. */
class Played {
  readonly bad = new Set<string>();
  readonly stuck = new Set<string>();
  readonly broken = new Set<string>();
  readonly applied: string[] = [];
  readonly restarted: string[] = [];
  readonly changes: Change[] = [];
  time = Date.parse('2026-01-01T00:00:00Z');
  state = nothingRemembered;
  /** Called before each apply. */
  onApply: (name: string) => void = () => {};

  run(entries: readonly ConvergeEntry[], noop = false, only?: readonly string[]) {
    this.time += 60_000;
    const memory: ConvergeMemory = {
      read: () => structuredClone(this.state),
      write: (state) => {
        this.state = structuredClone(state);
      },
    };
    const ports: EnginePorts = {
      make: ({ name }) => ({
        check: () => {
          if (this.broken.has(name)) throw new ResourceError('cannot be checked');
          return this.bad.has(name) ? 'it is bad' : undefined;
        },
        apply: () => {
          this.onApply(name);
          this.applied.push(name);
          if (!this.stuck.has(name)) this.bad.delete(name);
        },
      }),
      restart: (unit) => {
        if (this.stuck.has(unit)) throw new ResourceError('does not start');
        this.restarted.push(unit);
      },
      memory,
      record: (change) => this.changes.push(change),
      now: () => new Date(this.time),
    };
    return converge(entries, { noop, only }, ports);
  }
}

const outcomes = async (report: ReturnType<Played['run']>): Promise<string[]> =>
  (await report).resources.map(({ name, outcome, cause }) => [name, outcome, cause].filter(Boolean).join(' '));

describe('a run', () => {
  test('keeps, repairs and says why: the description changed, or the world', async () => {
    const host = new Played();
    const entries = [entry('a'), entry('b')];
    host.bad.add('b');
    expect(await outcomes(host.run(entries))).toEqual(['a kept', 'b repaired intentional']);
    expect(await outcomes(host.run(entries))).toEqual(['a kept', 'b kept']);
    host.bad.add('a');
    expect(await outcomes(host.run(entries))).toEqual(['a repaired corrective', 'b kept']);
    host.bad.add('a');
    const other = [entry('a', { settings: { check: ['other'] } }), entry('b')];
    expect(await outcomes(host.run(other))).toEqual(['a repaired intentional', 'b kept']);
    expect(host.changes.map(({ kind, what }) => [kind, what])).toEqual([
      ['repair', 'b: it is bad'],
      ['repair', 'a: it is bad'],
      ['repair', 'a: it is bad'],
    ]);
  });

  test('with noop nothing is changed and nothing remembered', async () => {
    const host = new Played();
    host.bad.add('a');
    expect(await outcomes(host.run([entry('a', { triggers: ['x.service'] }), entry('b')], true))).toEqual([
      'a deviates intentional',
      'b kept',
    ]);
    expect([host.applied, host.changes, host.state]).toEqual([[], [], nothingRemembered]);
  });

  test('what fails stops only what comes after it', async () => {
    const host = new Played();
    const entries = [entry('a'), entry('b', { after: ['a'] }), entry('c', { after: ['b'] }), entry('d')];
    for (const name of ['a', 'b', 'd']) host.bad.add(name);
    host.stuck.add('a');
    const report = await host.run(entries);
    expect(report.resources.map(({ name, outcome, detail }) => [name, outcome, detail])).toEqual([
      ['a', 'not-kept', 'it is bad, after it was applied'],
      ['b', 'skipped', 'a does not hold'],
      ['c', 'skipped', 'b does not hold'],
      ['d', 'repaired', 'it is bad'],
    ]);
    host.broken.add('d');
    expect((await host.run(entries)).resources.at(-1)).toMatchObject({
      outcome: 'not-kept',
      detail: 'cannot be checked',
    });
  });

  test('only those that were asked for', async () => {
    const host = new Played();
    host.bad.add('a').add('b');
    expect(await outcomes(host.run([entry('a'), entry('b')], false, ['b']))).toEqual(['b repaired intentional']);
    expect(host.bad).toEqual(new Set(['a']));
  });

  test('many repairs within an hour are told', async () => {
    const host = new Played();
    const told: (number | undefined)[] = [];
    for (let i = 0; i < 7; i++) {
      host.bad.add('a');
      told.push((await host.run([entry('a')])).resources[0]!.oscillates);
    }
    expect(told).toEqual([undefined, undefined, undefined, undefined, undefined, 5, 6]);
    host.time += 3_600_000;
    host.bad.add('a');
    expect((await host.run([entry('a')])).resources[0]!.oscillates).toBeUndefined();
  });
});

describe('triggers', () => {
  const handler = entry('reload', { settings: { handler: true, apply: ['x'] } });

  test('run once at the end, only when something was changed', async () => {
    const host = new Played();
    const entries = [handler, entry('a', { triggers: ['reload', 'x.service'] }), entry('b', { triggers: ['reload'] })];
    await host.run(entries);
    expect([host.applied, host.restarted]).toEqual([[], []]);
    host.bad.add('a').add('b');
    const report = await host.run(entries);
    expect(host.applied).toEqual(['a', 'b', 'reload']);
    expect(host.restarted).toEqual(['x.service']);
    expect(report.triggers.map(({ trigger, by, outcome }) => [trigger, by, outcome])).toEqual([
      ['reload', 'a', 'done'],
      ['x.service', 'a', 'done'],
    ]);
    expect(host.state.pending).toEqual([]);
  });

  test('are not lost when something later fails, nor when they fail themselves', async () => {
    const host = new Played();
    const entries = [entry('a', { triggers: ['x.service'] }), entry('b', { after: ['a'] })];
    host.bad.add('a').add('b');
    host.stuck.add('b').add('x.service');
    expect((await host.run(entries)).triggers).toMatchObject([{ outcome: 'failed', detail: 'does not start' }]);
    host.stuck.clear();
    const report = await host.run(entries);
    expect(report.resources[0]).toMatchObject({ outcome: 'kept' });
    expect(report.triggers).toMatchObject([{ trigger: 'x.service', by: 'a', outcome: 'done' }]);
  });

  test('are not lost when the process ends in the midst of a change', async () => {
    const host = new Played();
    const entries = [entry('a', { triggers: ['x.service'] })];
    host.bad.add('a');
    host.onApply = () => {
      host.bad.delete('a');
      throw new Error('killed');
    };
    await host.run(entries);
    host.restarted.length = 0;
    host.state = { ...host.state, pending: [{ trigger: 'x.service', by: 'a', at: '' }] };
    host.onApply = () => {};
    await host.run(entries);
    expect(host.restarted).toEqual(['x.service']);
  });
});
