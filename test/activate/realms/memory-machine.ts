/** A machine in memory: paths with kinds, attributes and contents, walked and read like one on disk. */
import { createHash } from 'node:crypto';
import { Claims, type Owner } from '../../../src/activate/realms/map/claims.ts';
import { Classifier } from '../../../src/activate/realms/map/classify.ts';
import type { Entry, EntryKind } from '../../../src/activate/realms/map/entry.ts';
import type { HostFiles } from '../../../src/activate/realms/map/host-files.ts';
import type { KnownPaths } from '../../../src/activate/realms/map/known-paths.ts';
import type { Look } from '../../../src/activate/realms/map/look.ts';
import type { RealmPattern } from '../../../src/activate/realms/map/patterns.ts';
import { Scope } from '../../../src/activate/realms/map/scope.ts';
import { type Survey, survey } from '../../../src/activate/realms/map/survey.ts';

export interface MemoryNode {
  kind: EntryKind;
  text: string;
  mode: number;
  uid: number;
  gid: number;
  changed: number;
  inode: number;
}

let inodes = 0;

export class MemoryMachine implements HostFiles {
  readonly nodes = new Map<string, MemoryNode>();
  /** Milliseconds; each change takes a second. */
  now = 1_000_000;
  /** Paths whose content was read. */
  readonly reads: string[] = [];

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  /** A file, with the folders above it; `-> x` is a link, a path that ends in a slash a folder. */
  write(path: string, text: string, attributes: Partial<MemoryNode> = {}): void {
    this.now += 1000;
    const place = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    for (let slash = place.indexOf('/', 1); slash > 0; slash = place.indexOf('/', slash + 1)) {
      this.#ensureFolder(place.slice(0, slash));
    }
    this.#ensureFolder('/');
    const kind = place !== path ? 'directory' : text.startsWith('-> ') ? 'symlink' : 'file';
    const mode = kind === 'file' ? 0o644 : kind === 'directory' ? 0o755 : 0o777;
    const node = { kind, text, mode, uid: 0, gid: 0, changed: this.now, inode: ++inodes } as const;
    this.nodes.set(place, { ...node, ...attributes });
  }

  change(path: string, attributes: Partial<MemoryNode>): void {
    this.now += 1000;
    Object.assign(this.nodes.get(path)!, attributes, { changed: this.now });
  }

  remove(path: string): void {
    this.now += 1000;
    for (const place of this.nodes.keys()) {
      if (place === path || place.startsWith(`${path}/`)) this.nodes.delete(place);
    }
  }

  read(path: string): string | undefined {
    const node = this.nodes.get(path);
    return node?.kind === 'file' ? node.text : undefined;
  }

  list(path: string): readonly string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.nodes.keys()]
      .filter((place) => place.startsWith(prefix) && place !== '/' && !place.slice(prefix.length).includes('/'))
      .map((place) => place.slice(prefix.length))
      .sort();
  }

  digest(path: string, algorithm: 'md5' | 'sha256'): string | undefined {
    this.reads.push(path);
    const text = this.read(path);
    return text === undefined ? undefined : createHash(algorithm).update(text, 'latin1').digest('hex');
  }

  target(path: string): string | undefined {
    const node = this.nodes.get(path);
    return node?.kind === 'symlink' ? node.text.slice(3) : undefined;
  }

  real(path: string): string {
    return path.replace(/^\/(bin|sbin|lib)\//, (all, name: string) =>
      this.target(`/${name}`) ? `/usr/${name}/` : all,
    );
  }

  async *entries(): AsyncGenerator<Entry[]> {
    yield [...this.nodes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, node]) => entryOf(path, node));
  }

  #ensureFolder(path: string): void {
    if (this.nodes.has(path)) return;
    const times = { changed: this.now, inode: ++inodes };
    this.nodes.set(path, { kind: 'directory', text: '', mode: 0o755, uid: 0, gid: 0, ...times });
  }
}

function entryOf(path: string, node: MemoryNode): Entry {
  const { kind, mode, uid, gid, changed, text } = node;
  const size = kind === 'file' ? text.length : 0;
  const target = kind === 'symlink' ? text.slice(3) : '';
  const stamp = [node.inode, kind, mode, uid, gid, size, changed].join(' ');
  return { path, kind, mode, uid, gid, size, target, modified: changed, changed, stamp };
}

export interface LookOptions {
  readonly claims?: (claims: Claims) => void;
  readonly rules?: readonly RealmPattern[];
  readonly owned?: readonly (readonly [string, Owner])[];
  readonly scope?: string;
  readonly before?: Look | undefined;
  readonly known?: KnownPaths;
  readonly readAll?: boolean;
}

/** Surveys a machine in memory, a minute after its last change. */
export function surveyMemory(machine: MemoryMachine, options: LookOptions = {}): Promise<Survey> {
  const claims = new Claims();
  options.claims?.(claims);
  machine.now += 60_000;
  return survey({
    entries: machine.entries(),
    classifier: new Classifier({ claims, rules: options.rules ?? [], owned: options.owned ?? [] }),
    claims,
    scope: new Scope(options.scope ?? ''),
    files: machine,
    known: options.known ?? new Map(),
    before: options.before,
    hidden: [],
    now: machine.now,
    readAll: options.readAll ?? false,
  });
}
