/**
 * What can be at a place of the machine, as plain data: what is there (`Observed`), what a generation wants there
 * (`Desired`), and when the two are the same.
 */
import type { Declaration, Realm } from './manifest.ts';

export interface Attributes {
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Attributes as wanted: an owner that is undefined is whoever carries out the switch, and is not looked at. */
export interface WantedAttributes {
  readonly mode: number;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

type FileContent = {
  readonly kind: 'file' /** SHA-256, hexadecimal. */;
  readonly digest: string;
  readonly size: number;
};
export type LinkState = { readonly kind: 'symlink'; readonly target: string };

export type Observed =
  | { readonly kind: 'absent' }
  | (FileContent & Attributes)
  /** `toFolder`: it leads to a folder of the machine. */
  | (LinkState & { readonly toFolder: boolean })
  /** `entries`: the names in it, sorted. */
  | ({ readonly kind: 'directory'; readonly entries: readonly string[] } & Attributes)
  /** A device, a socket, a mounted file: nothing that a switch replaces. */
  | { readonly kind: 'other'; readonly what: string };

export type Desired =
  | (FileContent & WantedAttributes & { /** In the store, without links on the way. */ readonly source: string })
  | LinkState
  | ({ readonly kind: 'directory' } & WantedAttributes);

export interface DesiredEntry {
  readonly path: string;
  readonly state: Desired;
  readonly realm: Realm;
  readonly declared: Declaration;
}

/** What a generation wants, by path. */
export type DesiredTree = ReadonlyMap<string, DesiredEntry>;

/** Whether the bytes are the same, whatever their attributes. */
export function sameContent(desired: Desired, observed: Observed): boolean {
  switch (desired.kind) {
    case 'file':
      return observed.kind === 'file' && observed.digest === desired.digest;
    case 'symlink':
      return observed.kind === 'symlink' && observed.target === desired.target;
    case 'directory':
      return observed.kind === 'directory' || (observed.kind === 'symlink' && observed.toFolder);
  }
}

/** Whether what is there is what is wanted. A link to a folder stands for a folder, whose attributes are its own. */
export function isAsDesired(desired: Desired, observed: Observed): boolean {
  if (!sameContent(desired, observed)) return false;
  return desired.kind === 'symlink' || observed.kind === 'symlink' || sameAttributes(desired, observed as Attributes);
}

function sameAttributes(wanted: WantedAttributes, seen: Attributes): boolean {
  const sameOwner = wanted.uid === undefined || (wanted.uid === seen.uid && wanted.gid === seen.gid);
  return wanted.mode === seen.mode && sameOwner;
}

/** Whether two looks at a place saw the same. What is in a folder does not count. */
export function sameObserved(a: Observed, b: Observed): boolean {
  const plain = (state: Observed): string => JSON.stringify({ ...state, entries: undefined, toFolder: undefined });
  return plain(a) === plain(b);
}

/** `a file`, `a link to X`: for messages. */
export function describeState(state: Observed | Desired): string {
  switch (state.kind) {
    case 'absent':
      return 'nothing';
    case 'file':
      return 'a file';
    case 'symlink':
      return `a link to ${state.target}`;
    case 'directory':
      return 'a folder';
    case 'other':
      return state.what;
  }
}
