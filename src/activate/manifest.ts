/**
 * `manifest.json` of a system: all that a switch has to know of it. JSON, written by the module library:
 *
 *     { "format": "sysbuild-manifest", "version": 2, "name", "hostName", "platform", "sw",
 *       "packages": [{ "name", "version", "path" }],
 *       "files": [{ "path", "kind": "copy" | "symlink" | "directory", "realm", "option", "definedIn",
 *                   copy: "source" "mode" "user" "group"; symlink: "target"; directory: "mode" "user" "group" }],
 *       "users", "groups", "probes", "realms", "converge", "settings", "specialisations",
 *       "mounts": [], "secrets": [], "boot": null }
 *
 * `path` is absolute and without `.`, `..` or empty parts; `mode` four octal digits; a copy's `source` is in the store.
 * Units of the service manager are files like all others. Version 1 ends with the files. An unknown field is refused: a
 * manifest that says more than this program knows must not be carried out by half. Whether sources exist and owners
 * are known is not looked at here.
 */
import { ActivateError } from './errors.ts';
import { FieldError, Fields } from './json-fields.ts';
import { type DeclaredGroup, type DeclaredUser, readGroups, readUsers } from './manifest-accounts.ts';
import {
  type ConvergeEntry,
  type Probe,
  type RealmRule,
  readConverge,
  readProbes,
  readRealms,
  readSettings,
  readSpecialisations,
  type Specialisation,
  type SwitchSettings,
} from './manifest-checks.ts';
import { readStorePath } from './manifest-fields.ts';
import { type ManifestFile, readFiles } from './manifest-files.ts';

export type { DeclaredGroup, DeclaredUser } from './manifest-accounts.ts';
export type {
  ConvergeEntry,
  ConvergeKind,
  Probe,
  RealmRule,
  Specialisation,
  SwitchSettings,
} from './manifest-checks.ts';
export type { Declaration, Realm } from './manifest-fields.ts';
export { ancestorsOf, type ManifestFile } from './manifest-files.ts';

export interface ManifestPackage {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

export interface Manifest {
  readonly version: 1 | 2;
  readonly name: string;
  readonly hostName: string;
  readonly platform: string;
  /** The store path of the joined packages. */
  readonly sw: string;
  readonly packages: readonly ManifestPackage[];
  /** Sorted by path; no path twice, none below a copy or a symlink. */
  readonly files: readonly ManifestFile[];
  readonly users: readonly DeclaredUser[];
  readonly groups: readonly DeclaredGroup[];
  readonly probes: readonly Probe[];
  readonly realms: readonly RealmRule[];
  readonly converge: readonly ConvergeEntry[];
  readonly settings: SwitchSettings;
  readonly specialisations: readonly Specialisation[];
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

const fieldsOf1 = ['format', 'version', 'name', 'hostName', 'platform', 'sw', 'packages', 'files'];
const fieldsOf2 = [
  ...[...fieldsOf1, 'users', 'groups', 'probes', 'realms', 'converge', 'settings', 'specialisations'],
  ...['mounts', 'secrets', 'boot'],
];

function readManifest(fields: Fields, storeDir: string): Manifest {
  if (fields.string('format') !== 'sysbuild-manifest') throw new FieldError('it is not a manifest of a system');
  const version = fields.number('version');
  if (version !== 1 && version !== 2) {
    throw new FieldError(
      `it is of version ${version}, and this sysbuild knows versions 1 and 2: use the sysbuild that built it`,
    );
  }
  fields.only(version === 1 ? fieldsOf1 : fieldsOf2);
  return {
    version,
    name: fields.string('name'),
    hostName: fields.string('hostName'),
    platform: fields.string('platform'),
    sw: readStorePath(fields, 'sw', storeDir),
    packages: fields.list('packages', (entry) => readPackage(entry, storeDir)),
    files: readFiles(fields, storeDir),
    ...(version === 1 ? nothingMore : readMore(fields, storeDir)),
  };
}

type More = Omit<Manifest, 'version' | 'name' | 'hostName' | 'platform' | 'sw' | 'packages' | 'files'>;

/** What version 1 does not have. */
const nothingMore: More = {
  users: [],
  groups: [],
  probes: [],
  realms: [],
  converge: [],
  settings: { confirm: undefined, waits: 90, budgets: {} },
  specialisations: [],
};

function readMore(fields: Fields, storeDir: string): More {
  for (const name of ['mounts', 'secrets']) {
    if (fields.list(name, (entry) => entry).length > 0) throw reserved(name);
  }
  if (fields.has('boot')) throw reserved('boot');
  return {
    users: readUsers(fields, storeDir),
    groups: readGroups(fields),
    probes: readProbes(fields),
    realms: readRealms(fields),
    converge: readConverge(fields),
    settings: readSettings(fields),
    specialisations: readSpecialisations(fields, storeDir),
  };
}

function reserved(name: string): FieldError {
  return new FieldError(`it declares ${name}, which this sysbuild cannot carry out`);
}

function readPackage(fields: Fields, storeDir: string): ManifestPackage {
  fields.only(['name', 'version', 'path']);
  return {
    name: fields.string('name'),
    version: fields.string('version'),
    path: readStorePath(fields, 'path', storeDir),
  };
}
