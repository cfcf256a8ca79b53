/**
 * The connection to the database: retries while another process writes, one kind of error, nested transactions
 * that join the outer one. The journal is a write-ahead log, and a commit is on disk when it returns.
 */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { Sink } from '../../base/events.ts';
import { databaseError, isBusy } from '../errors.ts';

export type Row = readonly SQLOutputValue[];

/** Milliseconds that SQLite itself waits for a lock before it gives the word back. */
const busyTimeout = 5_000;

export class Database {
  readonly file: string;
  readonly #connection: DatabaseSync;
  readonly #sink: Sink;
  #depth = 0;

  /** Opens the file, which is made where it is missing unless `readOnly`. Throws `StoreError`. */
  constructor(file: string, options: { readOnly: boolean; durable: boolean; sink: Sink }) {
    this.file = file;
    this.#sink = options.sink;
    this.#connection = this.#attempt(() => connect(file, options.readOnly));
    try {
      if (!options.readOnly) this.#configure(options.durable);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  prepare(sql: string): Statement {
    const statement = this.#attempt(() => this.#connection.prepare(sql));
    statement.setReturnArrays(true);
    return new Statement(statement, (work) => this.#attempt(work));
  }

  exec(sql: string): void {
    this.#attempt(() => this.#connection.exec(sql));
  }

  /** Runs `work` in a transaction that holds the write lock from its beginning; an error undoes all of it. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.exec('begin immediate');
    this.#depth += 1;
    let result: T;
    try {
      result = work();
      this.exec('commit');
    } catch (error) {
      this.#rollback();
      throw error;
    } finally {
      this.#depth -= 1;
    }
    return result;
  }

  close(): void {
    this.#connection.close();
  }

  #configure(durable: boolean): void {
    this.exec('pragma journal_mode = wal');
    this.exec(`pragma synchronous = ${durable ? 'full' : 'normal'}`);
    this.exec('pragma wal_autocheckpoint = 10000');
    this.exec('pragma cache_size = -32000');
  }

  /** A full disk or an I/O error has ended the transaction already. */
  #rollback(): void {
    if (this.#connection.isTransaction) this.#connection.exec('rollback');
  }

  #attempt<T>(work: () => T): T {
    for (let tries = 1; ; tries++) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw databaseError(error, this.file);
        this.#waitFor(tries);
      }
    }
  }

  /** Some conflicts are reported without the wait that was asked for: wait a little, and longer each time. */
  #waitFor(tries: number): void {
    if (tries % 6 === 0) {
      this.#sink.emit({
        type: 'message',
        level: 'notice',
        text: `waiting for another process to release '${this.file}'`,
      });
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(5 * tries, 200) * (0.5 + Math.random()));
  }
}

/** A prepared statement; rows are arrays of the columns in order. */
export class Statement {
  readonly #statement: StatementSync;
  readonly #attempt: <T>(work: () => T) => T;

  constructor(statement: StatementSync, attempt: <T>(work: () => T) => T) {
    this.#statement = statement;
    this.#attempt = attempt;
  }
  get(...values: SQLInputValue[]): Row | undefined {
    return this.#attempt(() => this.#statement.get(...values)) as unknown as Row | undefined;
  }
  all(...values: SQLInputValue[]): Row[] {
    return this.#attempt(() => this.#statement.all(...values)) as unknown as Row[];
  }
  /** Returns the number of rows changed, and the id of the row inserted last. */
  run(...values: SQLInputValue[]): { changes: number; lastId: number } {
    const result = this.#attempt(() => this.#statement.run(...values));
    return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
  }
}

/**
 * A database in write-ahead mode can only be read where its index file can be made: where the user may not write the
 * folder, and nobody has it open, it is read as a file that does not change.
 */
function connect(file: string, readOnly: boolean): DatabaseSync {
  if (!readOnly) return new DatabaseSync(file, { timeout: busyTimeout });
  try {
    return probed(new DatabaseSync(file, { readOnly, timeout: busyTimeout }));
  } catch (error) {
    if (isBusy(error)) throw error;
    const url = pathToFileURL(file);
    url.searchParams.set('immutable', '1');
    return probed(new DatabaseSync(url, { readOnly }));
  }
}

/** SQLite opens its files at the first read. */
function probed(connection: DatabaseSync): DatabaseSync {
  try {
    connection.prepare('select count(*) from sqlite_schema').get();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
