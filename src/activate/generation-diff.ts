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
  /** Where both are links to folders of the store: what differs in them. */
  readonly inside: readonly InnerChange[];
}

/** A file below a link, by its path from there. */
export interface InnerChange {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'content';
  readonly text: TextDiff | undefined;
}

/** What the comparison reads of the store. */
export interface ContentReader {
  /** The text of a source; undefined when it is not one, or too long to compare. */
  textOf(source: string): string | undefined;
  /** The files of a folder, by their path from there, with what tells them apart; undefined when it is none, or too large. */
  filesIn(target: string): ReadonlyMap<string, { readonly digest: string; readonly source: string }> | undefined;
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

export function diffSystems(before: SystemView, after: SystemView, reader: ContentReader): SystemDiff {
  return {
    packages: diffPackages(before.manifest.packages, after.manifest.packages),
    files: diffFiles(before.tree, after.tree, reader),
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

function diffFiles(before: DesiredTree, after: DesiredTree, reader: ContentReader): FileChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [old, fresh] = [before.get(path), after.get(path)];
    const change = changeOf(old?.state, fresh?.state);
    if (change === undefined) return [];
    const { option } = (fresh ?? (old as DesiredEntry)).declared;
    const text = diffTexts(sourceOf(old?.state), sourceOf(fresh?.state), reader);
    const inside = change === 'content' ? diffInside(old?.state, fresh?.state, reader) : [];
    return [{ path, change, before: old?.state, after: fresh?.state, option, text, inside }];
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

/** Where the text is: undefined where there is no file, null where what is there is none. */
function sourceOf(state: Desired | undefined): string | undefined | null {
  return state === undefined ? undefined : state.kind === 'file' ? state.source : null;
}

function diffTexts(
  before: string | undefined | null,
  after: string | undefined | null,
  reader: ContentReader,
): TextDiff | undefined {
  if (before === null || after === null) return undefined;
  const [old, fresh] = [before, after].map((source) => (source === undefined ? '' : reader.textOf(source)));
  return old === undefined || fresh === undefined || old === fresh ? undefined : diffText(old, fresh);
}

function diffInside(before: Desired | undefined, after: Desired | undefined, reader: ContentReader): InnerChange[] {
  if (before?.kind !== 'symlink' || after?.kind !== 'symlink') return [];
  const [old, fresh] = [reader.filesIn(before.target), reader.filesIn(after.target)];
  if (old === undefined || fresh === undefined) return [];
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((path) => {
    const [one, other] = [old.get(path), fresh.get(path)];
    if (one?.digest === other?.digest) return [];
    const change = one === undefined ? 'added' : other === undefined ? 'removed' : 'content';
    return [{ path, change, text: diffTexts(one?.source, other?.source, reader) }];
  });
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
