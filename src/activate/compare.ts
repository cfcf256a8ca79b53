/** Compares two systems of a store: reads what the pure comparison needs. */
import type { StorePath } from '../formats/index.ts';
import { diffSystems, type SystemDiff, type SystemView } from './generation-diff.ts';
import { treeOf } from './look.ts';
import type { Machine } from './machine.ts';
import { readManifest } from './system-store.ts';

/** Longer files, and those that hold a zero byte, are not compared line by line. */
const longestText = 256 * 1024;

/** @throws ActivateError */
export function compareSystems(machine: Machine, before: StorePath, after: StorePath): SystemDiff {
  const textOf = (source: string): string | undefined => {
    const state = machine.files.at(source);
    if (state.kind !== 'file' || state.size > longestText) return undefined;
    const text = machine.files.readText(source);
    return text.includes('\0') ? undefined : text;
  };
  return diffSystems(viewOf(machine, before), viewOf(machine, after), textOf);
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
