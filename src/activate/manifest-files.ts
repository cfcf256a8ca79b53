/** The files of a manifest: where each belongs, what it is made of, and that no two are in each other's way. */
import { FieldError, type Fields } from './json-fields.ts';
import {
  type Declaration,
  declarationFields,
  isPlainAbsolute,
  type Realm,
  readDeclaration,
  readStorePath,
  realms,
} from './manifest-fields.ts';

interface Owned {
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number;
  /** A name, or a number in digits. */
  readonly user: string;
  readonly group: string;
}

export type ManifestFile = { readonly path: string; readonly realm: Realm; readonly declared: Declaration } & (
  | ({ readonly kind: 'copy'; readonly source: string } & Owned)
  | { readonly kind: 'symlink'; readonly target: string }
  | ({ readonly kind: 'directory' } & Owned)
);

const common = ['path', 'kind', 'realm', ...declarationFields];
const owned = ['mode', 'user', 'group'];

/** Sorted by path; no path twice, none below a copy or a symlink. */
export function readFiles(fields: Fields, storeDir: string): ManifestFile[] {
  return checkPlaces(fields.list('files', (entry) => readFile(entry, storeDir)));
}

function readFile(fields: Fields, storeDir: string): ManifestFile {
  const kind = fields.oneOf('kind', ['copy', 'symlink', 'directory']);
  const head = {
    path: readPlace(fields),
    realm: fields.oneOf<Realm>('realm', realms),
    declared: readDeclaration(fields),
  };
  switch (kind) {
    case 'copy':
      fields.only([...common, ...owned, 'source']);
      return { ...head, kind, ...readOwned(fields), source: readStorePath(fields, 'source', storeDir) };
    case 'symlink':
      fields.only([...common, 'target']);
      return { ...head, kind, target: readTarget(fields) };
    case 'directory':
      fields.only([...common, ...owned]);
      return { ...head, kind, ...readOwned(fields) };
  }
}

function readOwned(fields: Fields): Owned {
  const mode = fields.string('mode');
  if (!/^[0-7]{4}$/.test(mode)) throw new FieldError(`${fields.place}.mode is '${mode}' and not four octal digits`);
  return { mode: Number.parseInt(mode, 8), user: fields.string('user'), group: fields.string('group') };
}

function readPlace(fields: Fields): string {
  const path = fields.string('path');
  if (!isPlainAbsolute(path)) {
    throw new FieldError(`${fields.place}.path is '${path}' and not an absolute path without '.', '..' or empty parts`);
  }
  const reserved = reservedFolders.find((folder) => path === folder || path.startsWith(`${folder}/`));
  if (reserved !== undefined) {
    throw new FieldError(
      `${fields.place}.path is '${path}', and what is in ${reserved} is not for a manifest to declare`,
    );
  }
  return path;
}

/** The kernel's folders, the store's, and our own records. */
const reservedFolders = ['/nix', '/proc', '/sys', '/dev', '/var/lib/sysbuild'];

function readTarget(fields: Fields): string {
  const target = fields.string('target');
  if (target === '' || target.includes('\0')) throw new FieldError(`${fields.place}.target cannot be a link's target`);
  return target;
}

/** Sorted; refuses two files at one place, and a file below what is no folder. */
function checkPlaces(files: readonly ManifestFile[]): ManifestFile[] {
  const byPath = new Map<string, ManifestFile>();
  for (const file of files) {
    if (byPath.has(file.path)) throw new FieldError(`${file.path} is declared twice`);
    byPath.set(file.path, file);
  }
  for (const file of files) {
    for (const ancestor of ancestorsOf(file.path)) {
      const above = byPath.get(ancestor);
      if (above !== undefined && above.kind !== 'directory') {
        throw new FieldError(
          `${file.path} (${file.declared.option}) is below ${above.path} (${above.declared.option}), which is a ${above.kind}`,
        );
      }
    }
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The folders that a path is in, outermost first, without the root: `/a/b/c` is in `/a` and `/a/b`. */
export function ancestorsOf(path: string): string[] {
  const found: string[] = [];
  for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
    found.push(path.slice(0, slash));
  }
  return found;
}
