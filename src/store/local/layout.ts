/** The name and place of every file and folder that a local store owns. The same places as Nix's. */
import { isAbsolute, join, resolve } from 'node:path';

export interface LayoutOptions {
  /** `''` or `'/'`: the store is where its paths say. Otherwise everything lies below this folder. */
  readonly physicalRoot: string;
  /** The folder as it stands in store paths. */
  readonly storeDir?: string | undefined;
  /** Physical; by default `nix/var/nix` in the physical root. */
  readonly stateDir?: string | undefined;
  /** Physical; by default `nix/var/log/nix` in the physical root. */
  readonly logDir?: string | undefined;
}

/** All are physical, except `storeDir`. */
export interface Layout {
  readonly storeDir: string;
  readonly realStoreDir: string;
  /** One hard link for each content, named by its hash, once the store was optimised. */
  readonly linksDir: string;
  readonly stateDir: string;
  readonly logDir: string;
  readonly databaseDir: string;
  readonly database: string;
  /** Holds the version of the schema, in decimal, without a newline. */
  readonly schema: string;
  /** Held shared by everybody, exclusively by who changes the schema. */
  readonly bigLock: string;
  /** Space that is given up so that a collection can work on a full disk. */
  readonly reserved: string;
  /** Held shared by who adds paths, exclusively by who deletes them. */
  readonly gcLock: string;
  /** Held by the one collection that is under way. Ours alone. */
  readonly sweepLock: string;
  readonly gcRootsDir: string;
  /** Links to links elsewhere: the indirect roots. */
  readonly autoRootsDir: string;
  readonly profilesDir: string;
  /** One file for each running process that needs paths. */
  readonly tempRootsDir: string;
}

export const defaultStoreDir = '/nix/store';

export function layoutOf(options: LayoutOptions): Layout {
  const root = options.physicalRoot === '' ? '/' : resolve(options.physicalRoot);
  const storeDir = options.storeDir ?? defaultStoreDir;
  if (!isAbsolute(storeDir)) throw new TypeError(`the store's folder '${storeDir}' is not an absolute path`);
  const realStoreDir = join(root, storeDir);
  const stateDir = options.stateDir ?? join(root, 'nix/var/nix');
  const databaseDir = join(stateDir, 'db');
  const gcRootsDir = join(stateDir, 'gcroots');
  return {
    storeDir,
    realStoreDir,
    linksDir: join(realStoreDir, '.links'),
    stateDir,
    logDir: options.logDir ?? join(root, 'nix/var/log/nix'),
    databaseDir,
    database: join(databaseDir, 'db.sqlite'),
    schema: join(databaseDir, 'schema'),
    bigLock: join(databaseDir, 'big-lock'),
    reserved: join(databaseDir, 'reserved'),
    gcLock: join(stateDir, 'gc.lock'),
    sweepLock: join(stateDir, 'gc-sweep.lock'),
    gcRootsDir,
    autoRootsDir: join(gcRootsDir, 'auto'),
    profilesDir: join(stateDir, 'profiles'),
    tempRootsDir: join(stateDir, 'temproots'),
  };
}
