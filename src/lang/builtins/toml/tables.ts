/**
 * The tables of a TOML document while it is read, and who may still add to them: a header opens a table once, dotted
 * keys add only to tables that dotted keys made, and what is written inline is complete.
 */
import type { Float, Int } from '../../runtime/value.ts';
import type { TomlError, TomlSource } from './source.ts';
import type { Timestamp } from './timestamp.ts';

export type TomlValue = string | boolean | Int | Float | Timestamp | TomlTable | TomlArray;

/** How a table came about: by the headers of tables below it, by a header, by dotted keys, or inline. */
export type TableKind = 'implied' | 'header' | 'dotted' | 'inline';

/** What stands under a name, and the part of the text that put it there. */
interface Entry extends Place {
  readonly value: TomlValue;
}

/** A part of the text. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export class TomlTable {
  readonly entries = new Map<string, Entry>();
  kind: TableKind;
  constructor(kind: TableKind) {
    this.kind = kind;
  }
}

export class TomlArray {
  readonly items: TomlValue[];
  /** Made by `[[name]]`: the last table is the one that is added to. */
  readonly ofHeaders: boolean;
  constructor(items: TomlValue[], ofHeaders: boolean) {
    this.items = items;
    this.ofHeaders = ofHeaders;
  }
}

/** A key of one or more parts, and where it stands. */
export interface Key extends Place {
  readonly parts: readonly string[];
}

const isDefined = 'this table is explicitly defined';
const immutableTable = 'failed to insert a value: inline table is immutable';

const immutableTables = 'toml::insert_value:inline array of tables are immutable';

const isOfTables = (value: TomlValue): boolean =>
  value instanceof TomlArray && value.items.length > 0 && value.items.every((item) => item instanceof TomlTable);

export class Tables {
  readonly root = new TomlTable('header');
  readonly #source: TomlSource;

  constructor(source: TomlSource) {
    this.#source = source;
  }

  /** The table that `[key]` opens. */
  openTable(key: Key): TomlTable {
    const parent = this.#parentOf(key);
    const last = key.parts.at(-1)!;
    const found = parent.entries.get(last);
    if (found !== undefined && !(found.value instanceof TomlTable && found.value.kind === 'implied')) {
      throw this.#taken('failed to insert a table, table already defined', key, found, isDefined);
    }
    const table = found === undefined ? new TomlTable('header') : (found.value as TomlTable);
    table.kind = 'header';
    parent.entries.set(last, { value: table, start: key.start, end: key.end });
    return table;
  }

  /** The new table that `[[key]]` adds. */
  addTable(key: Key): TomlTable {
    const parent = this.#parentOf(key);
    const last = key.parts.at(-1)!;
    const found = parent.entries.get(last);
    const table = new TomlTable('header');
    if (found === undefined) {
      parent.entries.set(last, { value: new TomlArray([table], true), start: key.start, end: key.end });
    } else if (found.value instanceof TomlArray && found.value.ofHeaders) found.value.items.push(table);
    else throw this.#notAdded(key, found);
    return table;
  }

  #notAdded(key: Key, found: Entry): TomlError {
    const isArray = found.value instanceof TomlArray;
    const title = isArray
      ? 'failed to insert a table, inline array of tables is immutable'
      : 'failed to insert an array of tables, value already exists';
    const other = isArray ? 'this is inline array-of-tables' : 'non-table value already exists';
    return this.#taken(title, key, found, other, 'while inserting this');
  }

  /** Where the last part of a header's key belongs. */
  #parentOf(key: Key): TomlTable {
    let table = this.root;
    for (const part of key.parts.slice(0, -1)) {
      const found = table.entries.get(part);
      if (found === undefined) {
        const value = new TomlTable('implied');
        table.entries.set(part, { value, start: key.start, end: key.end });
        table = value;
      } else table = this.#descend(found, key);
    }
    return table;
  }

  #descend(found: Entry, key: Key): TomlTable {
    const { value } = found;
    if (value instanceof TomlTable && value.kind !== 'inline') return value;
    if (value instanceof TomlArray && value.ofHeaders) return value.items.at(-1) as TomlTable;
    if (value instanceof TomlTable) throw this.#taken(immutableTable, key, found, 'to this table');
    if (isOfTables(value)) throw this.#error(immutableTables, key, found, 'inline array of tables');
    throw this.#exists(key, found, 'while inserting this', 'non-table value already exists');
  }

  /** Puts `key = value`, the value standing at `place`, into a table. */
  set(table: TomlTable, key: Key, value: TomlValue, place: Place): void {
    let at = table;
    for (const part of key.parts.slice(0, -1)) at = this.#dotted(at, part, key);
    const last = key.parts.at(-1)!;
    const found = at.entries.get(last);
    if (found !== undefined) throw this.#exists(key, found);
    at.entries.set(last, { value, start: place.start, end: place.end });
  }

  #dotted(table: TomlTable, part: string, key: Key): TomlTable {
    const found = table.entries.get(part);
    if (found === undefined) {
      const value = new TomlTable('dotted');
      table.entries.set(part, { value, start: key.start, end: key.end });
      return value;
    }
    if (found.value instanceof TomlTable && found.value.kind === 'dotted') return found.value;
    if (found.value instanceof TomlTable && found.value.kind === 'inline') {
      throw this.#taken(immutableTable, key, found, 'to this table');
    }
    const other = found.value instanceof TomlTable ? 'but value already exists' : 'non-table value already exists';
    throw this.#exists(key, found, 'while inserting this', other);
  }

  #exists(key: Key, found: Entry, inserting?: string, other = 'but value already exists'): TomlError {
    const title = 'failed to insert a value, value already exists';
    return this.#taken(title, key, found, other, inserting);
  }

  #taken(title: string, key: Key, found: Entry, other: string, inserting?: string): TomlError {
    return this.#error(`toml::insert_value: ${title}`, key, found, other, inserting);
  }

  #error(title: string, key: Key, found: Entry, other: string, inserting = 'inserting this'): TomlError {
    return this.#source.error(
      title,
      { start: key.start, end: key.end, text: inserting },
      { start: found.start, end: found.end, text: other },
    );
  }
}
