/** Where time goes, by a clock that the test winds, and the formats that tell it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CallNode, CallTree, type Frame } from '../../../src/lang/profile/call-tree.ts';
import { writeProfile } from '../../../src/lang/profile/formats.ts';

const frame = (name: string, file = '/f.nix', line = 1): Frame => ({ name, file, line, column: 3 });
const [f, g] = [frame('f'), frame('g', '/f.nix', 2)];
const builtin = frame('builtins.map', '', 0);

/** `f` takes 1 ms, calls `g` (2 ms) and a builtin (4 ms) that calls `f` (8 ms), and takes 16 ms more. */
function example(): CallNode {
  let time = 0;
  const tree = new CallTree(() => time);
  const pass = (milliseconds: number) => void (time += milliseconds);
  tree.within(f, () => {
    pass(1);
    tree.within(g, () => pass(2));
    tree.within(builtin, () => {
      pass(4);
      tree.within(f, () => pass(8));
    });
    pass(16);
  });
  return tree.root;
}

const child = (node: CallNode, ...path: readonly Frame[]): CallNode =>
  path.reduce((at, next) => at.children.get(next)!, node);

test('each function has the time that it takes itself', () => {
  const root = example();
  expect(child(root, f).self).toBe(17);
  expect(child(root, f, g).self).toBe(2);
  expect(child(root, f, builtin).self).toBe(4);
  expect(child(root, f, builtin, f).self).toBe(8);
});

test('errors end calls, too', () => {
  let time = 0;
  const tree = new CallTree(() => time);
  expect(() =>
    tree.within(f, () => {
      time += 5;
      throw new Error('no');
    }),
  ).toThrow('no');
  tree.within(g, () => void (time += 3));
  expect([child(tree.root, f).self, child(tree.root, g).self]).toEqual([5, 3]);
});

test('all time is somebody’s, however deep calls are nested', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 1500 }), (times) => {
      let time = 0;
      const tree = new CallTree(() => time);
      const run = (at: number): void => {
        if (at < times.length)
          tree.within(at % 2 === 0 ? f : g, () => {
            time += times[at]!;
            run(at + 1);
          });
      };
      run(0);
      expect(totalOf(tree.root)).toBe(times.reduce((sum, one) => sum + one, 0));
    }),
    { numRuns: 30 },
  );
});

const totalOf = (node: CallNode): number =>
  [...node.children.values()].reduce((sum, one) => sum + totalOf(one), node.self);

test('collapsed stacks', () => {
  expect(writeProfile(example(), 'collapsed')).toBe(
    [
      '(evaluation);f (/f.nix:1:3) 17000',
      '(evaluation);f (/f.nix:1:3);g (/f.nix:2:3) 2000',
      '(evaluation);f (/f.nix:1:3);builtins.map 4000',
      '(evaluation);f (/f.nix:1:3);builtins.map;f (/f.nix:1:3) 8000',
      '',
    ].join('\n'),
  );
});

test('speedscope: samples are stacks of frames, weights their time', () => {
  const { shared, profiles } = JSON.parse(writeProfile(example(), 'speedscope'));
  expect(shared.frames).toEqual([
    { name: '(evaluation)' },
    { name: 'f', file: '/f.nix', line: 1, col: 3 },
    { name: 'g', file: '/f.nix', line: 2, col: 3 },
    { name: 'builtins.map' },
  ]);
  expect(profiles[0].samples).toEqual([
    [0, 1],
    [0, 1, 2],
    [0, 1, 3],
    [0, 1, 3, 1],
  ]);
  expect(profiles[0].weights).toEqual([17000, 2000, 4000, 8000]);
  expect(profiles[0]).toMatchObject({ type: 'sampled', unit: 'microseconds', startValue: 0, endValue: 31000 });
});

test('cpuprofile: a tree of nodes, and as many deltas as samples', () => {
  const profile = JSON.parse(writeProfile(example(), 'cpuprofile'));
  expect(profile.nodes).toHaveLength(5);
  expect(profile.nodes[1].callFrame).toEqual({
    functionName: 'f',
    scriptId: '0',
    url: '/f.nix',
    lineNumber: 0,
    columnNumber: 2,
  });
  expect(profile.samples).toHaveLength(profile.timeDeltas.length);
  expect(profile.endTime - profile.startTime).toBe(31000);
});
