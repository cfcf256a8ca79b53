/** Archives against the real Nix: those of random trees are the same, and damaged ones are refused where it refuses. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect } from 'vitest';
import { FormatError, NarReader, NarWriter } from '../../src/formats/index.ts';
import { narEvents, type Tree, tree } from '../support/format-arbitraries.ts';
import { mutated } from '../support/mutate.ts';
import { oracleTest } from '../support/oracle.ts';
import { OracleStore } from '../support/oracle-store.ts';

const store = new OracleStore('/nix/store');
afterAll(() => store.remove());

const seed = 7_061_983;

oracleTest('the archive of a tree is that of the real Nix', async () => {
  const trees = fc.sample(tree, { seed, numRuns: 50 });
  mkdirSync(join(store.folder, 'trees'));
  for (const [i, node] of trees.entries()) put(Buffer.from(join(store.folder, 'trees', String(i))), node);
  await store.run('cd trees; for i in *; do nix-store --dump "$i" >"../$i.nar"; done');
  for (const [i, node] of trees.entries()) {
    expect(archive(node)).toEqual(readFileSync(join(store.folder, `${i}.nar`)));
  }
});

oracleTest('what is no archive for the real Nix is none here, and the other way round', async () => {
  const damaged = fc.sample(mutated(tree.map(archive)), { seed, numRuns: 110 }).filter(({ length }) => length > 120);
  const cases = [...damaged, ...wellFramed()];
  mkdirSync(join(store.folder, 'cases'));
  for (const [i, bytes] of cases.entries()) writeFileSync(join(store.folder, 'cases', String(i)), bytes);
  await store.run(
    'cd cases; for i in *; do nix-store --restore "restored-$i" <"$i" 2>/dev/null && : >"$i.good"; done; :',
  );
  const good = new Set(readdirSync(join(store.folder, 'cases')).filter((name) => name.endsWith('.good')));
  const verdicts = cases.map((bytes, i) => [i, isArchive(bytes)]);
  expect(verdicts).toEqual(cases.map((_, i) => [i, good.has(`${i}.good`)]));
  expect(good.size).toBeGreaterThan(5);
  expect(good.size).toBeLessThan(cases.length - 50);
});

/** Archives that keep the framing and break one rule each, or none. */
function wellFramed(): Buffer[] {
  const file = ['(', 'type', 'regular', 'contents', 'x', ')'];
  const entry = (name: string, node = file) => ['entry', '(', 'name', name, 'node', ...node, ')'];
  const folder = (...entries: string[][]) => ['(', 'type', 'directory', ...entries.flat(), ')'];
  const link = (target: string) => ['(', 'type', 'symlink', 'target', target, ')'];
  let deep = file;
  const depths = Array.from({ length: 65 }, () => (deep = folder(entry('d', deep))));
  const roots = [
    ...[file, folder(), folder(entry('a'), entry('b')), link('a'), link('/a/../b'), folder(entry('a '), entry('a!'))],
    ...[folder(entry('b'), entry('a')), folder(entry('a'), entry('a')), folder(entry('a\0'), entry('b'))],
    ...['', '.', '..', 'a/b', '/', '\0', '...', 'a'.repeat(255), 'a'.repeat(256)].map((name) => folder(entry(name))),
    ...['', 'a\0', 'a'.repeat(4095), 'a'.repeat(4096)].map(link),
    ...[
      ['(', 'type', 'socket', ')'],
      ['(', 'type', 'regular', ')'],
      ['(', 'type', 'symlink', ')'],
    ],
    ['(', 'type', 'regular', 'executable', '', 'contents', 'x', ')'],
    ['(', 'type', 'regular', 'executable', 'x', 'contents', 'x', ')'],
    ['(', 'type', 'regular', 'contents', 'x', 'executable', '', ')'],
    ['(', 'type', 'directory', 'entry', '(', 'node', ...file, 'name', 'a', ')', ')'],
    ...[depths[61]!, depths[62]!, depths[63]!, depths[64]!],
  ];
  const framed = roots.map((words) => ['nix-archive-1', ...words]);
  return [...framed, ['nix-archive-2', ...file], ['nix-archive-1', 'type', 'regular']].map((words) =>
    Buffer.concat(words.map(frame)),
  );
}

function frame(text: string): Buffer {
  const bytes = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8);
  bytes.writeBigUInt64LE(BigInt(text.length));
  bytes.write(text, 8, 'latin1');
  return bytes;
}

/** Whether an archive stands at the beginning: like the real Nix's `--restore`, which reads no further. */
function isArchive(bytes: Uint8Array): boolean {
  const reader = new NarReader({ keepRest: true });
  try {
    reader.push(bytes);
    reader.finish();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return false;
  }
}

function archive(node: Tree): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = new NarWriter((chunk) => chunks.push(chunk));
  for (const event of narEvents(node)) writer.write(event);
  writer.finish();
  return Buffer.concat(chunks);
}

/** A tree as files. Names are bytes, which need not be UTF-8. */
function put(path: Buffer, node: Tree): void {
  if (node.type === 'symlink') symlinkSync(Buffer.from(node.target, 'latin1'), path);
  else if (node.type === 'file') writeFileSync(path, node.bytes, { mode: node.executable ? 0o755 : 0o644 });
  else {
    mkdirSync(path);
    for (const [name, child] of node.entries) put(Buffer.concat([path, Buffer.from(`/${name}`, 'latin1')]), child);
  }
}
