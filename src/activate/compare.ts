/** Compares two systems of a store: reads what the pure comparison needs. */
import type { StorePath } from '../formats/index.ts';
import { ActivateError } from './errors.ts';
import { diffSystems, type SystemDiff, type SystemView } from './generation-diff.ts';
import { treeOf } from './look.ts';
import type { Machine } from './machine.ts';
import { readManifest, type StoreFiles } from './system-store.ts';

/** Longer files, and those that hold a zero byte, are not compared line by line. */
const longestText = 256 * 1024;
/** Folders with more files are told as a whole. */
const mostFiles = 2000;

/** @throws ActivateError */
export function compareSystems(machine: Machine, before: StorePath, after: StorePath): SystemDiff {
  const { files } = machine;
  const reader = {
    textOf: (source: string) => textOf(files, source),
    filesIn: (target: string) => filesIn(files, target),
  };
  return diffSystems(viewOf(machine, before), viewOf(machine, after), reader);
}

function textOf(files: StoreFiles, source: string): string | undefined {
  const state = files.at(source);
  if (state.kind !== 'file' || state.size > longestText) return undefined;
  const text = files.readText(source);
  return text.includes('\0') ? undefined : text;
}

/** The files below a folder of the store; links in it count by where they lead. */
function filesIn(files: StoreFiles, target: string): Map<string, { digest: string; source: string }> | undefined {
  const found = new Map<string, { digest: string; source: string }>();
  const walk = (path: string, inside: string): void => {
    const state = files.at(path);
    if (state.kind === 'file') found.set(inside, { digest: state.digest, source: path });
    if (state.kind === 'symlink') found.set(inside, { digest: `-> ${state.target}`, source: path });
    if (state.kind !== 'directory' || found.size > mostFiles) return;
    for (const name of state.entries) walk(`${path}/${name}`, inside === '' ? name : `${inside}/${name}`);
  };
  try {
    const { path, state } = files.follow(target);
    if (state.kind !== 'directory') return undefined;
    walk(path, '');
  } catch (error) {
    // A link may lead anywhere: what is not in the store is not compared.
    if (error instanceof ActivateError) return undefined;
    throw error;
  }
  return found.size > mostFiles ? undefined : found;
}

/**
 * Compares two generations by their numbers: by default the one before the current one with the current one.
 * @throws ActivateError
 */
export function compareGenerations(machine: Machine, before?: number, after?: number): SystemDiff {
  const { generations } = machine;
  const old = before === undefined ? generations.previous() : generations.get(before);
  const fresh = after === undefined ? generations.current() : generations.get(after);
  return compareSystems(machine, old.system, (fresh ?? old).system);
}

function viewOf(machine: Machine, system: StorePath): SystemView {
  const closure = machine.store.closure([system]);
  return {
    manifest: readManifest(machine.store, system),
    tree: treeOf(machine, system),
    closure: new Map(closure.map((path) => [path, machine.store.pathInfo(path)?.narSize ?? 0])),
  };
}
