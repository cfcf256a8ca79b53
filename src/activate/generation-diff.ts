/** What differs between two systems: packages, files, and the store paths behind them. Pure. */
import type { Manifest, ManifestPackage } from './manifest.ts';
import { diffText, type TextDiff } from './text-diff.ts';
import type { Desired, DesiredEntry, DesiredTree } from './tree-state.ts';

/** A system as far as a comparison needs it. */
export interface SystemView {
  readonly manifest: Manifest;
  readonly tree: DesiredTree;
  /** Every store path of the closure with its size in bytes. */
  readonly closure: ReadonlyMap<string, number>;
}

export interface FileChange {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'content' | 'attributes' | 'kind';
  readonly before: Desired | undefined;
  readonly after: Desired | undefined;
  /** The option that declares it, in the newer system if it is there. */
  readonly option: string;
  /** Where both are texts. */
  readonly text: TextDiff | undefined;
}

export interface SizedPath {
  readonly path: string;
  readonly size: number;
}

export interface SystemDiff {
  readonly packages: {
    readonly added: readonly ManifestPackage[];
    readonly removed: readonly ManifestPackage[];
    /** The same name at another path: another version, or built otherwise. */
    readonly changed: readonly {
      readonly name: string;
      readonly before: ManifestPackage;
      readonly after: ManifestPackage;
    }[];
  };
  readonly files: readonly FileChange[];
  readonly closure: {
    readonly added: readonly SizedPath[];
    readonly removed: readonly SizedPath[];
    /** Bytes of the whole closure. */
    readonly sizeBefore: number;
    readonly sizeAfter: number;
  };
}

/** @param textOf the text of a source in the store; undefined when it is not one, or too long to compare */
export function diffSystems(
  before: SystemView,
  after: SystemView,
  textOf: (source: string) => string | undefined,
): SystemDiff {
  return {
    packages: diffPackages(before.manifest.packages, after.manifest.packages),
    files: diffFiles(before.tree, after.tree, textOf),
    closure: diffClosures(before.closure, after.closure),
  };
}

function diffPackages(before: readonly ManifestPackage[], after: readonly ManifestPackage[]): SystemDiff['packages'] {
  const byName = (packages: readonly ManifestPackage[]) => new Map(packages.map((entry) => [entry.name, entry]));
  const [old, fresh] = [byName(before), byName(after)];
  const changed = [...old.values()].flatMap((entry) => {
    const other = fresh.get(entry.name);
    return other === undefined || other.path === entry.path ? [] : [{ name: entry.name, before: entry, after: other }];
  });
  return {
    added: after.filter((entry) => !old.has(entry.name)),
    removed: before.filter((entry) => !fresh.has(entry.name)),
    changed,
  };
}

function diffFiles(
  before: DesiredTree,
  after: DesiredTree,
  textOf: (source: string) => string | undefined,
): FileChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [old, fresh] = [before.get(path), after.get(path)];
    const change = changeOf(old?.state, fresh?.state);
    if (change === undefined) return [];
    const { option } = (fresh ?? (old as DesiredEntry)).declared;
    return [{ path, change, before: old?.state, after: fresh?.state, option, text: diffContent(old, fresh, textOf) }];
  });
}

function changeOf(before: Desired | undefined, after: Desired | undefined): FileChange['change'] | undefined {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  if (before.kind !== after.kind) return 'kind';
  if (contentOf(before) !== contentOf(after)) return 'content';
  return attributesOf(before) === attributesOf(after) ? undefined : 'attributes';
}

function contentOf(state: Desired): string {
  return state.kind === 'file' ? state.digest : state.kind === 'symlink' ? state.target : '';
}

function attributesOf(state: Desired): string {
  return state.kind === 'symlink' ? '' : [state.mode, state.uid, state.gid].join(':');
}

function diffContent(
  before: DesiredEntry | undefined,
  after: DesiredEntry | undefined,
  textOf: (source: string) => string | undefined,
): TextDiff | undefined {
  const text = (entry: DesiredEntry | undefined): string | undefined =>
    entry === undefined ? '' : entry.state.kind === 'file' ? textOf(entry.state.source) : undefined;
  const [old, fresh] = [text(before), text(after)];
  return old === undefined || fresh === undefined || old === fresh ? undefined : diffText(old, fresh);
}

function diffClosures(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): SystemDiff['closure'] {
  const missingIn = (other: ReadonlyMap<string, number>, from: ReadonlyMap<string, number>): SizedPath[] =>
    [...from]
      .filter(([path]) => !other.has(path))
      .map(([path, size]) => ({ path, size }))
      .sort((a, b) => byName(a.path, b.path));
  const total = (closure: ReadonlyMap<string, number>): number => closure.values().reduce((sum, size) => sum + size, 0);
  return {
    added: missingIn(before, after),
    removed: missingIn(after, before),
    sizeBefore: total(before),
    sizeAfter: total(after),
  };
}

/** By what people know a store path by: the name before the hash. */
function byName(a: string, b: string): number {
  const key = (path: string): string => `${path.slice(path.indexOf('-') + 1)} ${path}`;
  return key(a) < key(b) ? -1 : 1;
}
