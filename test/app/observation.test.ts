/** Observed evaluation: the same values, counted. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveConfig } from '../../src/app/config.ts';
import { Observation } from '../../src/app/observation.ts';
import { evaluate } from '../../src/app/operations/evaluate.ts';
import { fromUnicode } from '../../src/base/bytes.ts';
import { SysbuildError } from '../../src/base/errors.ts';
import { silent } from '../../src/base/events.ts';
import type { Counts } from '../../src/lang/profile/counters.ts';
import { goldenRoot } from '../support/golden.ts';
import { programsIn, readBook } from '../support/program-book.ts';

async function valueOf(text: string, observation?: Observation): Promise<string> {
  const config = resolveConfig([{ name: 'store', value: 'dummy://', origin: 'test' }]);
  const signal = new AbortController().signal;
  const session = { config, env: {}, cwd: '/', sink: silent, signal, observation };
  const subject = { sources: [{ kind: 'text', text: fromUnicode(text) } as const], attributes: [], arguments: [] };
  const pieces: string[] = [];
  try {
    for await (const piece of evaluate(session, subject, { format: 'nix', strict: true, locations: false }))
      pieces.push(piece);
  } catch (error) {
    if (!(error instanceof SysbuildError)) throw error;
    return `error: ${error.message}`;
  }
  return pieces.join('');
}

async function countsOf(text: string): Promise<Counts> {
  const observation = new Observation(false);
  await valueOf(text, observation);
  return observation.watch.counts;
}

test('calls are counted', async () => {
  const fib = await countsOf('let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in fib 10');
  expect(fib.nrFunctionCalls).toBe(177);
  expect((await countsOf('let f = a: b: c: a; in f 1 2 3')).nrFunctionCalls).toBe(3);
  expect((await countsOf('map (x: x) (builtins.genList (x: x) 5)')).nrPrimOpCalls).toBe(2);
  expect((await countsOf('[ 1 ] ++ [ 2 ] ++ [ 3 ]')).list.concats).toBe(2);
  expect(await countsOf('{ a = 1; b = 2; } // { c = 3; }')).toMatchObject({
    nrOpUpdates: 1,
    nrOpUpdateValuesCopied: 3,
    sets: { number: 2, elements: 3 },
  });
});

test('the statistics have the names that are known, with the calls where these are asked for', async () => {
  const observation = new Observation(false);
  await valueOf('let f = x: x; in [ (builtins.length [ (f 1) ]) (map f [ 1 2 ]) ]', observation);
  const statistics = await observation.statistics(true);
  expect(Object.keys(statistics)).toEqual(
    expect.arrayContaining(['cpuTime', 'gc', 'time', 'nrThunks', 'nrFunctionCalls', 'nrPrimOpCalls', 'sets', 'list']),
  );
  expect(statistics['functions']).toEqual([{ name: 'f', file: '«string»', line: 1, column: 9, count: 2 }]);
  expect(statistics['primops']).toEqual({ length: 1, map: 1 });
});

test('a profile names functions, builtins and their files', async () => {
  const observation = new Observation(true);
  await valueOf(
    "let slow = n: builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) n); in slow 200000",
    observation,
  );
  const lines = observation.profile('collapsed');
  expect(lines).toMatch(/^\(evaluation\);slow \(«string»:1:12\);builtins\.foldl';«lambda» \(«string»:1:\d+\) \d+$/m);
});

test('what is observed comes to the same values and errors', async () => {
  for (const book of ['functions', 'laziness', 'sets', 'scope', 'builtin-lists', 'overrides', 'strings']) {
    for (const { text } of programsIn(readBook(readFileSync(`${goldenRoot}lang/${book}.txt`, 'utf8')))) {
      expect(await valueOf(text, new Observation(true)), text).toBe(await valueOf(text));
    }
  }
});
