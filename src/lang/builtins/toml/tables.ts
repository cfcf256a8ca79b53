/**
 * The tables of a TOML document while it is read, and who may still add to them: a header opens a table once, dotted
 * keys add only to tables that dotted keys made, and what is written inline is complete.
 */
import type { Float, Int } from '../../runtime/value.ts';
import type { Mark, TomlError, TomlSource } from './source.ts';
import type { Timestamp } from './timestamp.ts';

export type TomlValue = string | boolean | Int | Float | Timestamp | TomlTable | TomlArray;

/** How a table came about: by the headers of tables below it, by a header, by dotted keys, or inline. */
export type TableKind = 'implied' | 'header' | 'dotted' | 'inline';

export class TomlTable {
  readonly entries = new Map<string, { readonly value: TomlValue; readonly mark: Mark }>();
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
export interface Key {
  readonly parts: readonly string[];
  readonly start: number;
  readonly end: number;
}

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
    if (found === undefined) {
      const table = new TomlTable('header');
      parent.entries.set(last, { value: table, mark: markOf(key, 'this table is explicitly defined') });
      return table;
    }
    if (!(found.value instanceof TomlTable) || found.value.kind !== 'implied') {
      throw this.#taken('failed to insert a table, table already defined', key, found.mark);
    }
    found.value.kind = 'header';
    parent.entries.set(last, { value: found.value, mark: markOf(key, 'this table is explicitly defined') });
    return found.value;
  }

  /** The new table that `[[key]]` adds. */
  addTable(key: Key): TomlTable {
    const parent = this.#parentOf(key);
    const last = key.parts.at(-1)!;
    const found = parent.entries.get(last);
    const table = new TomlTable('header');
    if (found === undefined) {
      const mark = markOf(key, 'this table is explicitly defined');
      parent.entries.set(last, { value: new TomlArray([table], true), mark });
    } else if (found.value instanceof TomlArray && found.value.ofHeaders) found.value.items.push(table);
    else if (found.value instanceof TomlArray) {
      throw this.#taken('failed to insert a table, inline array of tables is immutable', key, found.mark);
    } else throw this.#taken('failed to insert an array of tables, value already exists', key, found.mark);
    return table;
  }

  /** Where the last part of a header's key belongs. */
  #parentOf(key: Key): TomlTable {
    let table = this.root;
    for (const part of key.parts.slice(0, -1)) {
      const found = table.entries.get(part);
      if (found === undefined) {
        const made = new TomlTable('implied');
        table.entries.set(part, { value: made, mark: markOf(key, 'this table is explicitly defined') });
        table = made;
      } else table = this.#descend(found.value, found.mark, key);
    }
    return table;
  }

  #descend(value: TomlValue, mark: Mark, key: Key): TomlTable {
    if (value instanceof TomlTable && value.kind !== 'inline') return value;
    if (value instanceof TomlArray && value.ofHeaders) return value.items.at(-1) as TomlTable;
    const immutable = 'failed to insert a value: inline table is immutable';
    throw this.#taken(
      value instanceof TomlTable ? immutable : 'failed to insert a value, value already exists',
      key,
      mark,
    );
  }

  /** Puts `key = value` into a table. */
  set(table: TomlTable, key: Key, value: TomlValue): void {
    let at = table;
    for (const part of key.parts.slice(0, -1)) at = this.#dotted(at, part, key);
    const last = key.parts.at(-1)!;
    const found = at.entries.get(last);
    if (found !== undefined) throw this.#taken('failed to insert a value, value already exists', key, found.mark);
    at.entries.set(last, { value, mark: { start: key.start, end: key.end, text: 'but value already exists' } });
  }

  #dotted(table: TomlTable, part: string, key: Key): TomlTable {
    const found = table.entries.get(part);
    if (found === undefined) {
      const made = new TomlTable('dotted');
      table.entries.set(part, { value: made, mark: markOf(key, 'this table is explicitly defined') });
      return made;
    }
    if (found.value instanceof TomlTable && found.value.kind === 'dotted') return found.value;
    const immutable = 'failed to insert a value: inline table is immutable';
    const title =
      found.value instanceof TomlTable && found.value.kind === 'inline'
        ? immutable
        : 'reopening a table by dotted keys';
    throw this.#taken(title, key, found.mark);
  }

  #taken(title: string, key: Key, other: Mark): TomlError {
    return this.#source.error(`toml::insert_value: ${title}`, markOf(key, 'inserting this'), other);
  }
}

function markOf(key: Key, text: string): Mark {
  return { start: key.start, end: key.end, text };
}
