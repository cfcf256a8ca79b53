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

test('a second evaluation uses what the first one kept, and comes to the same', () => {
  const cache = new MemoryCache('1');
  const first = run(cache);
  expect([cache.saves, cache.loads]).toEqual([1, 0]);
  expect(run(cache)).toBe(first);
  expect([cache.saves, cache.loads]).toEqual([1, 1]);
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

test('a bundle that V8 does not take is compiled again', () => {
  const cache = new MemoryCache('1');
  const first = run(cache);
  for (const bundle of cache.bundles.values()) bundle.fill(0, bundle.length - 200);
  expect(run(cache)).toBe(first);
});
