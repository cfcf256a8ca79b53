/** Values as JSON text: `builtins.toJSON` and `--json`. The text is a byte string without any white space. */

import { addTrace, EvalError } from '../errors.ts';
import { noPos, type Pos } from '../source.ts';
import { toStringOf } from './coerce.ts';
import { Context, joinContexts } from './context.ts';
import { contextOf, textOf } from './expect.ts';
import { jsonFloat, jsonString } from './json-text.ts';
import { forceAt, placeOf } from './place.ts';
import { showName } from './print.ts';
import type { Runtime } from './runtime.ts';
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
  const text = writer.write(value, noPos);
  return { text, context: writer.context };
}

class JsonWriter {
  context: Context | undefined;
  readonly #rt: Runtime;
  readonly #options: JsonOptions;

  constructor(rt: Runtime, options: JsonOptions) {
    this.#rt = rt;
    this.#options = options;
  }

  write(slot: Value, pos: Pos): string {
    if (stack.depth > stack.limit) overflow(pos);
    stack.depth++;
    const value = this.#options.strict ? forceAt(slot, pos) : peek(slot);
    if (value === undefined) throw new EvalError('type', 'cannot convert a thunk to JSON', { pos });
    const text = this.#forced(value, pos);
    stack.depth--;
    return text;
  }

  #forced(value: Forced, pos: Pos): string {
    if (typeof value === 'string') return jsonString(value);
    if (value === null || typeof value !== 'object') return String(value);
    if (value instanceof Attrs) return this.#set(value, pos);
    if (Array.isArray(value)) return this.#list(value, pos);
    if (value instanceof Str) return this.#string(value);
    if (value instanceof Float) return jsonFloat(value.value);
    if (value instanceof Path) return this.#path(value);
    throw new EvalError('type', `cannot convert ${showType(value)} to JSON`, { pos: placeOf(value) || pos });
  }

  #string(value: string | Str): string {
    this.context = joinContexts(this.context, contextOf(value));
    return jsonString(textOf(value));
  }

  #path(value: Path): string {
    if (!this.#options.copyToStore) return jsonString(value.path);
    const path = this.#rt.copyPathToStore(value.path);
    return this.#string(new Str(path, Context.of(path)));
  }

  #set(set: Attrs, pos: Pos): string {
    const made = toStringOf(this.#rt, set, { coerceMore: false, copyToStore: false, pos });
    if (made !== undefined) return this.#string(made);
    const outPath = set.get('outPath');
    if (outPath !== undefined) return this.write(outPath, set.positionOf('outPath'));
    const { shape, values } = set.flat();
    let text = '{';
    for (let i = 0; i < values.length; i++) {
      const name = shape.names[i]!;
      const at = shape.positionAt(i);
      if (i > 0) text += ',';
      text += `${jsonString(name)}:${this.#attribute(name, values[i]!, at)}`;
    }
    return `${text}}`;
  }

  #attribute(name: string, value: Value, pos: Pos): string {
    try {
      return this.write(value, pos);
    } catch (error) {
      throw addTrace(error, `while evaluating attribute '${showName(name)}'`, pos);
    }
  }

  #list(list: List, pos: Pos): string {
    let text = '[';
    for (let i = 0; i < list.length; i++) {
      if (i > 0) text += ',';
      try {
        text += this.write(list[i]!, pos);
      } catch (error) {
        throw addTrace(error, `while evaluating list element at index ${i}`, pos);
      }
    }
    return `${text}]`;
  }
}
