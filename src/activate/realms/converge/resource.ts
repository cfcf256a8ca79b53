/**
 * What a convergent resource is to the engine: it can be checked and applied. How a kind does either is in `kinds/`; the
 * world that they see is a port, so that every kind runs in memory.
 */
import type { ConvergeEntry } from '../../manifest.ts';
import type { RunProgram } from '../drift/programs.ts';
import type { HostFiles } from '../map/host-files.ts';
import type { KnownPaths } from '../map/known-paths.ts';

/** Undefined: all is as declared. Otherwise what is not, one line. */
export type Finding = string | undefined;

export interface Resource {
  check(): Finding | Promise<Finding>;
  /** Makes it so; throws when it cannot. What came of it is seen by another check. */
  apply(): void | Promise<void>;
}

export interface PathState {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Files of the machine that may be changed. Paths are Unicode texts. */
export interface HostFilesToChange extends HostFiles {
  /** Of the path itself; undefined where nothing is. */
  state(path: string): PathState | undefined;
  /** Replaces a file atomically; it keeps its mode and owner, or gets `mode` and root where there was none. */
  write(path: string, text: string, mode: number): void;
  makeFolder(path: string, mode: number): void;
  setMode(path: string, mode: number): void;
  setOwner(path: string, uid: number, gid: number): void;
  makeLink(path: string, target: string): void;
  /** Removes a file or a link, or a folder that is empty. */
  remove(path: string): void;
  /** Takes something away with all that is in it, and keeps it among our records. */
  setAside(path: string): void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface World {
  readonly files: HostFilesToChange;
  /** Undefined where the machine is a folder: programs of the host would change another machine. */
  readonly run: RunProgram | undefined;
  readonly http: (url: string, seconds: number) => Promise<HttpAnswer>;
  /** What is remembered of packages' paths. */
  readonly known: KnownPaths;
  /** Whether a generation, a package or a resource answers for a path. */
  readonly isClaimed: (path: string) => boolean;
  /** For commands, as JSON. */
  readonly facts: () => string;
}

export type MakeResource = (entry: ConvergeEntry, world: World) => Resource;

/** A reason why a resource cannot be checked or applied. */
export class ResourceError extends Error {}
