/** What every store that can be written must do, whatever it is made of. */
import { describe, expect, test } from 'vitest';
import type { Derivation, StorePath } from '../../src/formats/index.ts';
import type { Store } from '../../src/store/index.ts';
import { StoreError } from '../../src/store/index.ts';

export interface WritableStore extends Store {
  addText(name: string, content: string, references: readonly StorePath[]): StorePath;
  addDerivation(derivation: Derivation): StorePath;
  readDerivation(path: StorePath): Derivation;
}

export const absent = '/nix/store/00000000000000000000000000000000-absent' as StorePath;

export function storeContract(name: string, make: () => WritableStore): void {
  describe(`${name} as a store`, () => {
    test('knows nothing at first', () => {
      const store = make();
      expect(store.allPaths()).toEqual([]);
      expect(store.isValid(absent)).toBe(false);
      expect(store.pathInfo(absent)).toBeUndefined();
      expect(store.byHashPart('0'.repeat(32))).toBeUndefined();
      expect(store.realisation(absent, 'out')).toBeUndefined();
    });

    test('knows what was added', () => {
      const store = make();
      const a = store.addText('a', 'A', []);
      const b = store.addText('b', 'B', [a]);
      expect(store.isValid(a)).toBe(true);
      expect(store.allPaths()).toEqual([a, b].sort());
      expect(store.pathInfo(b)).toMatchObject({
        path: b,
        references: [a],
        deriver: undefined,
        ultimate: false,
        signatures: [],
      });
      expect(store.referrers(a)).toEqual([b]);
      expect(store.byHashPart(b.slice(11, 43))).toBe(b);
      expect(store.byHashPart(b.slice(11, 42))).toBeUndefined();
    });

    test('gives the same path for the same text, and registers it once', () => {
      const store = make();
      expect(store.addText('a', 'A', [])).toBe(store.addText('a', 'A', []));
      expect(store.addText('a', 'other', [])).not.toBe(store.addText('a', 'A', []));
      expect(store.allPaths()).toHaveLength(2);
    });

    test('sorts a closure by references', () => {
      const store = make();
      const a = store.addText('a', '', []);
      const b = store.addText('b', '', [a]);
      const c = store.addText('c', '', [a, b]);
      store.addText('unrelated', '', [a]);
      expect(store.closure([c])).toEqual([a, b, c]);
      expect(store.closure([b, a])).toEqual([a, b]);
      expect(store.closure([])).toEqual([]);
      expect(() => store.closure([absent])).toThrow(StoreError);
    });

    test('refuses references that are not valid', () => {
      const store = make();
      expect(() => store.addText('a', '', [absent])).toThrow(
        expect.objectContaining({ code: 'store/reference-not-valid' }),
      );
      expect(store.allPaths()).toEqual([]);
    });

    test('keeps derivations', () => {
      const store = make();
      const source = store.addText('source', 'text', []);
      const derivation: Derivation = {
        name: 'thing',
        outputs: new Map([['out', { kind: 'floating', method: 'nar', algorithm: 'sha256' }]]),
        inputDrvs: new Map(),
        inputSrcs: [source],
        system: 'x86_64-linux',
        builder: '/bin/sh',
        args: ['-c', 'true'],
        env: new Map([['bytes', '\xff"\\\n']]),
      };
      const path = store.addDerivation(derivation);
      expect(path.endsWith('-thing.drv')).toBe(true);
      expect(store.pathInfo(path)?.references).toEqual([source]);
      expect(store.readDerivation(path)).toEqual(derivation);
    });
  });
}
