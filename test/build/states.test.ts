/** The transition function, and the scheduler that drives it, on random graphs with made-up builds. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BuildError } from '../../src/build/errors.ts';
import type { BuildPlan, PlanNode } from '../../src/build/plan.ts';
import { Scheduler } from '../../src/build/scheduler.ts';
import { type FinalState, initialState, isFinal, type NodeState, transition } from '../../src/build/states.ts';
import type { StorePath } from '../../src/formats/index.ts';

const path = (name: string | number): StorePath => `/nix/store/${String(name).padStart(32, '0')}-x.drv` as StorePath;
const outputs = new Map([['out', path('out')]]);

describe('transition', () => {
  test('the way of a build that succeeds', () => {
    let state: NodeState = initialState(2);
    expect(state).toEqual({ kind: 'waiting', missing: 2 });
    state = transition(transition(state, { type: 'input-done' }), { type: 'input-done' });
    expect(state).toEqual({ kind: 'queued' });
    state = transition(state, { type: 'start' });
    state = transition(state, { type: 'finish', outputs, origin: 'built' });
    expect(state).toEqual({ kind: 'done', outputs, origin: 'built' });
    expect(isFinal(state)).toBe(true);
  });

  test('what is skipped stays so, and what runs is not skipped', () => {
    const skipped = transition(initialState(2), { type: 'input-failed', drvPath: path(1) });
    expect(transition(skipped, { type: 'input-done' })).toBe(skipped);
    expect(transition(skipped, { type: 'cancel' })).toBe(skipped);
    expect(transition({ kind: 'running' }, { type: 'cancel' })).toEqual({ kind: 'running' });
    expect(transition({ kind: 'queued' }, { type: 'cancel' })).toEqual({ kind: 'skipped', because: undefined });
  });

  test('an event that cannot be is a bug', () => {
    expect(() => transition({ kind: 'queued' }, { type: 'finish', outputs, origin: 'built' })).toThrow('invariant');
    expect(() => transition({ kind: 'running' }, { type: 'input-done' })).toThrow('invariant');
  });
});

/** Node i depends on some of the nodes before it. */
interface Graph {
  readonly inputs: readonly (readonly number[])[];
  readonly failing: ReadonlySet<number>;
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.record({
    inputs: fc.tuple(
      ...Array.from({ length: size }, (_, i) =>
        i === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(i - 1), { maxLength: 3 }),
      ),
    ),
    failing: fc.uniqueArray(fc.nat(size - 1), { maxLength: 2 }).map((list) => new Set(list)),
  }),
);

function planOf({ inputs }: Graph): BuildPlan {
  const nodes = new Map<StorePath, PlanNode>();
  for (const [i, list] of inputs.entries()) {
    const node = { drvPath: path(i), needed: new Set(['out']), status: { kind: 'build' }, inputs: list.map(path) };
    nodes.set(path(i), node as unknown as PlanNode);
  }
  return { nodes, present: [], willBuild: [...nodes.keys()], willSubstitute: [], perhaps: [], downloads: [] };
}

interface Trace {
  readonly states: ReadonlyMap<StorePath, FinalState>;
  readonly order: readonly string[];
  readonly most: number;
}

async function schedule(graph: Graph, maxJobs: number, keepGoing: boolean, delays: readonly number[]): Promise<Trace> {
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const states = await new Scheduler({
    plan: planOf(graph),
    maxJobs,
    goesOnAfter: () => keepGoing,
    signal: new AbortController().signal,
    execute: async ({ drvPath }) => {
      running += 1;
      most = Math.max(most, running);
      order.push(`start ${drvPath}`);
      const index = Number(drvPath.slice(11, 43));
      for (let i = 0; i < (delays[index] ?? 0); i++) await Promise.resolve();
      running -= 1;
      order.push(`end ${drvPath}`);
      if (graph.failing.has(index)) throw new BuildError('build/builder-failed', 'made to fail');
      return { outputs, origin: 'built' };
    },
    onChange: () => {},
    onGivingUp: () => {},
  }).run();
  return { states, order, most };
}

describe('scheduler', () => {
  const inputs = fc.tuple(
    graphs,
    fc.integer({ min: 1, max: 4 }),
    fc.array(fc.nat(5), { minLength: 14, maxLength: 14 }),
  );

  test('inputs come first, slots are kept to, and all that can be built is built', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, async ([graph, maxJobs, delays]) => {
        const { states, order, most } = await schedule(graph, maxJobs, true, delays);
        expect(most).toBeLessThanOrEqual(maxJobs);
        const broken = graph.inputs.map(() => false);
        for (const [i, list] of graph.inputs.entries()) {
          broken[i] = list.some((input) => broken[input] || graph.failing.has(input));
          const expected = broken[i] ? 'skipped' : graph.failing.has(i) ? 'failed' : 'done';
          expect(states.get(path(i))!.kind).toBe(expected);
          for (const input of broken[i] ? [] : list) {
            expect(order.indexOf(`end ${path(input)}`)).toBeLessThan(order.indexOf(`start ${path(i)}`));
          }
        }
        expect(new Set(order).size).toBe(order.length);
      }),
    );
  });

  test('without keepGoing nothing starts after a failure, and every state is final', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, async ([graph, maxJobs, delays]) => {
        const { states, order } = await schedule(graph, maxJobs, false, delays);
        for (const state of states.values()) expect(isFinal(state)).toBe(true);
        const failed = [...states].filter(([, state]) => state.kind === 'failed').map(([drvPath]) => drvPath);
        const first = Math.min(...failed.map((drvPath) => order.indexOf(`end ${drvPath}`)), order.length);
        // Between the end of a build and the scheduler's hearing of it, others may end, and others start.
        const late = order.slice(first + 1).filter((line) => line.startsWith('start'));
        expect(late.length).toBeLessThanOrEqual(maxJobs);
        if ([...graph.failing].length === 0) expect(failed).toEqual([]);
      }),
    );
  });

  test('a run that is ended before it began does nothing', async () => {
    const states = await new Scheduler({
      plan: planOf({ inputs: [[], [0]], failing: new Set() }),
      maxJobs: 2,
      goesOnAfter: () => true,
      signal: AbortSignal.abort(),
      execute: () => Promise.reject(new Error('never')),
      onChange: () => {},
      onGivingUp: () => {},
    }).run();
    expect([...states.values()].map((state) => state.kind)).toEqual(['skipped', 'skipped']);
  });

  test('a bug in a build is not taken for a failure of it', async () => {
    const run = new Scheduler({
      plan: planOf({ inputs: [[]], failing: new Set() }),
      maxJobs: 1,
      goesOnAfter: () => true,
      signal: new AbortController().signal,
      execute: () => Promise.reject(new TypeError('a bug')),
      onChange: () => {},
      onGivingUp: () => {},
    }).run();
    await expect(run).rejects.toThrow('a bug');
  });
});
