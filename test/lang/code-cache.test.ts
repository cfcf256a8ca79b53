/** Compiled code that is kept: used again, and never when it is not that of the text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CodeCache } from '../../src/lang/code-cache.ts';
import { memoryEvaluator, memoryHost } from '../support/memory-host.ts';

class MemoryCache implements CodeCache {
  readonly bundles = new Map<string, Uint8Array>();
  readonly build: string;
  loads = 0;
  saves = 0;
  constructor(build: string, bundles?: Map<string, Uint8Array>) {
    this.build = build;
    this.bundles = bundles ?? this.bundles;
  }
  load(key: string): Uint8Array | undefined {
    const found = this.bundles.get(key);
    if (found !== undefined) this.loads++;
    return found;
  }
  save(key: string, bundle: Uint8Array): void {
    this.saves++;
    this.bundles.set(key, bundle);
  }
}

/** Long enough to be worth keeping. */
const filler = Array.from({ length: 800 }, (_, i) => `f${i} = x: x + ${i};`).join(' ');
const files = {
  '/main.nix':
    'let other = import ./other.nix; in { v = other.f7 1; p = other.here; pos = builtins.unsafeGetAttrPos "f3" other; }',
  '/other.nix': `{ ${filler} here = ./x; }`,
};

function run(cache: CodeCache, host = memoryHost(files)): string {
  const evaluator = memoryEvaluator(host, cache);
  const value = evaluator.evalFile('/main.nix');
  evaluator.deepForce(value);
  const text = evaluator.print(value);
  evaluator.saveCode();
  return text;
}

test('later evaluations use what earlier ones kept, and come to the same', () => {
  const cache = new MemoryCache('1');
  const first = run(cache);
  expect([cache.saves, cache.loads]).toEqual([1, 0]);
  // The second one adds what V8 made of it.
  expect(run(cache)).toBe(first);
  expect([cache.saves, cache.loads]).toEqual([2, 1]);
  expect(run(cache)).toBe(first);
  expect([cache.saves, cache.loads]).toEqual([2, 2]);
  expect(first).toContain('v = 8;');
});

test('another build of the program keeps to itself', () => {
  const cache = new MemoryCache('1');
  run(cache);
  const next = new MemoryCache('2', cache.bundles);
  run(next);
  expect([next.saves, next.loads]).toEqual([1, 0]);
});

test('a file that changed is compiled anew, whatever else is kept', () => {
  const cache = new MemoryCache('1');
  run(cache);
  fc.assert(
    fc.property(fc.constantFrom('/main.nix', '/other.nix'), fc.nat(799), fc.nat(99), (file, i, n) => {
      const changed = { ...files };
      if (file === '/other.nix') changed[file] = files[file].replace(`f${i} = x: x + ${i};`, `f${i} = x: x * ${n};`);
      else changed[file] = files[file].replace('other.f7 1', `other.f${i} ${n}`);
      const [f, x] = file === '/other.nix' ? [7, 1] : [i, n];
      const expected = file === '/other.nix' && i === 7 ? x * n : x + f;
      expect(run(cache, memoryHost(changed))).toContain(`v = ${expected};`);
    }),
    { numRuns: 60 },
  );
});

test('a bundle that is not whole is made again', () => {
  const cache = new MemoryCache('1');
  const first = run(cache);
  run(cache);
  for (const [from, to] of [
    [0, 10],
    [40, 50],
    [300, 400],
    [30_000, 40_000],
    [-200, undefined],
  ] as const) {
    for (const bundle of cache.bundles.values()) bundle.fill(7, from < 0 ? bundle.length + from : from, to);
    expect(run(cache)).toBe(first);
  }
  for (const [key, bundle] of cache.bundles) cache.bundles.set(key, bundle.subarray(0, 20));
  expect(run(cache)).toBe(first);
});

test('what has something to say of a program says it each time', () => {
  const cache = new MemoryCache('1');
  const said: string[] = [];
  const host = { ...memoryHost({ '/main.nix': `{ ${filler} u = http://a.b; v = 1; }` }) };
  const settings = { ...host.settings, lints: { ...host.settings.lints, urlLiterals: 'warn' as const } };
  const lint = { ...host, settings, emit: (_level: string, text: string) => void said.push(text) };
  for (let i = 1; i <= 3; i++) {
    run(cache, lint as never);
    expect(said).toHaveLength(i);
  }
});
