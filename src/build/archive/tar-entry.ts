/**
 * What may be unpacked from a tar archive, and where. Pure. Hostile archives are refused rather than mended: an
 * absolute path, `..`, a path that leads through a symbolic link, a device, a link to what is not in the archive.
 * All texts are byte strings.
 */
import { BuildError } from '../errors.ts';

export interface TarHeader {
  readonly name: string;
  readonly type: string;
  readonly linkname: string;
  readonly mode: number;
}

/** What to do for one entry. Paths are relative and clean; '' is the root, which is there already. */
export type TarAction =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly executable: boolean }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | { readonly kind: 'hardlink'; readonly path: string; readonly existing: string }
  | { readonly kind: 'nothing' };

/** Follows an archive entry by entry; knows what has been unpacked so far. */
export class TarPlan {
  readonly #kinds = new Map<string, 'directory' | 'file' | 'symlink'>([['', 'directory']]);

  /**
   * The actions for an entry: directories above it that the archive left out, and the entry itself.
   * @throws BuildError `build/unpack-failed`
   */
  next(header: TarHeader): TarAction[] {
    const path = cleanPath(header.name);
    const action = this.#actionOf(header, path);
    if (action.kind === 'nothing') return [];
    const actions: TarAction[] = this.#missingParents(path).map((parent) => ({ kind: 'directory', path: parent }));
    const known = this.#kinds.get(path);
    if (known === 'directory' && action.kind === 'directory') return actions;
    if (known !== undefined) throw refused(path, 'stands in it twice');
    this.#kinds.set(path, action.kind === 'hardlink' ? 'file' : action.kind);
    return [...actions, action];
  }

  #actionOf({ type, linkname, mode }: TarHeader, path: string): TarAction {
    switch (type) {
      case 'directory':
        return { kind: 'directory', path };
      case 'file':
      case 'contiguous-file':
        return { kind: 'file', path, executable: (mode & 0o100) !== 0 };
      case 'symlink':
        if (linkname === '' || linkname.includes('\0')) throw refused(path, 'is a symbolic link to nothing');
        return { kind: 'symlink', path, target: linkname };
      case 'link':
        return { kind: 'hardlink', path, existing: this.#linked(path, linkname) };
      case 'pax-global-header':
        return { kind: 'nothing' };
      default:
        throw refused(path, `is a ${type}, which no store path can hold`);
    }
  }

  #linked(path: string, linkname: string): string {
    const existing = cleanPath(linkname);
    if (this.#kinds.get(existing) === 'file') return existing;
    throw refused(path, `is a link to '${linkname}', which is no file in it`);
  }

  /** A path may lead through directories only. */
  #missingParents(path: string): string[] {
    const missing: string[] = [];
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const parent = path.slice(0, slash);
      const kind = this.#kinds.get(parent);
      if (kind === 'directory') continue;
      if (kind !== undefined) throw refused(path, `leads through '${parent}', which is no directory`);
      this.#kinds.set(parent, 'directory');
      missing.push(parent);
    }
    return missing;
  }
}

/** Without `./`, repeated and final slashes. */
function cleanPath(name: string): string {
  if (name.startsWith('/')) throw refused(name, 'is an absolute path');
  if (name.includes('\0')) throw refused(name, 'holds a zero byte');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refused(name, "leads out of it by '..'");
  return parts.join('/');
}

function refused(path: string, why: string): BuildError {
  return new BuildError('build/unpack-failed', `the archive is refused: '${path}' ${why}`, {
    hint: 'Archives from an honest source have no such entry.',
    details: { path, why },
  });
}
