/** Makes trees that were just written durable: a few files one by one, more of them by one sync of the file system. */
import * as fs from 'node:fs';
import { syncDirectory } from '../../base/fs-atomic.ts';
import { runSync } from '../../base/process.ts';
import { systemCalls } from '../../base/system-calls.ts';
import type { Parts } from './parts.ts';
import { native, rawPathOf } from './raw-path.ts';
import { entriesOf } from './tree-events.ts';

/** Up to so many files each is synced for itself: a whole file system may have more to write than we have. */
const fewFiles = 8;

type Place = Pick<Parts, 'durable' | 'layout'>;

/**
 * Returns when all bytes and names below `roots`, in the store's folder, are on disk; at once where the store was opened
 * to do without.
 */
export function makeDurable({ durable, layout }: Place, roots: readonly string[]): void {
  if (!durable) return;
  const nodes = fewNodes(roots);
  if (nodes === undefined && syncFileSystem(layout.realStoreDir)) return;
  for (const rawPath of nodes ?? allNodes(roots)) syncNode(rawPath);
}

/** The same; other work goes on meanwhile. */
export async function makeDurableLater({ durable, layout }: Place, roots: readonly string[]): Promise<void> {
  if (!durable) return;
  const nodes = fewNodes(roots);
  if (nodes === undefined && (await syncFileSystemLater(layout.realStoreDir))) return;
  for (const rawPath of nodes ?? allNodes(roots)) await syncNodeLater(rawPath);
}

/** The names in the store's folder. */
export function syncStoreFolder({ durable, layout }: Place): void {
  if (durable) syncDirectory(layout.realStoreDir);
}

/** One `syncfs(2)`; false where there is none. */
function syncFileSystem(folder: string): boolean {
  const calls = systemCalls();
  if (calls === undefined) return syncByProgram(folder);
  const fd = fs.openSync(folder, 'r');
  try {
    return calls.syncfs(fd) === 0;
  } finally {
    fs.closeSync(fd);
  }
}

async function syncFileSystemLater(folder: string): Promise<boolean> {
  const calls = systemCalls();
  if (calls === undefined) return syncByProgram(folder);
  const fd = fs.openSync(folder, 'r');
  try {
    return (await calls.syncfsLater(fd)) === 0;
  } finally {
    fs.closeSync(fd);
  }
}

function syncByProgram(folder: string): boolean {
  try {
    return runSync('sync', ['-f', folder], { env: { PATH: process.env['PATH'] } }).status === 0;
  } catch {
    return false;
  }
}

/** All files and directories below `roots`; undefined when they are many. */
function fewNodes(roots: readonly string[]): string[] | undefined {
  const nodes: string[] = [];
  for (const rawPath of allNodes(roots)) {
    nodes.push(rawPath);
    if (nodes.length > fewFiles) return undefined;
  }
  return nodes;
}

function* allNodes(roots: readonly string[]): Generator<string> {
  const todo = roots.map(rawPathOf);
  for (let rawPath = todo.pop(); rawPath !== undefined; rawPath = todo.pop()) {
    const state = fs.lstatSync(native(rawPath));
    if (state.isSymbolicLink()) continue;
    yield rawPath;
    if (state.isDirectory()) for (const [name] of entriesOf(rawPath)) todo.push(`${rawPath}/${name}`);
  }
}

function syncNode(rawPath: string): void {
  const fd = fs.openSync(native(rawPath), 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

async function syncNodeLater(rawPath: string): Promise<void> {
  const file = await fs.promises.open(native(rawPath), 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
