/**
 * Opening a store, and making one where there is none yet. The `schema` file is written last: a store whose making
 * was interrupted is made again, and one that has the file but no database is damaged, not new.
 */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sink } from '../../base/events.ts';
import { faultPoint } from '../../base/fault.ts';
import { makeFolders } from '../../base/folders.ts';
import { writeFileAtomic } from '../../base/fs-atomic.ts';
import { databaseCorrupt, StoreError, translatingErrors } from '../errors.ts';
import { Database } from './database.ts';
import type { Layout } from './layout.ts';
import { emptyOwnTables, ownSchemaText, ownSchemaVersion, schemaText, schemaVersion } from './schema.ts';

/** Bytes given up by a collection on a full disk. The same as Nix's, which would otherwise make the file anew. */
const reservedBytes = 8 * 1024 * 1024;

export interface OpenOptions {
  readonly readOnly: boolean;
  readonly durable: boolean;
  readonly sink: Sink;
}

/** The database of the store at `layout`, ready for use. Throws `StoreError`. */
export function openDatabase(layout: Layout, options: OpenOptions): Database {
  return translatingErrors([layout.realStoreDir, layout.stateDir], () => {
    if (!options.readOnly) makeLayout(layout);
    checkNotLinked(layout);
    const version = readVersion(layout);
    if (version === undefined) return createDatabase(layout, options);
    checkVersion(version, layout);
    checkPresent(layout);
    if (!options.readOnly) checkWritable(layout.schema);
    const database = new Database(layout.database, options);
    return closingOnError(database, () => {
      checkTables(database, layout);
      migrateOwn(database, options.readOnly);
    });
  });
}

function makeLayout(layout: Layout): void {
  const made = [layout.linksDir, layout.databaseDir, layout.autoRootsDir, layout.profilesDir, layout.tempRootsDir];
  for (const folder of made) makeFolders(folder);
}

/** A store reached through a symbolic link would give a program another path than the one in its references. */
function checkNotLinked(layout: Layout): void {
  const depth = layout.storeDir.split('/').length - 1;
  let folder = layout.realStoreDir;
  for (let i = 0; i < depth; i++, folder = dirname(folder)) {
    if (!fs.lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
    throw new StoreError(
      'store/symlinked',
      `'${folder}' is a symbolic link, which a store and its parents may not be`,
      {
        details: { folder },
      },
    );
  }
}

function readVersion(layout: Layout): number | undefined {
  let text: string;
  try {
    text = fs.readFileSync(layout.schema, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  if (!/^\d+\n?$/.test(text)) throw databaseCorrupt(layout.database, `'${layout.schema}' does not hold a version`);
  return Number(text);
}

function checkVersion(version: number, layout: Layout): void {
  if (version === schemaVersion) return;
  throw new StoreError(
    'store/schema',
    `the store at '${layout.realStoreDir}' has schema ${version}, not ${schemaVersion}`,
    {
      hint: version < schemaVersion ? 'open it once with Nix 2.34, which brings it up to date' : 'use a newer sysbuild',
      details: { found: version, supported: schemaVersion },
    },
  );
}

function checkPresent(layout: Layout): void {
  const state = fs.statSync(layout.database, { throwIfNoEntry: false });
  if (state === undefined) throw databaseCorrupt(layout.database, 'it is missing');
  if (state.size === 0 && !fs.existsSync(`${layout.database}-wal`))
    throw databaseCorrupt(layout.database, 'it is empty');
}

/**
 * SQLite would fall back to reading without a word. The database itself is left alone: closing it here would drop
 * the locks that another connection of this process has on it.
 */
function checkWritable(file: string): void {
  fs.closeSync(fs.openSync(file, 'r+'));
}

function createDatabase(layout: Layout, options: OpenOptions): Database {
  if (options.readOnly) {
    throw new StoreError('store/read-only', `there is no store at '${layout.realStoreDir}' yet`, {
      hint: 'the first command that adds something makes it',
      details: { storeDir: layout.realStoreDir },
    });
  }
  const database = new Database(layout.database, options);
  return closingOnError(database, () => {
    faultPoint('open/database-made');
    database.transaction(() => database.exec(schemaText));
    faultPoint('open/tables-made');
    migrateOwn(database, false);
    makeReserve(layout.reserved);
    linkProfiles(layout);
    faultPoint('open/before-schema');
    writeFileAtomic(layout.schema, String(schemaVersion));
  });
}

function checkTables(database: Database, layout: Layout): void {
  const found = database.prepare(
    `select count(*) from sqlite_schema where name in ('ValidPaths', 'Refs', 'DerivationOutputs')`,
  );
  if (found.get()?.[0] !== 3) throw databaseCorrupt(layout.database, 'tables are missing');
}

/** Our own tables; a store that Nix made does not have them. */
function migrateOwn(database: Database, readOnly: boolean): void {
  const version = ownVersion(database);
  if (version === ownSchemaVersion) return;
  if (version !== undefined) {
    throw new StoreError(
      'store/schema',
      `the store was used by a newer sysbuild (its own tables have version ${version})`,
      {
        hint: 'use a newer sysbuild',
        details: { found: version, supported: ownSchemaVersion },
      },
    );
  }
  if (readOnly) database.exec(emptyOwnTables);
  else database.transaction(() => database.exec(ownSchemaText));
}

function ownVersion(database: Database): number | undefined {
  const table = database.prepare(`select 1 from sqlite_schema where name = 'SysbuildSchema'`).get();
  if (table === undefined) return undefined;
  return database.prepare('select version from SysbuildSchema').get()?.[0] as number | undefined;
}

/** Best effort: a store without the reserve works. */
export function makeReserve(file: string): void {
  try {
    if (fs.statSync(file, { throwIfNoEntry: false })?.size === reservedBytes) return;
    fs.writeFileSync(file, Buffer.alloc(reservedBytes, 'X'), { mode: 0o600 });
  } catch {
    fs.rmSync(file, { force: true });
  }
}

/** Older tools look for the generations of profiles below the roots. */
function linkProfiles(layout: Layout): void {
  const link = join(layout.gcRootsDir, 'profiles');
  if (fs.lstatSync(link, { throwIfNoEntry: false }) === undefined) fs.symlinkSync('../profiles', link);
}

function closingOnError(database: Database, work: () => void): Database {
  try {
    work();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
