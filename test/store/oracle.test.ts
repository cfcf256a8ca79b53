/** Our stores as the real Nix sees them, and stores that it made as we see them. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { bytesOf } from '../../src/base/bytes.ts';
import { formatHash, type StorePath } from '../../src/formats/index.ts';
import { canonicalise, hashPath, type LocalStore } from '../../src/store/index.ts';
import { type Tree, tree } from '../support/format-arbitraries.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { openStore, scratchFolder, scratchStore, writeFiles } from './support.ts';

/** Runs a command of the real Nix on the store below `root`; returns what it prints. */
async function nix(root: string, ...words: string[]): Promise<string> {
  fs.mkdirSync(join(root, 'nix'), { recursive: true });
  const env = { ...process.env, NIX_CONFIG: 'extra-experimental-features = git-hashing blake3-hashes' };
  const result = await oracle(['--store', join(root, 'nix'), ...words], { env });
  expect(result, result.stderr).toMatchObject({ status: 0 });
  return result.stdout;
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** Our infos, in the form in which Nix prints its own. */
function asNixPrints(store: LocalStore): Record<string, object> {
  return Object.fromEntries(
    store.allPaths().map((path) => {
      const info = store.requireInfo(path);
      const { narSize, references, registrationTime, ultimate } = info;
      const known = { narSize, references, registrationTime, ultimate, narHash: formatHash(info.narHash, 'sri') };
      return [
        path,
        { ...known, ca: info.contentAddress ?? null, deriver: info.deriver ?? null, signatures: [...info.signatures] },
      ];
    }),
  );
}

async function nixInfos(root: string): Promise<Record<string, object>> {
  const all = JSON.parse(await nix(root, 'nix', 'path-info', '--json', '--json-format', '1', '--all')) as Record<
    string,
    object
  >;
  for (const info of Object.values(all))
    for (const key of ['version', 'storeDir']) delete (info as Record<string, unknown>)[key];
  return all;
}

function fill(store: LocalStore): { source: StorePath; drvPath: StorePath; output: StorePath } {
  const folder = scratchFolder();
  writeFiles(folder, { a: { executable: '#!' }, deep: { b: 'b' }, link: { link: 'a' } });
  const source = store.addPath({ physicalPath: folder, name: 'source', ingestion: 'nar' });
  store.addPath({ physicalPath: join(folder, 'a'), name: 'flat', ingestion: 'flat' });
  const output = '/nix/store/00000000000000000000000000000000-thing' as StorePath;
  const drvPath = store.addDerivation({
    name: 'thing',
    outputs: new Map([['out', { kind: 'floating', method: 'nar', algorithm: 'sha256' }]]),
    inputDrvs: new Map(),
    inputSrcs: [source],
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: ['-c', 'echo > $out'],
    env: new Map(),
  });
  writeFiles(store.realPath(output), { file: `${source} ${output}` });
  canonicalise(store.realPath(output));
  const { hash: narHash, size: narSize } = hashPath(store.realPath(output));
  const references = [output, source].sort();
  const info = { path: output, narHash, narSize, references, deriver: drvPath, registrationTime: 5, ultimate: true };
  store.registerOutputs(
    [{ ...info, signatures: ['key:c2lnbmF0dXJl'], contentAddress: undefined }],
    [{ drvPath, outputName: 'out', outPath: output }],
  );
  return { source, drvPath, output };
}

describe('the real Nix on a store of ours', () => {
  oracleTest('finds nothing to complain about, and knows what we know', async () => {
    const root = scratchFolder();
    const store = openStore({ physicalRoot: root });
    const { source, drvPath, output } = fill(store);
    expect(await nix(root, 'nix-store', '--verify', '--check-contents')).toBe('');
    expect(await nixInfos(root)).toEqual(asNixPrints(store));
    expect(lines(await nix(root, 'nix-store', '-q', '--references', output)).sort()).toEqual(
      store.requireInfo(output).references,
    );
    expect(lines(await nix(root, 'nix-store', '-q', '--referrers', source))).toEqual(store.referrers(source));
    expect(lines(await nix(root, 'nix-store', '-qR', output)).sort()).toEqual(store.closure([output]).sort());
    expect(lines(await nix(root, 'nix-store', '-q', '--deriver', output))).toEqual([drvPath]);
    expect(await nix(root, 'nix-store', '-q', '--tree', output)).toContain(source);
  });

  oracleTest('changes it, and we see that; records go with their path', async () => {
    const root = scratchFolder();
    let store = openStore({ physicalRoot: root });
    const { drvPath, output } = fill(store);
    store.close();
    await nix(root, 'nix-store', '--delete', output);
    store = openStore({ physicalRoot: root });
    expect(store.isValid(output)).toBe(false);
    expect(store.realisation(drvPath, 'out')).toBeUndefined();
    expect(store.isValid(drvPath)).toBe(true);
    expect(await store.verify({ checkContents: true })).toEqual([]);
  });

  oracleTest('collects nothing that a process of ours needs', async () => {
    const root = scratchFolder();
    const store = openStore({ physicalRoot: root });
    const needed = store.addText('needed', 'text', []);
    const other = openStore({ physicalRoot: root });
    const dead = other.addText('dead', 'text', []);
    other.close();
    await nix(root, 'nix-store', '--gc');
    expect([store.isValid(needed), store.isValid(dead)]).toEqual([true, false]);
    store.close();
    await nix(root, 'nix-store', '--gc');
    expect(openStore({ physicalRoot: root }).allPaths()).toEqual([]);
  });

  oracleTest('waits for a path that we have locked', async () => {
    const root = scratchFolder();
    const store = openStore({ physicalRoot: root });
    const file = join(writeFiles(scratchFolder(), { file: 'text' }), 'file');
    const path = scratchStore().addPath({ physicalPath: file, name: 'file', ingestion: 'nar' });
    const locks = await store.lockOutputs([path]);
    let ended = false;
    const adding = nix(root, 'nix-store', '--add', file).then((text) => {
      ended = true;
      return text;
    });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect([ended, store.isValid(path)]).toEqual([false, false]);
    locks.release();
    expect(lines(await adding)).toEqual([path]);
    expect(store.isValid(path)).toBe(true);
  });
});

describe('we, on a store of the real Nix', () => {
  oracleTest('know what it knows, and add to it', async () => {
    const root = scratchFolder();
    const folder = writeFiles(join(root, 'src'), { a: 'a', b: { executable: 'b' } });
    const expression = `derivation { name = "x"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo $src > $out" ]; src = ${folder}; }`;
    await nix(root, 'nix-build', '-E', expression, '--no-out-link');
    const store = openStore({ physicalRoot: root });
    expect(asNixPrints(store)).toEqual(await nixInfos(root));
    const [drvPath] = store.allPaths().filter((path) => path.endsWith('.drv')) as [StorePath];
    const output = store.allPaths().find((path) => path.endsWith('-x'))!;
    expect(store.readDerivation(drvPath).outputs.get('out')).toMatchObject({ path: output });
    expect(store.derivers(output)).toEqual([drvPath]);
    expect(await store.verify({ checkContents: true })).toEqual([]);
    expect(store.addDerivation(store.readDerivation(drvPath))).toBe(drvPath);
    store.addText('more', 'text', [output]);
    store.registerRealisation({ drvPath, outputName: 'out', outPath: output });
    expect(await nix(root, 'nix-store', '--verify', '--check-contents')).toBe('');
  });

  oracleTest('can read it without changing anything in it', async () => {
    const root = scratchFolder();
    const file = join(writeFiles(join(root, 'src'), { a: 'a' }), 'a');
    const [path] = lines(await nix(root, 'nix-store', '--add', file)) as [StorePath];
    const before = fs.readFileSync(join(root, 'nix/var/nix/db/db.sqlite'));
    const store = openStore({ physicalRoot: root, readOnly: true });
    expect(store.closure([path])).toEqual([path]);
    expect(store.realisationsOf(path)).toEqual([]);
    store.close();
    expect(fs.readFileSync(join(root, 'nix/var/nix/db/db.sqlite'))).toEqual(before);
  });
});

/** Names that a shell, an argument and a UTF-8 terminal carry; the others are tested without the oracle. */
function writeTree(path: Buffer, node: Tree): void {
  if (node.type === 'symlink') fs.symlinkSync(bytesOf(node.target), path);
  else if (node.type === 'file') fs.writeFileSync(path, node.bytes, { mode: node.executable ? 0o755 : 0o644 });
  else {
    fs.mkdirSync(path);
    for (const [name, child] of node.entries) writeTree(Buffer.concat([path, bytesOf(`/${name}`)]), child);
  }
}

oracleTest('generated trees get the same paths and hashes', async () => {
  const [ours, theirs, sources] = [scratchFolder(), scratchFolder(), scratchFolder()];
  const store = openStore({ physicalRoot: ours });
  const trees = fc.sample(tree, { numRuns: 120, seed: 7 });
  const paths = trees.map((node, index) => {
    const path = join(sources, `tree-${index}`);
    writeTree(Buffer.from(path), node);
    return path;
  });
  const added = paths.map((path, index) =>
    store.addPath({ physicalPath: path, name: `tree-${index}`, ingestion: 'nar' }),
  );
  expect(lines(await nix(theirs, 'nix-store', '--add', ...paths))).toEqual(added);
  // Nix 2.34 fails ("bad optional access") when it adds an empty file in this way.
  const flat = paths.filter((path) => fs.lstatSync(path).isFile() && fs.statSync(path).size > 0);
  const addedFlat = flat.map((path) =>
    store.addPath({ physicalPath: path, name: path.slice(sources.length + 1), ingestion: 'flat' }),
  );
  const literal = flat.map((path) => `(builtins.path { path = ${path}; recursive = false; })`);
  const evaluated = await nix(
    theirs,
    'nix-instantiate',
    '--eval',
    '--read-write-mode',
    '--strict',
    '--json',
    '-E',
    `[ ${literal.join(' ')} ]`,
  );
  expect(JSON.parse(evaluated)).toEqual(addedFlat);
  const withoutTimes = (infos: Record<string, object>): object =>
    Object.fromEntries(Object.entries(infos).map(([path, info]) => [path, { ...info, registrationTime: 0 }]));
  expect(withoutTimes(asNixPrints(store))).toEqual(withoutTimes(await nixInfos(theirs)));
  expect(await nix(ours, 'nix-store', '--verify', '--check-contents')).toBe('');
});

oracleTest('trees addressed as git has them, and by other digests, get the same paths', async () => {
  const [ours, theirs, sources] = [scratchFolder(), scratchFolder(), scratchFolder()];
  const store = openStore({ physicalRoot: ours });

  const ways = [
    { ingestion: 'git', algorithm: 'sha1' },
    { ingestion: 'git', algorithm: 'sha256' },
    { ingestion: 'nar', algorithm: 'blake3' },
    { ingestion: 'nar', algorithm: 'sha512' },
  ] as const;
  for (const [index, node] of fc.sample(tree, { numRuns: 6, seed: 11 }).entries()) {
    const path = join(sources, `tree-${index}`);
    writeTree(Buffer.from(path), node);
    for (const { ingestion, algorithm } of ways) {
      const added = store.addPath({ physicalPath: path, name: `t-${index}`, ingestion, algorithm });
      const words = ['nix', 'store', 'add', '--mode', ingestion, '--hash-algo', algorithm];
      expect(lines(await nix(theirs, ...words, '--name', `t-${index}`, path))).toEqual([added]);
      const { contentAddress, narHash } = store.requireInfo(added);
      expect(await nixInfos(theirs)).toMatchObject({
        [added]: { ca: contentAddress, narHash: formatHash(narHash, 'sri') },
      });
      // What a git tree or another digest proves is checked when it comes from elsewhere, too.
      const copy = scratchStore();
      await copy.addFromNar(store.requireInfo(added), store.dumpNar(added));
      expect(copy.isValid(added)).toBe(true);
    }
  }
  expect(await store.verify({ checkContents: true })).toEqual([]);
});
