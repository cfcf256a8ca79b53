/**
 * `manifest.json` of a system: all that a switch has to know of it. JSON, written by the module library:
 *
 *     { "format": "sysbuild-manifest", "version": 1, "name", "hostName", "platform", "sw",
 *       "packages": [{ "name", "version", "path" }],
 *       "files": [{ "path", "kind": "copy" | "symlink" | "directory", "realm", "option", "definedIn",
 *                   copy: "source" "mode" "user" "group"; symlink: "target"; directory: "mode" "user" "group" }] }
 *
 * `path` is absolute and without `.`, `..` or empty parts; `mode` four octal digits; a copy's `source` is in the store.
 * An unknown field is refused: a manifest that says more than this program knows must not be carried out by half.
 * Whether sources exist and owners are known is not looked at here.
 */
import { ActivateError } from './errors.ts';
import { FieldError, Fields } from './json-fields.ts';

/** Who keeps a thing as it is: equal to the generation, kept in shape while the machine runs, or left alone. */
export type Realm = 'congruent' | 'convergent' | 'divergent';

/** Which option declared a thing, and the file that defined it. */
export interface Declaration {
  readonly option: string;
  readonly definedIn: string;
}

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

export interface ManifestPackage {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

export interface Manifest {
  readonly version: 1;
  readonly name: string;
  readonly hostName: string;
  readonly platform: string;
  /** The store path of the joined packages. */
  readonly sw: string;
  readonly packages: readonly ManifestPackage[];
  /** Sorted by path; no path twice, none below a copy or a symlink. */
  readonly files: readonly ManifestFile[];
}

export const manifestFileName = 'manifest.json';

/**
 * Reads and checks a manifest.
 * @throws ActivateError `activate/manifest`
 */
export function parseManifest(text: string, storeDir: string, where: string): Manifest {
  try {
    return readManifest(Fields.parse(text), storeDir);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new ActivateError('activate/manifest', `the manifest of '${where}' is not usable: ${error.message}`, {
      details: { path: where },
    });
  }
}

function readManifest(fields: Fields, storeDir: string): Manifest {
  if (fields.string('format') !== 'sysbuild-manifest') throw new FieldError('it is not a manifest of a system');
  const version = fields.number('version');
  if (version !== 1) {
    throw new FieldError(
      `it is of version ${version}, and this sysbuild knows version 1: use the sysbuild that built it`,
    );
  }
  fields.only(['format', 'version', 'name', 'hostName', 'platform', 'sw', 'packages', 'files']);
  return {
    version,
    name: fields.string('name'),
    hostName: fields.string('hostName'),
    platform: fields.string('platform'),
    sw: inStore(fields, 'sw', storeDir),
    packages: fields.list('packages', (entry) => readPackage(entry, storeDir)),
    files: checkPlaces(fields.list('files', (entry) => readFile(entry, storeDir))),
  };
}

function readPackage(fields: Fields, storeDir: string): ManifestPackage {
  fields.only(['name', 'version', 'path']);
  return { name: fields.string('name'), version: fields.string('version'), path: inStore(fields, 'path', storeDir) };
}

const common = ['path', 'kind', 'realm', 'option', 'definedIn'];
const owned = ['mode', 'user', 'group'];

function readFile(fields: Fields, storeDir: string): ManifestFile {
  const kind = fields.oneOf('kind', ['copy', 'symlink', 'directory']);
  const head = {
    path: readPlace(fields),
    realm: fields.oneOf<Realm>('realm', ['congruent', 'convergent', 'divergent']),
    declared: { option: fields.string('option'), definedIn: fields.string('definedIn') },
  };
  switch (kind) {
    case 'copy':
      fields.only([...common, ...owned, 'source']);
      return { ...head, kind, ...readOwned(fields), source: inStore(fields, 'source', storeDir) };
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

function inStore(fields: Fields, name: string, storeDir: string): string {
  const path = fields.string(name);
  if (!path.startsWith(`${storeDir}/`) || !isPlainAbsolute(path)) {
    throw new FieldError(`${fields.place}${fields.place && '.'}${name} is '${path}' and not a path in ${storeDir}`);
  }
  return path;
}

function isPlainAbsolute(path: string): boolean {
  const [first, ...parts] = path.split('/');
  return first === '' && parts.length > 0 && !path.includes('\0') && parts.every((part) => !/^\.{0,2}$/.test(part));
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
