/**
 * Which store is meant. Forms: a folder DIR, `local?root=DIR` (the same), `local`, `local?store=…&state=…&real=…`,
 * `dummy://` (paths are computed, nothing is kept). Store paths always begin with the logical store folder,
 * `/nix/store` unless NIX_STORE_DIR says otherwise, wherever the bytes are: hashes are the same for everybody.
 */
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Environment } from './config.ts';
import { AppError } from './errors.ts';

export type StoreLocation =
  | { readonly kind: 'dummy'; readonly storeDir: string }
  | {
      readonly kind: 'local';
      /** As it stands in store paths. */
      readonly storeDir: string;
      /** Put before `storeDir` to find the bytes; empty when they are in `storeDir` itself. */
      readonly physicalRoot: string;
      /** Holds the database, logs and roots; undefined: `<physicalRoot>/nix/var/nix`. */
      readonly stateDir: string | undefined;
    };

export type LocalStoreLocation = Extract<StoreLocation, { kind: 'local' }>;

export function storeLocation(setting: string, env: Environment, cwd: string): StoreLocation {
  const storeDir = env['NIX_STORE_DIR'] || '/nix/store';
  if (setting === '' || setting === 'auto') return defaultLocation(storeDir, env);
  if (setting.startsWith('dummy:')) return { kind: 'dummy', storeDir };
  const local = /^local(?::\/\/)?(?:\?(.*))?$/.exec(setting);
  if (local !== null) return localLocation(new URLSearchParams(local[1] ?? ''), storeDir, env, cwd);
  if (/^[a-z0-9+.-]+:\/\//.test(setting)) throw unknownKind(setting);
  return rootedLocation(resolve(cwd, setting), storeDir);
}

/** The store of a machine root, or of any folder that stands for `/`. */
export function rootedLocation(root: string, storeDir = '/nix/store'): LocalStoreLocation {
  return { kind: 'local', storeDir, physicalRoot: root === '/' ? '' : root, stateDir: undefined };
}

/** Where the bytes of the store paths are. */
export function realStoreDir(location: LocalStoreLocation): string {
  return location.physicalRoot + location.storeDir;
}

/** `dummy://` or `local?…`: the setting that names this location again. */
export function describeLocation(location: StoreLocation): string {
  if (location.kind === 'dummy') return 'dummy://';
  return location.physicalRoot === '' ? location.storeDir : join(location.physicalRoot, location.storeDir);
}

function localLocation(query: URLSearchParams, storeDir: string, env: Environment, cwd: string): StoreLocation {
  const root = query.get('root');
  const logical = query.get('store') ?? storeDir;
  const state = query.get('state') ?? env['NIX_STATE_DIR'];
  if (root !== null) {
    return { ...rootedLocation(resolve(cwd, root), logical), stateDir: query.get('state') ?? undefined };
  }
  return { kind: 'local', storeDir: logical, physicalRoot: '', stateDir: state ?? stateBeside(logical) };
}

function defaultLocation(storeDir: string, env: Environment): StoreLocation {
  const stateDir = env['NIX_STATE_DIR'] ?? stateBeside(storeDir);
  if (storeDir !== '/nix/store' || mayWrite(storeDir)) return { kind: 'local', storeDir, physicalRoot: '', stateDir };
  const data = env['XDG_DATA_HOME'] ?? join(env['HOME'] ?? '/tmp', '.local/share');
  return rootedLocation(join(data, 'sysbuild/root'), storeDir);
}

/** Nix's own place for `/nix/store`; beside the store for any other. */
function stateBeside(storeDir: string): string {
  return join(dirname(storeDir), 'var/nix');
}

/** Whether a folder is writable, or can be made. */
function mayWrite(folder: string): boolean {
  for (let path = folder; ; path = dirname(path)) {
    try {
      fs.accessSync(path, fs.constants.W_OK);
      return true;
    } catch {
      if (path === '/' || fs.existsSync(path)) return false;
    }
  }
}

function unknownKind(uri: string): AppError {
  return new AppError('app/store', `don't know how to open a store with reference '${uri}'`, {
    hint: 'Name a folder DIR (its store is DIR/nix/store), "local?root=DIR" or "dummy://".',
    details: { uri },
  });
}
