/** Every question and change that the store puts to its database: one function each, prepared at its first use. */
import { FormatError, type StorePath } from '../../formats/index.ts';
import { databaseCorrupt } from '../errors.ts';
import type { PathInfo, Provenance, Realisation } from '../store.ts';
import type { Database, Row, Statement } from './database.ts';
import { infoOfRow, type PathRow, rowOfInfo } from './path-row.ts';

/** The key of a path in the database. */
export type PathId = number;

const columns = 'id, path, hash, registrationTime, deriver, narSize, ultimate, sigs, ca';

export class Queries {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  #sql(text: string): Statement {
    let statement = this.#statements.get(text);
    if (statement === undefined) this.#statements.set(text, (statement = this.#database.prepare(text)));
    return statement;
  }

  idOf(path: StorePath): PathId | undefined {
    return this.#sql('select id from ValidPaths where path = ?').get(path)?.[0] as PathId | undefined;
  }

  /** Which of these paths are valid: one question for all of them. */
  validAmong(asked: Iterable<StorePath>): Set<StorePath> {
    const sql = 'select path from ValidPaths where path in (select value from json_each(?))';
    return new Set(paths(this.#sql(sql).all(JSON.stringify([...asked]))));
  }

  info(storeDir: string, path: StorePath): PathInfo | undefined {
    const row = this.#sql(`select ${columns} from ValidPaths where path = ?`).get(path) as PathRow | undefined;
    if (row === undefined) return undefined;
    try {
      return infoOfRow(storeDir, row, this.references(row[0]));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw databaseCorrupt(this.#database.file, error.message, error);
    }
  }

  /** Sorted. */
  references(id: PathId): StorePath[] {
    const sql = 'select path from Refs join ValidPaths on reference = id where referrer = ? order by path';
    return paths(this.#sql(sql).all(id));
  }

  referrers(path: StorePath): StorePath[] {
    const sql = `select path from Refs join ValidPaths on referrer = id
      where reference = (select id from ValidPaths where path = ?) order by path`;
    return paths(this.#sql(sql).all(path));
  }

  allPaths(): StorePath[] {
    return paths(this.#sql('select path from ValidPaths order by path').all());
  }

  count(): number {
    return this.#sql('select count(*) from ValidPaths').get()?.[0] as number;
  }

  /** The first path at or after `prefix`. */
  firstFrom(prefix: string): StorePath | undefined {
    return this.#sql('select path from ValidPaths where path >= ? order by path limit 1').get(prefix)?.[0] as
      | StorePath
      | undefined;
  }

  /** Every path that `start` leads to by references, itself included: `[id, path]`. */
  reachable(start: readonly PathId[]): (readonly [PathId, StorePath])[] {
    const sql = `with recursive Reached(id) as (
        select value from json_each(?) union select reference from Refs join Reached on referrer = Reached.id
      ) select ValidPaths.id, path from Reached join ValidPaths on ValidPaths.id = Reached.id`;
    return this.#sql(sql).all(JSON.stringify(start)) as unknown as (readonly [PathId, StorePath])[];
  }

  /** The same against the direction of references. */
  reachableBackwards(start: readonly PathId[]): (readonly [PathId, StorePath])[] {
    const sql = `with recursive Reached(id) as (
        select value from json_each(?) union select referrer from Refs join Reached on reference = Reached.id
      ) select ValidPaths.id, path from Reached join ValidPaths on ValidPaths.id = Reached.id`;
    return this.#sql(sql).all(JSON.stringify(start)) as unknown as (readonly [PathId, StorePath])[];
  }

  /** The references of all these paths, as `[referrer, reference]`. */
  edgesOf(referrers: readonly PathId[]): (readonly [PathId, PathId])[] {
    const sql = 'select referrer, reference from Refs where referrer in (select value from json_each(?))';
    return this.#sql(sql).all(JSON.stringify(referrers)) as unknown as (readonly [PathId, PathId])[];
  }

  /** All references of the store, as `[referrer, reference]`. */
  allEdges(): (readonly [PathId, PathId])[] {
    return this.#sql('select referrer, reference from Refs').all() as unknown as (readonly [PathId, PathId])[];
  }

  /** All valid paths: `[id, path, deriver, narSize]`. */
  allNodes(): (readonly [PathId, StorePath, StorePath | null, number | null])[] {
    return this.#sql('select id, path, deriver, narSize from ValidPaths').all() as unknown as (readonly [
      PathId,
      StorePath,
      StorePath | null,
      number | null,
    ])[];
  }

  insert(info: PathInfo): PathId {
    const sql = `insert into ValidPaths (path, hash, registrationTime, deriver, narSize, ultimate, sigs, ca)
      values (?, ?, ?, ?, ?, ?, ?, ?)`;
    return this.#sql(sql).run(...rowOfInfo(info)).lastId;
  }

  update(info: PathInfo): void {
    const [path, hash, , , narSize, ultimate, sigs, ca] = rowOfInfo(info);
    const sql = 'update ValidPaths set hash = ?, narSize = ?, ultimate = ?, sigs = ?, ca = ? where path = ?';
    this.#sql(sql).run(hash, narSize, ultimate, sigs, ca, path);
  }

  addReference(referrer: PathId, reference: PathId): void {
    this.#sql('insert or replace into Refs (referrer, reference) values (?, ?)').run(referrer, reference);
  }

  /** Returns false when the path was not valid. Fails while another path refers to it. */
  remove(path: StorePath): boolean {
    return this.#sql('delete from ValidPaths where path = ?').run(path).changes > 0;
  }

  /** Paths that refer to this one, itself left out. */
  hasReferrers(path: StorePath): boolean {
    const sql = `select 1 from Refs join ValidPaths on reference = id where path = ? and referrer != reference limit 1`;
    return this.#sql(sql).get(path) !== undefined;
  }

  addDerivationOutput(drv: PathId, name: string, path: StorePath): void {
    this.#sql('insert or replace into DerivationOutputs (drv, id, path) values (?, ?, ?)').run(drv, name, path);
  }

  /** The outputs of a valid derivation whose paths follow from it. */
  derivationOutputs(drv: PathId): Map<string, StorePath> {
    const rows = this.#sql('select id, path from DerivationOutputs where drv = ? order by id').all(drv);
    return new Map(rows as unknown as [string, StorePath][]);
  }

  /** All of them, as `[derivation, output's path]`. */
  allDerivationOutputs(): (readonly [PathId, StorePath])[] {
    return this.#sql('select drv, path from DerivationOutputs').all() as unknown as (readonly [PathId, StorePath])[];
  }

  /** Valid derivations that make this path. */
  validDerivers(path: StorePath): StorePath[] {
    const byPath = `select v.path from DerivationOutputs d join ValidPaths v on d.drv = v.id where d.path = ?`;
    const byRecord = `select v.path from SysbuildRealisations r join ValidPaths o on o.id = r.outPath
      join ValidPaths v on v.path = r.drvPath where o.path = ?`;
    return paths(this.#sql(`${byPath} union ${byRecord} order by 1`).all(path, path));
  }

  realisation(drvPath: StorePath, outputName: string): Realisation | undefined {
    const sql = `select path from SysbuildRealisations join ValidPaths on id = outPath where drvPath = ? and outputName = ?`;
    const row = this.#sql(sql).get(drvPath, outputName);
    return row === undefined ? undefined : { drvPath, outputName, outPath: row[0] as StorePath };
  }

  realisationsOf(drvPath: StorePath): Realisation[] {
    const sql = `select outputName, path from SysbuildRealisations join ValidPaths on id = outPath
      where drvPath = ? order by outputName`;
    const rows = this.#sql(sql).all(drvPath) as unknown as [string, StorePath][];
    return rows.map(([outputName, outPath]) => ({ drvPath, outputName, outPath }));
  }

  /** All of them, as `[derivation, path]`. */
  allRealisations(): (readonly [StorePath, PathId])[] {
    return this.#sql('select drvPath, outPath from SysbuildRealisations').all() as unknown as (readonly [
      StorePath,
      PathId,
    ])[];
  }

  setRealisation(drvPath: StorePath, outputName: string, outPath: PathId): void {
    const sql = 'insert or replace into SysbuildRealisations (drvPath, outputName, outPath) values (?, ?, ?)';
    this.#sql(sql).run(drvPath, outputName, outPath);
  }

  setProvenance(path: PathId, provenance: Provenance): void {
    const sql = 'insert or replace into SysbuildProvenance (path, kind, time, details) values (?, ?, ?, ?)';
    this.#sql(sql).run(path, provenance.kind, provenance.time, JSON.stringify(provenance.details));
  }

  provenance(path: StorePath): Provenance[] {
    const sql = `select kind, time, details from SysbuildProvenance p join ValidPaths v on v.id = p.path
      where v.path = ? order by time, kind`;
    const rows = this.#sql(sql).all(path) as unknown as [Provenance['kind'], number, string][];
    return rows.map(([kind, time, details]) => ({ kind, time, details: JSON.parse(details) }));
  }
}

function paths(rows: readonly Row[]): StorePath[] {
  return rows.map((row) => row[0] as StorePath);
}
