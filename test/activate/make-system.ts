/** Systems made by hand, as a build of the module library would make them; for processes without a test runner too. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromUnicode } from '../../src/base/bytes.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { type LocalStore, removeTree } from '../../src/store/index.ts';

/** A declared file: a text, `{ link }`, `{ folder: mode }`, or a text with attributes. */
export type FileSpec =
  | string
  | { readonly link: string }
  | { readonly folder: string }
  | { readonly text: string; readonly mode?: string; readonly user?: string; readonly group?: string }
  | { readonly source: string; readonly mode?: string }
  /** A folder of the store that is spread out: texts by their path in it. */
  | { readonly tree: Readonly<Record<string, string>> };

export type FilesSpec = Readonly<Record<string, FileSpec>>;

export interface SystemSpec {
  readonly name?: string;
  readonly files?: FilesSpec;
  readonly packages?: readonly { readonly name: string; readonly version: string; readonly path: string }[];
  readonly sw?: string;
  /** Units by name. */
  readonly units?: Readonly<Record<string, string | { readonly link: string }>>;
  /** `TARGET/UNIT` links. */
  readonly wanted?: readonly string[];
  readonly users?: readonly (Partial<UserSpec> & { readonly name: string })[];
  readonly groups?: readonly { readonly name: string; readonly gid?: number | null; readonly system?: boolean }[];
  readonly probes?: readonly object[];
  readonly settings?: object;
  readonly realms?: readonly { readonly pattern: string; readonly realm: string; readonly reason: string }[];
  readonly converge?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly settings: object;
    readonly after?: readonly string[];
    readonly triggers?: readonly string[];
  }[];
}

interface UserSpec {
  readonly uid: number | null;
  readonly group: string;
  readonly groups: readonly string[];
  readonly home: string;
  readonly createHome: boolean;
  readonly shell: string;
  readonly description: string;
  readonly system: boolean;
  readonly passwordFile: string | null;
  readonly locked: boolean;
}

/** Puts a system with these files into the store, as a build of the module library would. */
export function makeSystem(store: LocalStore, spec: SystemSpec): StorePath {
  const sw = spec.sw ?? addTree(store, 'sw', {});
  const files = Object.entries({ ...spec.files, ...unitFiles(spec) }).map(([path, file]) =>
    manifestFile(store, path, file),
  );
  const manifest = {
    format: 'sysbuild-manifest',
    ...moreOf(spec),
    name: spec.name ?? 'test',
    hostName: spec.name ?? 'test',
    platform: 'x86_64-linux',
    sw,
    packages: spec.packages ?? [],
    files,
  };
  const text = JSON.stringify(manifest);
  const mentioned = [...text.matchAll(/\/nix\/store\/[0-9a-z]{32}-[\w.+=?-]+/g)].map((match) => match[0] as StorePath);
  return addTree(
    store,
    `system-${spec.name ?? 'test'}`,
    { 'manifest.json': text, sw: { link: sw } },
    [...new Set(mentioned)].sort(),
  );
}

function unitFiles({ units = {}, wanted = [] }: SystemSpec): FilesSpec {
  const folder = '/etc/systemd/system';
  return Object.fromEntries([
    ...Object.entries(units).map(([name, unit]) => [`${folder}/${name}`, unit] as const),
    ...wanted.map((link) => {
      const [target, unit] = link.split('/') as [string, string];
      return [`${folder}/${target}.wants/${unit}`, { link: `../${unit}` }] as const;
    }),
  ]);
}

/** Version 2, where something of it is declared. */
function moreOf({ users, groups, probes, settings, realms, converge }: SystemSpec): object {
  if ([users, groups, probes, settings, realms, converge].every((part) => part === undefined)) return { version: 1 };
  const declared = { option: 'o', definedIn: 'machine.nix' };
  const user = (given: Partial<UserSpec> & { readonly name: string }): object => ({
    ...{ uid: null, group: given.name, groups: [], home: `/home/${given.name}`, createHome: false, shell: '/bin/sh' },
    ...{ description: '', system: false, passwordFile: null, locked: false },
    ...given,
    ...declared,
  });
  return {
    version: 2,
    users: (users ?? []).map(user),
    groups: (groups ?? []).map((group) => ({ gid: null, system: false, ...group, ...declared })),
    probes: (probes ?? []).map((probe) => ({ timeout: 5, ...probe, ...declared })),
    realms: (realms ?? []).map((rule) => ({ ...rule, ...declared })),
    converge: (converge ?? []).map((one) => ({
      after: [],
      triggers: [],
      ...one,
      option: `converge.${one.name}`,
      definedIn: 'machine.nix',
    })),
    ...{ specialisations: [], mounts: [], secrets: [], boot: null },
    settings: { confirm: null, waits: 20, budgets: {}, ...settings },
  };
}

function manifestFile(store: LocalStore, path: string, file: FileSpec): Record<string, unknown> {
  const head = { path, realm: 'congruent', option: `files."${path}"`, definedIn: 'machine.nix' };
  if (typeof file === 'string') return manifestFile(store, path, { text: file });
  if ('link' in file) return { ...head, kind: 'symlink', target: file.link };
  if ('tree' in file) return manifestFile(store, path, { source: addTree(store, 'tree', file.tree) });
  if ('folder' in file) return { ...head, kind: 'directory', mode: file.folder, user: 'root', group: 'root' };
  const source = 'source' in file ? file.source : store.addText('source', fromUnicode(file.text), []);
  const { user = 'root', group = 'root' } = 'text' in file ? file : {};
  return { ...head, kind: 'copy', source, mode: file.mode ?? '0644', user, group };
}

/** A store path of a folder with these files (text), programs (`{ program }`) and links. */
export function addTree(
  store: LocalStore,
  name: string,
  files: Readonly<Record<string, string | { readonly program: string | Uint8Array } | { readonly link: string }>>,
  references: readonly StorePath[] = [],
): StorePath {
  const folder = fs.mkdtempSync(join(tmpdir(), 'sysbuild-tree-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      const place = join(folder, path);
      fs.mkdirSync(join(place, '..'), { recursive: true });
      if (typeof content === 'string') fs.writeFileSync(place, content);
      else if ('link' in content) fs.symlinkSync(content.link, place);
      else fs.writeFileSync(place, content.program, { mode: 0o755 });
    }
    return store.addPath({ physicalPath: folder, name, ingestion: 'nar', references });
  } finally {
    removeTree(folder);
  }
}
