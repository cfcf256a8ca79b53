/**
 * What caches said about paths, kept on disk between runs: that a cache has a path, with its description, or that it
 * has not. Everything in it can be asked for again, so a file that is damaged, locked or not writable is no reason to
 * stop: it is made anew, or done without.
 *
 * Nothing that is kept is believed more than if it had just come from the cache: signatures are checked at each use.
 */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makeFolders } from '../../base/folders.ts';
import { isBusy, sqliteCode } from '../errors.ts';
import type { CacheInfo } from './cache-info.ts';

export interface LookupTimes {
  /** Seconds for which an answer counts: what a cache says of itself, what it has, what it has not. */
  readonly info: number;
  readonly present: number;
  readonly absent: number;
}

export const usualTimes: LookupTimes = { info: 7 * 86_400, present: 30 * 86_400, absent: 3600 };

/** A known answer about a path: the text of its narinfo, or that there is none. */
export type Known = { readonly text: string | undefined };

const schema = `
pragma journal_mode = wal;
pragma synchronous = off;
create table if not exists Caches (
  id integer primary key,
  uri text not null unique,
  storeDir text,
  wantMassQuery integer,
  priority integer,
  time integer not null
);
create table if not exists Paths (
  cache integer not null references Caches(id) on delete cascade,
  hashPart text not null,
  text text,
  time integer not null,
  primary key (cache, hashPart)
) without rowid;
`;

/** Seconds between two removals of what is too old. */
const purgeInterval = 86_400;

export class LookupCache {
  readonly #times: LookupTimes;
  readonly #now: () => number;
  #database: DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();
  #unwritten: (() => void)[] = [];

  /**
   * @param file undefined: nothing is kept
   * @param now seconds since the epoch
   */
  constructor(
    file: string | undefined,
    times: LookupTimes = usualTimes,
    now = (): number => Math.floor(Date.now() / 1000),
  ) {
    this.#times = times;
    this.#now = now;
    if (file !== undefined) this.#database = openDatabase(file);
    this.#attempt(() => this.#purge());
  }

  /** What a cache said of itself; undefined when that is not known, or too long ago. */
  info(uri: string): CacheInfo | undefined {
    return this.#attempt(() => {
      const sql = 'select storeDir, wantMassQuery, priority from Caches where uri = ? and time > ?';
      const row = this.#sql(sql)?.get(uri, this.#now() - this.#times.info);
      if (row === undefined) return undefined;
      const [storeDir, mass, priority] = row as unknown as [string | null, number | null, number | null];
      const wantMassQuery = mass === null ? undefined : mass === 1;
      return { storeDir: storeDir ?? undefined, wantMassQuery, priority: priority ?? undefined };
    });
  }

  saveInfo(uri: string, { storeDir, wantMassQuery, priority }: CacheInfo): void {
    this.#write(() => {
      const sql = `insert into Caches (uri, storeDir, wantMassQuery, priority, time) values (?, ?, ?, ?, ?)
        on conflict (uri) do update set storeDir = excluded.storeDir, wantMassQuery = excluded.wantMassQuery,
        priority = excluded.priority, time = excluded.time`;
      const mass = wantMassQuery === undefined ? null : Number(wantMassQuery);
      this.#sql(sql)?.run(uri, storeDir ?? null, mass, priority ?? null, this.#now());
    });
  }

  lookUp(uri: string, hashPart: string): Known | undefined {
    return this.#attempt(() => {
      const sql = `select text, Paths.time from Paths join Caches on cache = id where uri = ? and hashPart = ?`;
      const row = this.#sql(sql)?.get(uri, hashPart);
      if (row === undefined) return undefined;
      const [text, time] = row as unknown as [string | null, number];
      const counts = text === null ? this.#times.absent : this.#times.present;
      return time > this.#now() - counts ? { text: text ?? undefined } : undefined;
    });
  }

  /** @param text undefined: the cache does not have the path */
  save(uri: string, hashPart: string, text: string | undefined): void {
    this.#write(() => {
      const sql = `insert or replace into Paths (cache, hashPart, text, time)
        values ((select id from Caches where uri = ?), ?, ?, ?)`;
      this.#sql(sql)?.run(uri, hashPart, text ?? null, this.#now());
    });
  }

  /** Forgets an answer. */
  remove(uri: string, hashPart: string): void {
    this.#write(() => {
      const sql = 'delete from Paths where cache = (select id from Caches where uri = ?) and hashPart = ?';
      this.#sql(sql)?.run(uri, hashPart);
    });
  }

  /** Writes what was saved. */
  flush(): void {
    const writes = this.#unwritten;
    if (writes.length === 0) return;
    this.#unwritten = [];
    this.#attempt(() => {
      this.#database?.exec('begin immediate');
      try {
        for (const write of writes) write();
        this.#database?.exec('commit');
      } catch (error) {
        this.#database?.exec('rollback');
        throw error;
      }
    });
  }

  close(): void {
    this.flush();
    this.#giveUp();
  }

  /** Many answers come at once: they are written together, a moment later. */
  #write(write: () => void): void {
    if (this.#database === undefined) return;
    if (this.#unwritten.length === 0) setImmediate(() => this.flush());
    this.#unwritten.push(write);
  }

  /** The time of the last one is kept where SQLite has a place for a number of its user. */
  #purge(): void {
    const now = this.#now();
    const [last] = (this.#sql('pragma user_version')?.get() ?? [now]) as unknown as [number];
    if (last > now - purgeInterval) return;
    const sql = 'delete from Paths where (text is null and time <= ?) or time <= ?';
    this.#sql(sql)?.run(now - this.#times.absent, now - this.#times.present);
    this.#database?.exec(`pragma user_version = ${now}`);
  }

  #sql(text: string): StatementSync | undefined {
    let statement = this.#statements.get(text);
    if (statement === undefined && this.#database !== undefined) {
      statement = this.#database.prepare(text);
      statement.setReturnArrays(true);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** A failure ends the use of the file, unless somebody else is only writing: what is not known is asked for. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) this.#giveUp();
      return undefined;
    }
  }

  #giveUp(): void {
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }
}

/** The database, made anew when it is damaged; undefined where none can be. */
function openDatabase(file: string): DatabaseSync | undefined {
  for (const attempt of ['first', 'again']) {
    try {
      makeFolders(dirname(file));
      const database = new DatabaseSync(file, { timeout: 2000 });
      try {
        database.exec(schema);
        return database;
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      if (!isDamaged(error)) return undefined;
      if (attempt === 'first') removeDatabase(file);
    }
  }
  return undefined;
}

/** SQLite's codes for a file that is damaged, or is no database. */
function isDamaged(error: unknown): boolean {
  return [1, 11, 26].includes(sqliteCode(error) ?? 0);
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      fs.rmSync(file + suffix, { force: true });
    } catch {
      // Then it is done without.
    }
  }
}
