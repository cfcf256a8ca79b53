/**
 * What `find -printf` writes for each path, and reading it. A record is three fields, each ended by a zero byte: what
 * the inode is, the path below where the walk began, and where a link leads. The program is ten times as fast as asking
 * for each path from JavaScript. Pure.
 */
import type { Entry, EntryKind } from './entry.ts';

/** Device, inode, kind, mode (octal), owner, group, size, times of content and inode. */
export const findFormat = '%D %i %y %m %U %G %s %T@ %C@\\0/%P\\0%l\\0';

const kinds: Readonly<Record<string, EntryKind>> = { f: 'file', d: 'directory', l: 'symlink' };

class FindEntry implements Entry {
  readonly path: string;
  readonly kind: EntryKind;
  readonly target: string;
  readonly stamp: string;
  #fields: readonly string[] | undefined;

  constructor(stamp: string, path: string, target: string) {
    this.stamp = stamp;
    this.path = path;
    this.target = target;
    const second = stamp.indexOf(' ', stamp.indexOf(' ') + 1);
    this.kind = kinds[stamp[second + 1]!] ?? 'other';
  }

  get mode(): number {
    return Number.parseInt(this.#field(3), 8);
  }
  get uid(): number {
    return Number(this.#field(4));
  }
  get gid(): number {
    return Number(this.#field(5));
  }
  get size(): number {
    if (this.kind !== 'file') return 0;
    const { stamp } = this;
    const end = stamp.lastIndexOf(' ', stamp.lastIndexOf(' ') - 1);
    return Number(stamp.slice(stamp.lastIndexOf(' ', end - 1) + 1, end));
  }
  get modified(): number {
    return Number(this.#field(7)) * 1000;
  }
  get changed(): number {
    return Number(this.stamp.slice(this.stamp.lastIndexOf(' ') + 1)) * 1000;
  }

  #field(index: number): string {
    this.#fields ??= this.stamp.split(' ');
    return this.#fields[index]!;
  }
}

/** Cuts what the program writes into entries. */
export class FindReader {
  readonly #start: string;
  #rest = '';

  /** @param start where the walk begins, as a path of the machine */
  constructor(start: string) {
    this.#start = start === '/' ? '' : start;
  }

  /** The entries that are whole with these bytes (latin1). */
  *read(text: string): Generator<Entry> {
    const all = this.#rest + text;
    let at = 0;
    for (;;) {
      const one = all.indexOf('\0', at);
      const two = one < 0 ? -1 : all.indexOf('\0', one + 1);
      const three = two < 0 ? -1 : all.indexOf('\0', two + 1);
      if (three < 0) break;
      const path = all.slice(one + 1, two);
      const target = two + 1 === three ? '' : all.slice(two + 1, three);
      yield new FindEntry(all.slice(at, one), this.#placed(path), target);
      at = three + 1;
    }
    this.#rest = all.slice(at);
  }

  #placed(path: string): string {
    if (this.#start === '') return path;
    return path === '/' ? this.#start : this.#start + path;
  }
}

/** The arguments of the program for one file system: what is below `prune` is not entered. */
export function findArguments(physical: string, prune: readonly string[]): string[] {
  const skip = prune.flatMap((path, index) => [...(index === 0 ? [] : ['-o']), '-path', escapeGlob(path)]);
  const pruned = skip.length === 0 ? [] : ['(', ...skip, ')', '-prune', '-o'];
  return ['-P', physical, '-xdev', ...pruned, '-printf', findFormat];
}

function escapeGlob(path: string): string {
  return path.replace(/[*?[\]\\]/g, '\\$&');
}
