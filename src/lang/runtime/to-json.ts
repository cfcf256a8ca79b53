/** Values as JSON text: `builtins.toJSON` and `--json`. The text is a byte string without any white space. */

import { addTrace, EvalError } from '../errors.ts';
import { noPos, type Pos } from '../source.ts';
import { toStringOf } from './coerce.ts';
import { Context, ContextSum } from './context.ts';
import { contextOf, textOf } from './expect.ts';
import { jsonFloat, jsonString, needsEscapes } from './json-text.ts';
import { forceAt, placeOf } from './place.ts';
import { showName } from './print.ts';
import type { Runtime } from './runtime.ts';
import type { Shape } from './shape.ts';
import { overflow, stack } from './stack.ts';
import { peek } from './thunk.ts';
import { showType } from './types.ts';
import { Attrs, Float, type Forced, type List, Path, Str, type Value } from './value.ts';

export interface JsonOptions {
  /** Force what is not evaluated; without it that is an error. */
  readonly strict: boolean;
  /** A path becomes a store path, as in strings, instead of its own text. */
  readonly copyToStore: boolean;
}

/** The JSON text of a value and the contexts of all strings in it. */
export function toJson(
  rt: Runtime,
  value: Value,
  options: JsonOptions,
): { readonly text: string; readonly context: Context | undefined } {
  const writer = new JsonWriter(rt, options);
  writer.write(value, noPos);
  return { text: writer.parts.join(''), context: writer.context.total };
}

/** For each shape the text before its values: `{"a":`, `,"b":`… */
const heads = new WeakMap<Shape, readonly string[]>();

function headsOf(shape: Shape): readonly string[] {
  let texts = heads.get(shape);
  if (texts === undefined) {
    texts = shape.names.map((name, i) => `${i === 0 ? '{' : ','}${jsonString(name)}:`);
    if (shape.lasting) heads.set(shape, texts);
  }
  return texts;
}

class JsonWriter {
  readonly context = new ContextSum();
  /** The text, in pieces: put together once, as text that grows piece by piece is a heap of small objects. */
  readonly parts: string[] = [];
  private readonly rt: Runtime;
  private readonly options: JsonOptions;

  constructor(rt: Runtime, options: JsonOptions) {
    this.rt = rt;
    this.options = options;
  }

  write(slot: Value, pos: Pos): void {
    if (stack.depth > stack.limit) overflow(pos);
    stack.depth++;
    const value = this.options.strict ? forceAt(slot, pos) : peek(slot);
    if (value === undefined) throw new EvalError('type', 'cannot convert a thunk to JSON', { pos });
    this.forced(value, pos);
    stack.depth--;
  }

  private forced(value: Forced, pos: Pos): void {
    if (typeof value === 'string') this.text(value);
    else if (value === null || typeof value !== 'object') this.parts.push(String(value));
    else if (value instanceof Attrs) this.set(value, pos);
    else if (Array.isArray(value)) this.list(value, pos);
    else if (value instanceof Str) this.string(value);
    else if (value instanceof Float) this.parts.push(jsonFloat(value.value));
    else if (value instanceof Path) this.path(value);
    else throw new EvalError('type', `cannot convert ${showType(value)} to JSON`, { pos: placeOf(value) || pos });
  }

  private text(text: string): void {
    if (needsEscapes(text)) this.parts.push(jsonString(text));
    else this.parts.push('"', text, '"');
  }

  private string(value: string | Str): void {
    this.context.add(contextOf(value));
    this.text(textOf(value));
  }

  private path(value: Path): void {
    if (this.options.copyToStore) {
      const path = this.rt.copyPathToStore(value.path);
      this.string(new Str(path, Context.of(path)));
    } else this.text(value.path);
  }

  private set(set: Attrs, pos: Pos): void {
    const made = toStringOf(this.rt, set, { coerceMore: false, copyToStore: false, pos });
    if (made !== undefined) {
      this.string(made);
      return;
    }
    const outPath = set.get('outPath');
    if (outPath !== undefined) this.write(outPath, set.positionOf('outPath'));
    else if (set.size === 0) this.parts.push('{}');
    else this.attributes(set.flat());
  }

  private attributes({ shape, values }: Attrs): void {
    const before = headsOf(shape);
    for (let i = 0; i < values.length; i++) {
      this.parts.push(before[i]!);
      const pos = shape.positionAt(i);
      try {
        this.write(values[i]!, pos);
      } catch (error) {
        throw addTrace(error, `while evaluating attribute '${showName(shape.names[i]!)}'`, pos);
      }
    }
    this.parts.push('}');
  }

  private list(list: List, pos: Pos): void {
    for (let i = 0; i < list.length; i++) {
      this.parts.push(i === 0 ? '[' : ',');
      try {
        this.write(list[i]!, pos);
      } catch (error) {
        throw addTrace(error, `while evaluating list element at index ${i}`, pos);
      }
    }
    this.parts.push(list.length === 0 ? '[]' : ']');
  }
}
