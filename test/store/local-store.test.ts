import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { silent } from '../../src/base/events.ts';
import { FormatError, type StorePath } from '../../src/formats/index.ts';
import { copyClosure, dumpNarSync, hashPath, type PathInfo } from '../../src/store/index.ts';
import { absent, storeContract } from './contract.ts';
import { entries, openStore, scratchFolder, scratchStore } from './support.ts';

storeContract('a local store', () => scratchStore());
storeContract('a local store that writes behind', () => scratchStore({ writeBehind: true }));

describe('texts', () => {
  test('are files in canonical form', () => {
    const store = scratchStore();
    const path = store.realPath(store.addText('a', 'A\xff', []));
    expect(fs.readFileSync(path)).toEqual(Buffer.from([0x41, 0xff]));
    expect(fs.statSync(path)).toMatchObject({ mode: 0o100444, mtimeMs: 1000, nlink: 1 });
  });

  test('of a batch are valid at once and on disk at its end', () => {
    const store = scratchStore();
    store.batch(() => {
      const a = store.addText('a', 'A', []);
      store.addText('b', 'B', [a]);
      expect(store.isValid(a)).toBe(true);
      expect(store.pathInfo(a)?.narSize).toBe(120);
      expect(entries(store)).toEqual([]);
    });
    expect(entries(store)).toHaveLength(2);
    expect(store.allPaths()).toHaveLength(2);
  });

  test('of a batch that fails are forgotten', () => {
    const store = scratchStore();
    expect(() =>
      store.batch(() => {
        store.addText('a', 'A', []);
        throw new Error('enough');
      }),
    ).toThrow('enough');
    expect(store.allPaths()).toEqual([]);
    expect(entries(store)).toEqual([]);
  });

  test('that are kept back are written when a question needs them', () => {
    const store = scratchStore({ writeBehind: true });
    const a = store.addText('a', 'A', []);
    expect(entries(store)).toEqual([]);
    expect(fs.readFileSync(store.realPath(a), 'utf8')).toBe('A');
    const b = store.addText('b', 'B', [a]);
    expect(store.closure([b])).toEqual([a, b]);
    expect(entries(store)).toHaveLength(2);
  });

  test('replace what a crash left at their path', () => {
    const store = scratchStore();
    const other = scratchStore();
    const path = other.addText('a', 'A', []);
    fs.mkdirSync(store.realPath(path));
    fs.writeFileSync(`${store.realPath(path)}/left`, 'over');
    store.addText('a', 'A', []);
    expect(fs.readFileSync(store.realPath(path), 'utf8')).toBe('A');
  });
});

describe('outputs of builds', () => {
  const output = (path: StorePath, content: string, references: StorePath[] = []): PathInfo => {
    const folder = scratchFolder();
    fs.writeFileSync(`${folder}/file`, content);
    const { hash, size } = hashPath(`${folder}/file`);
    return {
      path,
      narHash: hash,
      narSize: size,
      references,
      deriver: undefined,
      registrationTime: 1,
      ultimate: true,
      signatures: [],
      contentAddress: undefined,
    };
  };
  const place = (real: string, content: string): void => fs.writeFileSync(real, content, { mode: 0o444 });
  const other = '/nix/store/11111111111111111111111111111111-other' as StorePath;

  test('become valid together, with their records, and may refer to themselves and to each other', () => {
    const store = scratchStore();
    const drvPath = store.addText('a.drv', '', []);
    place(store.realPath(absent), 'one');
    place(store.realPath(other), 'two');
    const records = [{ drvPath, outputName: 'out', outPath: absent }];
    store.registerOutputs([output(absent, 'one', [absent, other]), output(other, 'two')], records);
    expect(store.pathInfo(absent)).toMatchObject({ references: [absent, other], ultimate: true });
    expect(store.realisation(drvPath, 'out')).toEqual(records[0]);
    expect(store.realisationsOf(drvPath)).toEqual(records);
    expect(store.derivers(absent)).toEqual([drvPath]);
  });

  test('that refer to each other in a circle are refused, all of them', () => {
    const store = scratchStore();
    place(store.realPath(absent), 'one');
    place(store.realPath(other), 'two');
    const circle = [output(absent, 'one', [other]), output(other, 'two', [absent])];
    expect(() => store.registerOutputs(circle)).toThrow(expect.objectContaining({ code: 'store/reference-cycle' }));
    expect(store.allPaths()).toEqual([]);
  });

  test('with a false content address are refused', () => {
    const store = scratchStore();
    place(store.realPath(absent), 'one');
    const info = { ...output(absent, 'one'), contentAddress: `fixed:r:sha256:${'0'.repeat(52)}` };
    expect(() => store.registerOutputs([info])).toThrow(
      expect.objectContaining({ code: 'store/content-address-mismatch' }),
    );
    expect(store.allPaths()).toEqual([]);
  });

  test('that are valid already keep their bytes', () => {
    const store = scratchStore();
    place(store.realPath(absent), 'one');
    store.registerOutputs([output(absent, 'one')]);
    store.registerOutputs([{ ...output(absent, 'one'), signatures: ['k:s'] }]);
    expect(store.pathInfo(absent)?.signatures).toEqual(['k:s']);
    const other = expect.objectContaining({ code: 'store/hash-mismatch' });
    expect(() => store.registerOutputs([output(absent, 'two')])).toThrow(other);
    expect(store.pathInfo(absent)?.narHash).toEqual(output(absent, 'one').narHash);
  });

  test('have one path for each output of a derivation', () => {
    const store = scratchStore();
    const one = store.addText('one', '1', []);
    const two = store.addText('two', '2', []);
    const drvPath = store.addText('a.drv', '', []);
    store.registerRealisation({ drvPath, outputName: 'out', outPath: one });
    store.registerRealisation({ drvPath, outputName: 'out', outPath: one });
    const second = { drvPath, outputName: 'out', outPath: two };
    expect(() => store.registerRealisation(second)).toThrow(
      expect.objectContaining({ code: 'store/realisation-conflict' }),
    );
    const gone = { drvPath, outputName: 'dev', outPath: absent };
    expect(() => store.registerRealisation(gone)).toThrow(expect.objectContaining({ code: 'store/not-valid' }));
  });
});

describe('a store', () => {
  test('is the same after it was closed', () => {
    const physicalRoot = scratchFolder();
    const first = openStore({ physicalRoot });
    const path = first.addText('a', 'A', []);
    const info = first.pathInfo(path);
    first.close();
    const second = openStore({ physicalRoot });
    expect(second.pathInfo(path)).toEqual(info);
    expect(second.provenance(path)).toEqual([]);
  });

  test('keeps signatures and where paths came from', () => {
    const store = scratchStore();
    const path = store.addText('a', 'A', []);
    store.addSignatures(path, ['k:b', 'k:a']);
    store.addSignatures(path, ['k:b']);
    expect(store.pathInfo(path)?.signatures).toEqual(['k:a', 'k:b']);
    const provenance = { kind: 'source', time: 7, details: { file: 'a' } } as const;
    store.setProvenance(path, provenance);
    expect(store.provenance(path)).toEqual([provenance]);
  });

  test('may be at another path', () => {
    const physicalRoot = scratchFolder();
    const store = openStore({ physicalRoot, storeDir: '/other/store' });
    const path = store.addText('a', 'A', []);
    expect(path).toMatch(/^\/other\/store\/[^/]+-a$/);
    expect(store.realPath(path)).toBe(`${physicalRoot}${path}`);
    expect(fs.existsSync(`${physicalRoot}/nix/var/nix/db/db.sqlite`)).toBe(true);
  });

  test('that is read only answers, and changes nothing', () => {
    const physicalRoot = scratchFolder();
    const writer = openStore({ physicalRoot });
    const path = writer.addText('a', 'A', []);
    const reader = openStore({ physicalRoot, readOnly: true });
    expect(reader.isValid(path)).toBe(true);
    expect(reader.closure([path])).toEqual([path]);
    reader.addTempRoot(path);
    const readOnly = expect.objectContaining({ code: 'store/read-only' });
    expect(() => reader.addText('b', 'B', [])).toThrow(readOnly);
    expect(() => reader.addPath({ physicalPath: '/etc/hostname', name: 'b', ingestion: 'flat' })).toThrow(readOnly);
    expect(() => openStore({ physicalRoot: scratchFolder(), readOnly: true })).toThrow(readOnly);
    expect(entries(writer)).toHaveLength(1);
  });

  test('says what is wrong with it', async () => {
    const store = scratchStore();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => store.addText(name, name, [])) as [StorePath, StorePath, StorePath];
    expect(await store.verify({ checkContents: true })).toEqual([]);
    fs.rmSync(store.realPath(a));
    fs.chmodSync(store.realPath(b), 0o644);
    fs.writeFileSync(store.realPath(b), 'B');
    const kinds = (await store.verify({ checkContents: true })).map((problem) => problem.kind);
    expect(kinds.sort()).toEqual(['missing', 'modified']);
    expect(await store.verify({ checkContents: false })).toEqual([{ kind: 'missing', path: a }]);
    expect(store.isValid(c)).toBe(true);
  });
});

describe('a copy of a closure', () => {
  test('brings all that is missing, references first', async () => {
    const from = scratchStore();
    const to = scratchStore();
    const a = from.addText('a', 'A', []);
    const b = from.addText('b', 'B', [a]);
    to.addText('a', 'A', []);
    expect(await copyClosure(from, to, [b], silent)).toEqual([b]);
    expect(to.pathInfo(b)).toEqual(from.pathInfo(b));
    expect(await copyClosure(from, to, [b], silent)).toEqual([]);
    expect(await to.verify({ checkContents: true })).toEqual([]);
  });

  test('refuses an archive that is cut off, and leaves nothing of it', async () => {
    const from = scratchStore();
    const to = scratchStore();
    const info = from.requireInfo(from.addText('a', 'A'.repeat(100), []));
    const chunks: Uint8Array[] = [];
    dumpNarSync(from.realPath(info.path), (chunk) => chunks.push(Buffer.from(chunk)));
    const nar = Buffer.concat(chunks);
    for (const end of [0, 50, nar.length - 8]) {
      const cut = (async function* () {
        yield nar.subarray(0, end);
      })();
      await expect(to.addFromNar(info, cut)).rejects.toThrow(FormatError);
    }
    expect(to.allPaths()).toEqual([]);
    expect(entries(to)).toEqual([]);
  });

  test('believes nothing', async () => {
    const from = scratchStore();
    const to = scratchStore();
    const a = from.addText('a', 'A', []);
    fs.chmodSync(from.realPath(a), 0o644);
    fs.writeFileSync(from.realPath(a), 'B');
    await expect(copyClosure(from, to, [a], silent)).rejects.toThrow(
      expect.objectContaining({ code: 'store/hash-mismatch' }),
    );
    expect(to.allPaths()).toEqual([]);
    expect(entries(to)).toEqual([]);
  });
});
