/** TOML 1.0.0: tables, keys and values. Nothing of later versions is read. */
import { checkUtf8 } from '../../runtime/json-text.ts';
import { parseNumber } from './number.ts';
import { TomlError, TomlSource } from './source.ts';
import { type Key, Tables, TomlArray, TomlTable, type TomlValue } from './tables.ts';
import { parseString } from './text.ts';
import { parseTimestamp } from './timestamp.ts';
import { parseWord } from './words.ts';

/** The root table of a document (a byte string), or a `TomlError`. */
export function parseToml(text: string): TomlTable {
  return new TomlParser(text).document();
}

/** Deeper than any document a person wrote; keeps hostile ones off the stack. */
const deepest = 1000;

class TomlParser {
  readonly #source: TomlSource;
  readonly #tables: Tables;
  #depth = 0;

  constructor(text: string) {
    this.#source = new TomlSource(text);
    this.#tables = new Tables(this.#source);
    try {
      checkUtf8(text);
    } catch {
      throw new TomlError('[error] the text is not in UTF-8\n');
    }
  }

  document(): TomlTable {
    const source = this.#source;
    let table = this.#tables.root;
    for (source.skipSpace(); !source.ended; source.skipSpace()) {
      if (source.peek() === 0x5b) table = this.#header();
      else {
        this.#pair(table);
        this.#endLine('toml::parse_table: newline (LF / CRLF) or EOF is expected', 'here');
      }
    }
    return this.#tables.root;
  }

  #endLine(title: string, text: string): void {
    this.#source.skipBlanks();
    this.#source.skipComment();
    if (!this.#source.takeLineEnd()) throw this.#source.here(title, text);
  }

  /** `[key]` or `[[key]]`. */
  #header(): TomlTable {
    const source = this.#source;
    const start = source.at;
    const isArray = source.take('[[');
    if (!isArray) source.take('[');
    const key = this.#key();
    const close = isArray ? ']]' : ']';
    if (!source.take(close))
      throw source.here(`toml::parse_file: invalid ${isArray ? 'array-table' : 'table'} key`, `expected ${close}`);
    const whole = { parts: key.parts, start, end: source.at };
    const table = isArray ? this.#tables.addTable(whole) : this.#tables.openTable(whole);
    this.#endLine('toml::parse_file: newline (or EOF) expected', 'expected 0x0a(LINE FEED) or');
    return table;
  }

  #pair(table: TomlTable): void {
    const key = this.#key();
    if (!this.#source.take('=')) {
      throw this.#source.here('toml::parse_key_value_pair: invalid key value separator `=`', 'expected =');
    }
    this.#source.skipBlanks();
    const start = this.#source.at;
    const value = this.#value();
    this.#tables.set(table, key, value, { start, end: this.#source.at });
  }

  /** Parts with dots between them, and the blanks around. */
  #key(): Key {
    const source = this.#source;
    source.skipBlanks();
    const start = source.at;
    const parts = [this.#part()];
    let end = source.at;
    for (source.skipBlanks(); source.take('.'); source.skipBlanks()) {
      source.skipBlanks();
      parts.push(this.#part());
      end = source.at;
    }
    return { parts, start, end };
  }

  #part(): string {
    const source = this.#source;
    if (source.peek() === 0x22 || source.peek() === 0x27) return parseString(source, false);
    const bare = source.match(/[A-Za-z0-9_-]+/y);
    if (bare !== undefined) return bare[0];
    throw source.here(
      'toml::parse_simple_key: invalid key: key must be "quoted", \'quoted-literal\', or bare key.',
      'expected alpha [a-zA-Z], digit [0-9], -, or _',
      ['non-ASCII scripts are allowed in toml v1.1.0, but not in v1.0.0.'],
    );
  }

  #value(): TomlValue {
    const source = this.#source;
    switch (source.peek()) {
      case 0x22:
      case 0x27:
        return parseString(source, true);
      case 0x5b:
        return this.#nested(() => this.#array());
      case 0x7b:
        return this.#nested(() => this.#inlineTable());
      default:
        return parseWord(source) ?? parseTimestamp(source) ?? parseNumber(source);
    }
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > deepest) throw this.#source.here('too many values inside of each other', 'here');
    const value = parse();
    this.#depth -= 1;
    return value;
  }

  #array(): TomlArray {
    const source = this.#source;
    const items: TomlValue[] = [];
    source.take('[');
    for (source.skipSpace(); !source.take(']'); source.skipSpace()) {
      items.push(this.#value());
      source.skipSpace();
      if (source.take(',')) continue;
      if (source.peek() !== 0x5d) throw source.here('toml::parse_array: missing closing bracket `]`', 'expected `]`');
    }
    return new TomlArray(items, false);
  }

  /** On one line, without a comma at its end. */
  #inlineTable(): TomlTable {
    const source = this.#source;
    const table = new TomlTable('dotted');
    source.take('{');
    source.skipBlanks();
    if (!source.take('}')) this.#inlinePairs(table);
    complete(table);
    return table;
  }

  #inlinePairs(table: TomlTable): void {
    const source = this.#source;
    do {
      source.skipBlanks();
      if (source.peek() === 0x7d) {
        source.at -= 1;
        throw source.here('toml::parse_inline_table: trailing comma is not allowed in TOML-v1.0.0)', 'here');
      }
      this.#pair(table);
      source.skipBlanks();
    } while (source.take(','));
    if (!source.take('}')) throw source.here('toml::parse_inline_table: missing closing bracket `}`', 'expected `}`');
  }
}

/** An inline table, and what dotted keys made in it, cannot be added to any more. */
function complete(table: TomlTable): void {
  table.kind = 'inline';
  for (const { value } of table.entries.values())
    if (value instanceof TomlTable && value.kind === 'dotted') complete(value);
}
