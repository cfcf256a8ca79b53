/** Plans, made from a view that only answers questions. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BuildPlan, type PlanView, planBuild } from '../../src/build/index.ts';
import { derivationPath, outputPath, type StorePath } from '../../src/formats/index.ts';
import { Scratch } from './support.ts';

let scratch: Scratch;
const valid = new Set<string>();
const realised = new Map<string, StorePath>();
let asked: string[];

beforeEach(() => {
  scratch = new Scratch();
  valid.clear();
  realised.clear();
  asked = [];
});
afterEach(() => scratch.remove());

/** The scratch store's derivations; which outputs are there is made up. */
const view: PlanView = {
  storeDir: '/nix/store',
  isValid: (path) => valid.has(path),
  readDerivation: (drvPath) => {
    asked.push(drvPath);
    return scratch.store.readDerivation(drvPath);
  },
  realisation: (drvPath, outputName) => {
    const outPath = realised.get(`${drvPath}!${outputName}`);
    return outPath === undefined ? undefined : { drvPath, outputName, outPath };
  },
};

const make = (name: string, inputs: StorePath[], kind: 'input-addressed' | 'floating' = 'input-addressed'): StorePath =>
  scratch.derivation({
    name,
    kind,
    inputs,
    builder: '/b',
    env: { inputs: inputs.map((input) => scratch.reference(input)).join(' ') },
  });
const plan = (drvPath: StorePath, again = false): BuildPlan =>
  planBuild(view, [{ drvPath, outputs: 'all' }], { again });
const built = (drvPath: StorePath): void => {
  valid.add(outputPath('/nix/store', scratch.store.readDerivation(drvPath), 'out')!);
};
const became = (drvPath: StorePath, name: string): void => {
  const path = scratch.store.addText(name, name, []);
  valid.add(path);
  realised.set(`${drvPath}!out`, path);
};

describe('input-addressed', () => {
  test('what is needed, inputs first, each once', () => {
    const a = make('a', []);
    const b = make('b', [a]);
    const c = make('c', [a]);
    const d = make('d', [b, c]);
    const { willBuild, present, perhaps } = plan(d);
    expect(willBuild.length).toBe(4);
    expect([willBuild[0], willBuild[3]]).toEqual([a, d]);
    expect([present, perhaps]).toEqual([[], []]);
  });

  test('what is there ends the search: nothing below it is even read', () => {
    const a = make('a', []);
    const b = make('b', [a]);
    const c = make('c', [b]);
    built(b);
    asked = [];
    expect(plan(c)).toMatchObject({ willBuild: [c], present: [b] });
    expect(asked).toEqual([c, b]);
    built(c);
    expect(plan(c)).toMatchObject({ willBuild: [], present: [c] });
  });

  test('a part of the outputs is not all of them', () => {
    const two = scratch.derivation({ name: 'two', builder: '/b', outputs: ['out', 'dev'] });
    built(two);
    expect(plan(two).willBuild).toEqual([two]);
    expect(planBuild(view, [{ drvPath: two, outputs: ['out'] }]).present).toEqual([two]);
    const user = scratch.derivation({ name: 'user', builder: '/b', inputs: [{ drvPath: two, outputs: ['dev'] }] });
    const both = [
      { drvPath: two, outputs: ['out'] },
      { drvPath: user, outputs: ['out'] },
    ];
    expect(planBuild(view, both).willBuild).toEqual([two, user]);
  });

  test('what is to be checked is built again, its inputs are not', () => {
    const a = make('a', []);
    const b = make('b', [a]);
    built(a);
    built(b);
    expect(plan(b, true)).toMatchObject({ willBuild: [b], present: [a] });
  });

  test('a deep chain', () => {
    let top = make('base', []);
    for (let i = 0; i < 500; i++) top = make(`level-${i}`, [top]);
    expect(plan(top).willBuild.length).toBe(501);
  });
});

describe('content-addressed', () => {
  test('what depends on a build of one is perhaps built, with everything after it', () => {
    const a = make('a', [], 'floating');
    const b = make('b', [a], 'floating');
    const c = make('c', [b]);
    const other = make('other', []);
    const top = make('top', [c, other]);
    expect(plan(top)).toMatchObject({ willBuild: [a, other], perhaps: [b, c, top] });
  });

  test('with its inputs known, a derivation is built, or known under its resolved form', () => {
    const a = make('a', [], 'floating');
    const b = make('b', [a], 'floating');
    became(a, 'a');
    const first = plan(b);
    expect(first).toMatchObject({ willBuild: [b], present: [a] });
    const { store } = scratch;
    const resolved = store.addDerivation({
      ...store.readDerivation(b),
      inputDrvs: new Map(),
      inputSrcs: [realised.get(`${a}!out`)!],
      env: new Map([...store.readDerivation(b).env, ['inputs', realised.get(`${a}!out`)!]]),
    });
    became(resolved, 'b');
    expect(plan(b)).toMatchObject({ willBuild: [], present: [b] });
    expect(plan(b).nodes.get(b)!.status).toMatchObject({ kind: 'alias', of: resolved });
  });

  test('a record whose path is gone is none', () => {
    const a = make('a', [], 'floating');
    became(a, 'a');
    valid.clear();
    expect(plan(a).willBuild).toEqual([a]);
  });

  test('what is known under its resolved form needs no input that would have to be built', () => {
    const plain = make('plain', []);
    const b = make('b', [plain], 'floating');
    expect(plan(b).willBuild).toEqual([plain, b]);
    const { store } = scratch;
    const resolved = {
      ...store.readDerivation(b),
      inputDrvs: new Map(),
      inputSrcs: [scratch.reference(plain) as StorePath],
    };
    became(derivationPath('/nix/store', resolved), 'b');
    expect(plan(b)).toMatchObject({ willBuild: [], present: [b] });
    expect([...plan(b).nodes.keys()]).toEqual([b]);
  });
});

test('an output that is not there to be had', () => {
  const a = make('a', []);
  expect(() => planBuild(view, [{ drvPath: a, outputs: ['doc'] }])).toThrow("does not have an output named 'doc'");
});
