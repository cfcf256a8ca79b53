/** `fromTOML`. */
import { EvalError } from '../../errors.ts';
import { AttrsBuilder } from '../../runtime/attrs.ts';
import { forceString } from '../../runtime/expect.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { Shape } from '../../runtime/shape.ts';
import { Attrs, Float, type Value } from '../../runtime/value.ts';
import { nullByte } from '../json/parse.ts';
import type { BuiltinDef } from '../registry.ts';
import { parseToml } from './parse.ts';
import { TomlError } from './source.ts';
import { TomlArray, TomlTable, type TomlValue } from './tables.ts';

const timestampShape = new Shape(['_type', 'value'], null, true);

class Converter {
  readonly #timestamps: boolean;
  constructor(timestamps: boolean) {
    this.#timestamps = timestamps;
  }

  convert(value: TomlValue): Value {
    if (typeof value !== 'object') return typeof value === 'string' ? checked(value) : value;
    if (value instanceof Float) return value;
    if (value instanceof TomlTable) return this.#table(value);
    if (value instanceof TomlArray) return value.items.map((item) => this.convert(item));
    if (!this.#timestamps) throw new TomlError('Dates and times are not supported');
    return new Attrs(timestampShape, ['timestamp', value.timestamp]);
  }

  #table(table: TomlTable): Attrs {
    const builder = new AttrsBuilder();
    for (const [name, { value }] of table.entries) builder.set(checked(name), this.convert(value));
    return builder.build();
  }
}

function checked(text: string): string {
  if (text.includes('\0')) throw new TomlError(`error: ${nullByte(text).message}`);
  return text;
}

function fromToml(rt: Runtime, value: Value): Value {
  const text = forceString(value, 'while evaluating the argument passed to builtins.fromTOML');
  try {
    return new Converter(rt.host.settings.experimental.has('parse-toml-timestamps')).convert(parseToml(text));
  } catch (error) {
    if (error instanceof TomlError) throw new EvalError('other', `while parsing TOML: ${error.message}`);
    throw error;
  }
}

export const tomlBuiltins: readonly BuiltinDef[] = [
  {
    name: 'fromTOML',
    global: true,
    args: ['e'],
    doc: 'The set that the TOML document *e* stands for.',
    run: fromToml,
  },
];
