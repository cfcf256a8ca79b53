/**
 * Values as a person reads them: over several lines, in colours, derivations by their paths, and only so deep as asked.
 * What is printed is evaluated; an error inside a set or list stands in its place.
 */
import { fromUnicode } from '../../base/bytes.ts';
import { asEvalError, EvalError } from '../errors.ts';
import { coerceToString } from '../runtime/coerce.ts';
import { isDerivation, textOf } from '../runtime/expect.ts';
import { checkDepth, showName, showValue } from '../runtime/print.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { force } from '../runtime/thunk.ts';
import { Attrs, Fn, type Forced, Path, Str, type Value } from '../runtime/value.ts';

export interface PrettyOptions {
  /** Sets and lists below this depth are `{ ... }` and `[ ... ]`. */
  readonly depth: number;
  /** With terminal colours. */
  readonly colored: boolean;
}

const colors = { text: 35, number: 36, path: 32, function: 34, error: 31 } as const;

/** A byte string, without a newline at its end. */
export function prettyValue(rt: Runtime, value: Value, options: PrettyOptions): string {
  const printer = new Printer(rt, options);
  printer.print(value, 0);
  return printer.out.join('');
}

class Printer {
  readonly out: string[] = [];
  readonly #rt: Runtime;
  readonly #options: PrettyOptions;
  readonly #seen = new Set<unknown>();
  #indent = '';

  constructor(rt: Runtime, options: PrettyOptions) {
    this.#rt = rt;
    this.#options = options;
  }

  print(slot: Value, depth: number): void {
    checkDepth(depth);
    const length = this.out.length;
    const indent = this.#indent;
    try {
      this.#printForced(slot, force(slot), depth);
    } catch (thrown) {
      const error = asEvalError(thrown);
      if (depth === 0 || !(error instanceof EvalError) || error.kind === 'stack-overflow') throw error;
      this.out.length = length;
      this.#indent = indent;
      this.#paint('error', mark(`error: ${error.message.replace(/\x1b\[[0-9;]*m/g, '')}`));
    }
  }

  #printForced(slot: Value, value: Forced, depth: number): void {
    if (value instanceof Attrs) this.#set(value, depth);
    else if (Array.isArray(value)) this.#list(slot, value, depth);
    else this.#paint(colorOf(value), showValue(value, everything));
  }

  #set(set: Attrs, depth: number): void {
    if (this.#repeated(set.flat())) return;
    if (isDerivation(set as Forced)) this.#derivation(set);
    else if (depth >= this.#options.depth) this.out.push('{ ... }');
    else {
      const names = set.names();
      this.#inside('{', '}', set.flat().values, (value, at) => {
        this.out.push(showName(names[at]!), ' = ');
        this.print(value, depth + 1);
        this.out.push(';');
      });
    }
  }

  #list(slot: Value, list: readonly Value[], depth: number): void {
    if (list.length > 0 && this.#repeated(slot)) return;
    if (depth >= this.#options.depth) this.out.push('[ ... ]');
    else this.#inside('[', ']', list, (value) => this.print(value, depth + 1));
  }

  #repeated(what: unknown): boolean {
    if (!this.#seen.has(what)) {
      this.#seen.add(what);
      return false;
    }
    this.#paint('text', mark('repeated'));
    return true;
  }

  #derivation(set: Attrs): void {
    const drvPath = set.get('drvPath');
    const what = 'while evaluating the drvPath of a derivation';
    const how = { coerceMore: false, copyToStore: false, what };
    const path = drvPath === undefined ? '' : ` ${textOf(coerceToString(this.#rt, drvPath, how))}`;
    this.#paint('path', mark(`derivation${path}`));
  }

  #inside(open: string, close: string, values: readonly Value[], each: (value: Value, at: number) => void): void {
    const outer = this.#indent;
    this.#indent += '  ';
    this.out.push(open);
    const space = isTall(values) ? `\n${this.#indent}` : ' ';
    values.forEach((value, at) => {
      this.out.push(space);
      each(value, at);
    });
    this.#indent = outer;
    this.out.push(space === ' ' ? ' ' : `\n${outer}`, close);
  }

  #paint(color: keyof typeof colors, text: string): void {
    this.out.push(this.#options.colored ? `\x1b[${colors[color]};1m${text}\x1b[0m` : text);
  }
}

const everything = { depth: Infinity, attributes: Infinity, items: Infinity, text: Infinity };
const mark = (text: string): string => fromUnicode('«') + text + fromUnicode('»');

function colorOf(value: Forced): keyof typeof colors {
  if (typeof value === 'string' || value instanceof Str) return 'text';
  if (value instanceof Path) return 'path';
  if (value instanceof Fn) return 'function';
  return 'number';
}

/** One value takes a line of its own when it holds others itself. */
function isTall(values: readonly Value[]): boolean {
  if (values.length !== 1) return values.length > 1;
  const only = force(values[0]!);
  return only instanceof Attrs || Array.isArray(only);
}
