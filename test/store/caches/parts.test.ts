/** The small parts of caches: what they say of themselves, references, logins, records, plans, kept answers. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reachable } from '../../../src/base/graph.ts';
import { formatSignature, type StorePath } from '../../../src/formats/index.ts';
import { parseCacheInfo, printCacheInfo } from '../../../src/store/caches/cache-info.ts';
import { openCache } from '../../../src/store/caches/cache-uri.ts';
import { type Availability, planFetch } from '../../../src/store/caches/fetch-plan.ts';
import { LookupCache } from '../../../src/store/caches/lookup-cache.ts';
import { findLogin } from '../../../src/store/caches/netrc.ts';
import {
  isVouchedFor,
  parseRealisationName,
  parseRecord,
  printRecord,
  realisationName,
  recordFingerprint,
} from '../../../src/store/caches/realisation-file.ts';
import { makeKey, StoreError } from '../../../src/store/index.ts';
import { scratchFolder } from '../support.ts';

const storeDir = '/nix/store';
const pathOf = (name: string): StorePath => `/nix/store/${'0'.repeat(32)}-${name}` as StorePath;

describe('nix-cache-info', () => {
  test('says what it says, however it is written', () => {
    expect(parseCacheInfo('StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n')).toEqual({
      storeDir: '/nix/store',
      wantMassQuery: true,
      priority: 40,
    });
    expect(parseCacheInfo('nonsense\nStoreDir:/x \r\nWantMassQuery: 0\nPriority: high\nNew: 1')).toEqual({
      storeDir: '/x',
      wantMassQuery: false,
      priority: undefined,
    });
    expect(parseCacheInfo('')).toEqual({ storeDir: undefined, wantMassQuery: undefined, priority: undefined });
    const info = { storeDir: '/s', wantMassQuery: true, priority: 7 };
    expect(parseCacheInfo(printCacheInfo(info))).toEqual(info);
  });
});

describe('references to caches', () => {
  test('name a place and parameters', () => {
    const { cache, parameters } = openCache(
      'https://cache.example.org/x?priority=10&trusted=1&compression=xz&compression-level=9&want-mass-query=true&other=1',
      { storeDir },
    );
    expect(cache.uri).toBe('https://cache.example.org/x');
    expect(parameters).toEqual({
      priority: 10,
      trusted: true,
      compression: 'xz',
      compressionLevel: 9,
      wantMassQuery: true,
    });
    expect(openCache('file:///var/cache%20x/', { storeDir }).cache.uri).toBe('file:///var/cache%20x');
    expect(openCache('file:///a', { storeDir }).parameters).toMatchObject({ trusted: false, priority: undefined });
  });

  test.each([
    '',
    'ftp://x/y',
    '/a/folder',
    'file://host/x',
    'file:///',
    'http://',
    'http://x/?priority=a',
    'file:///a?compression=zip',
  ])('%j is refused', (uri) => {
    expect(() => openCache(uri, { storeDir })).toThrow(expect.objectContaining({ code: 'store/cache-uri' }));
  });
});

describe('logins', () => {
  const text = `# mine
    machine a.example login me password "pass \\"word" # not this
    machine b.example
      login you
      account ignored
      password 123
    macdef init
      machine c.example login evil password evil

    default login anonymous password guest`;

  test('are found by host', () => {
    expect(findLogin(text, 'a.example')).toEqual({ user: 'me', password: 'pass "word' });
    expect(findLogin(text, 'b.example')).toEqual({ user: 'you', password: '123' });
    expect(findLogin(text, 'c.example')).toEqual({ user: 'anonymous', password: 'guest' });
    expect(findLogin('machine x login', 'x')).toEqual({ user: '', password: '' });
    expect(findLogin('', 'x')).toBeUndefined();
  });
});

describe('records of realisations', () => {
  const record = { drvPath: pathOf('a.drv'), outputName: 'dev', outPath: pathOf('a-dev') };

  test('come back from their text', () => {
    const key = makeKey('key-1');
    const signatures = [formatSignature(key.sign(recordFingerprint(record)))];
    const signed = { ...record, signatures };
    expect(parseRecord(storeDir, printRecord(signed))).toEqual(signed);
    expect(parseRealisationName(storeDir, realisationName(record.drvPath, 'dev'))).toEqual({
      drvPath: record.drvPath,
      outputName: 'dev',
    });
    const keys = new Map([['key-1', key.publicKey]]);
    expect(isVouchedFor(signed, keys)).toBe(true);
    expect(isVouchedFor({ ...signed, outPath: pathOf('b') }, keys)).toBe(false);
    expect(isVouchedFor({ ...signed, outputName: 'out' }, keys)).toBe(false);
    expect(isVouchedFor(signed, new Map())).toBe(false);
  });

  test('that are not proper are refused', () => {
    for (const text of ['', 'Format: 2\n', printRecord({ ...record, signatures: ['x'] }), 'Format: 1\nOutput: ../x\n'])
      expect(() => parseRecord(storeDir, text)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^formats/) }),
      );
    for (const name of [
      'sysbuild/1/realisations/x/out',
      `sysbuild/1/realisations/${'0'.repeat(32)}-a/out`,
      'nar/x',
      '',
    ])
      expect(parseRealisationName(storeDir, name)).toBeUndefined();
  });
});

describe('the plan of a fetch', () => {
  /** Random graphs: path i may refer to paths before it; each is valid, offered or absent. */
  const graph = fc.array(
    fc.record({
      kind: fc.constantFrom('valid', 'offered', 'offered', 'offered', 'absent'),
      to: fc.array(fc.nat(30), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 30 },
  );

  test('fetches what is needed and can be had, references first, and nothing else', () => {
    fc.assert(
      fc.property(graph, fc.array(fc.nat(29), { minLength: 1, maxLength: 4 }), (nodes, roots) => {
        const path = (i: number): StorePath => pathOf(`n${i}`);
        const known = new Map<StorePath, Availability<StorePath>>();
        for (const [i, { kind, to }] of nodes.entries()) {
          const references = [...new Set(to.filter((other) => other <= i).map(path))];
          known.set(
            path(i),
            kind === 'offered' ? { kind, offer: path(i), references } : { kind: kind as 'valid' | 'absent' },
          );
        }
        const wanted = roots.map((root) => path(root % nodes.length));
        const plan = planFetch(wanted, known);
        // Another definition of the same: what can be had grows until nothing more joins it.
        const having = new Set<StorePath>();
        for (let before = -1; before !== having.size; ) {
          before = having.size;
          for (const [at, state] of known) {
            const all = state.kind === 'offered' && state.references.every((to) => to === at || having.has(to));
            if (state.kind === 'valid' || all) having.add(at);
          }
        }
        const obtainable = (at: StorePath): boolean => having.has(at);
        expect([...plan.available].sort()).toEqual([...new Set(wanted.filter(obtainable))].sort());
        expect([...plan.unavailable.keys()].sort()).toEqual(
          [...new Set(wanted.filter((at) => !obtainable(at)))].sort(),
        );
        for (const missing of plan.unavailable.values()) expect(known.get(missing)!.kind).toBe('absent');
        const done = new Set<StorePath>([...known].filter(([, { kind }]) => kind === 'valid').map(([at]) => at));
        for (const at of plan.offers) {
          const state = known.get(at)!;
          expect(state.kind === 'offered' && state.references.every((to) => to === at || done.has(to))).toBe(true);
          done.add(at);
        }
        for (const at of plan.available) expect(done.has(at)).toBe(true);
        const next = (at: StorePath): readonly StorePath[] => {
          const state = known.get(at)!;
          return state.kind === 'offered' ? state.references : [];
        };
        const reached = [...reachable(plan.available, next)].filter((at) => known.get(at)!.kind === 'offered');
        expect(new Set(plan.offers)).toEqual(new Set(reached));
      }),
      { numRuns: 100 },
    );
  });
});

describe('kept answers', () => {
  const uri = 'http://x';
  const info = { storeDir, wantMassQuery: true, priority: 3 };

  test('count for their time, in other processes too', () => {
    let time = 1_000_000;
    const file = join(scratchFolder(), 'deep/lookups.sqlite');
    const times = { info: 100, present: 1000, absent: 10 };
    const open = (): LookupCache => new LookupCache(file, times, () => time);
    const first = open();
    first.saveInfo(uri, info);
    first.save(uri, 'a'.repeat(32), 'text');
    first.save(uri, 'b'.repeat(32), undefined);
    first.close();
    const second = open();
    expect(second.info(uri)).toEqual(info);
    expect(second.info('http://y')).toBeUndefined();
    expect(second.lookUp(uri, 'a'.repeat(32))).toEqual({ text: 'text' });
    expect(second.lookUp(uri, 'b'.repeat(32))).toEqual({ text: undefined });
    expect(second.lookUp(uri, 'c'.repeat(32))).toBeUndefined();
    time += 50;
    expect(second.lookUp(uri, 'b'.repeat(32))).toBeUndefined();
    expect(second.lookUp(uri, 'a'.repeat(32))).toEqual({ text: 'text' });
    second.remove(uri, 'a'.repeat(32));
    second.flush();
    expect(second.lookUp(uri, 'a'.repeat(32))).toBeUndefined();
    time += 100;
    expect(second.info(uri)).toBeUndefined();
    second.close();
  });

  test('that are old are removed', () => {
    let time = 1_000_000;
    const file = join(scratchFolder(), 'lookups.sqlite');
    const times = { info: 1e6, present: 1000, absent: 1000 };
    const size = (): number => {
      const cache = new LookupCache(file, { ...times, present: 1e9, absent: 1e9 }, () => time);
      const found = Array.from({ length: 50 }, (_, i) => cache.lookUp(uri, `${i}`)).filter(
        (known) => known !== undefined,
      );
      cache.close();
      return found.length;
    };
    const cache = new LookupCache(file, times, () => time);
    cache.saveInfo(uri, info);
    for (let i = 0; i < 50; i++) cache.save(uri, `${i}`, i % 2 === 0 ? 'text' : undefined);
    cache.close();
    expect(size()).toBe(50);
    time += 200_000;
    new LookupCache(file, times, () => time).close();
    expect(size()).toBe(0);
  });

  test('are done without where the file is damaged or cannot be', () => {
    const folder = scratchFolder();
    const file = join(folder, 'lookups.sqlite');
    fs.writeFileSync(file, 'this is no database, and long enough to look like one'.repeat(100));
    const cache = new LookupCache(file);
    cache.saveInfo(uri, info);
    cache.save(uri, 'a', 'text');
    cache.flush();
    expect(cache.lookUp(uri, 'a')).toEqual({ text: 'text' });
    cache.close();
    const nowhere = new LookupCache(join(file, 'below/a/file.sqlite'));
    nowhere.save(uri, 'a', 'text');
    nowhere.flush();
    expect(nowhere.lookUp(uri, 'a')).toBeUndefined();
    nowhere.close();
  });
});

test('a key has a proper name', () => {
  expect(makeKey('a-1').name).toBe('a-1');
  expect(makeKey('a').format()).not.toBe(makeKey('a').format());
  for (const name of ['', 'a b', 'a:b']) expect(() => makeKey(name)).toThrow(StoreError);
});
