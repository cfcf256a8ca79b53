/**
 * Values as text, in two styles that differ in small things. `showValue` is what error messages and traces show:
 * nothing is evaluated, what is long is cut. `printValue` is what evaluating on the command line prints.
 */
import { fromUnicode } from '../../base/bytes.ts';
import { EvalError } from '../errors.ts';
import { positions } from '../source.ts';
import { formatFloat } from './floats.ts';
import { overflowText, stack } from './stack.ts';
import { isBlackHole, peek } from './thunk.ts';
import { Attrs, type Builtin, Float, Fn, type Forced, lambdaInfo, PartialApp, Path, Str, type Value } from './value.ts';

/** The marks around what is no literal, as byte strings. */
const [left, right] = [fromUnicode('«'), fromUnicode('»')];
const mark = (text: string): string => left + text + right;

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A string as a literal of the language. */
export function quote(text: string): string {
  return `"${text.replace(/["\\\n\r\t]|\$(?=\{)/g, (found) => escapes[found] ?? '\\$')}"`;
}

const reserved = new Set(['if', 'then', 'else', 'assert', 'with', 'let', 'in', 'rec', 'inherit']);

/** A name as it stands in a set: bare where it can be. */
export function showName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !reserved.has(name) ? name : quote(name);
}

export interface ShowLimits {
  readonly depth: number;
  readonly attributes: number;
  readonly items: number;
  readonly text: number;
}
const errorLimits: ShowLimits = { depth: 10, attributes: 10, items: 10, text: 1024 };
export const noLimits: ShowLimits = { depth: Infinity, attributes: Infinity, items: Infinity, text: Infinity };

/** A value as error messages show it; thunks stay thunks. */
export function showValue(value: Value, limits: ShowLimits = errorLimits): string {
  return new Shower(limits).show(value, 0);
}

class Shower {
  readonly #limits: ShowLimits;
  readonly #seen = new Set<unknown>();
  #attributes = 0;
  #items = 0;

  constructor(limits: ShowLimits) {
    this.#limits = limits;
  }

  show(slot: Value, depth: number): string {
    checkDepth(depth);
    const value = peek(slot);
    if (value === undefined) return isBlackHole(slot) ? mark('potential infinite recursion') : mark('thunk');
    if (typeof value === 'string') return this.#text(value);
    if (value instanceof Str) return this.#text(value.text);
    if (value instanceof Attrs) return this.#set(value, depth);
    if (Array.isArray(value)) return this.#list(slot, value, depth);
    if (value instanceof Fn) return showFunction(value);
    return showScalar(value);
  }

  #text(text: string): string {
    const limit = this.#limits.text;
    if (text.length <= limit) return quote(text);
    return `${quote(text.slice(0, limit))} ${elided(text.length - limit, 'byte')}`;
  }

  #set(set: Attrs, depth: number): string {
    if (this.#seen.has(set.flat())) return mark('repeated');
    this.#seen.add(set);
    if (depth >= this.#limits.depth) return '{ ... }';
    const parts: string[] = [];
    let printed = 0;
    for (const at of this.#order(set)) {
      if (this.#attributes >= this.#limits.attributes) {
        parts.push(elided(set.size - printed, 'attribute'));
        break;
      }
      parts.push(`${showName(set.names()[at]!)} = ${this.show(set.valueAt(at), depth + 1)};`);
      this.#attributes++;
      printed++;
    }
    return ['{', ...parts, '}'].join(' ');
  }

  /** Where sets are cut, what says most of a set comes first. */
  #order(set: Attrs): number[] {
    const all = set.names().map((_, at) => at);
    if (this.#limits.attributes === Infinity) return all;
    const important = (at: number): boolean => /^_?type$/.test(set.names()[at]!);
    return [...all.filter(important), ...all.filter((at) => !important(at))];
  }

  /** A list is the same only where it is the same variable, attribute or item: `slot` is what tells. */
  #list(slot: Value, list: readonly Value[], depth: number): string {
    if (list.length > 0 && this.#seen.has(slot)) return mark('repeated');
    this.#seen.add(slot);
    if (depth >= this.#limits.depth) return '[ ... ]';
    const parts: string[] = [];
    let printed = 0;
    for (const item of list) {
      if (this.#items >= this.#limits.items) {
        parts.push(elided(list.length - printed, 'item'));
        break;
      }
      parts.push(this.show(item, depth + 1));
      this.#items++;
      printed++;
    }
    return ['[', ...parts, ']'].join(' ');
  }
}

function elided(count: number, noun: string): string {
  return mark(`${count} ${noun}${count === 1 ? '' : 's'} elided`);
}

/** A thing infinitely deep is an error before it is a crash. */
export function checkDepth(depth: number): void {
  if (depth > stack.limit) throw new EvalError('stack-overflow', overflowText);
}

function showScalar(value: Forced): string {
  if (value instanceof Float) return formatFloat(value);
  if (value instanceof Path) return value.path;
  return String(value);
}

function showFunction(value: Fn): string {
  const info = lambdaInfo(value);
  if (info === undefined)
    return value instanceof PartialApp
      ? mark(`partially applied primop ${(value.target as Builtin).name}`)
      : mark(`primop ${(value as Builtin).name}`);
  const name = info.name === undefined ? '' : ` ${showName(info.name)}`;
  return `${left}lambda${name} @ ${positions.show(info.pos)}${right}`;
}

/**
 * A value as `nix-instantiate --eval` prints it: what is not evaluated is `<CODE>`, a set or list that was already
 * printed is `«repeated»`.
 */
export function printValue(value: Value): string {
  const seen = new Set<unknown>();
  const out: string[] = [];
  printInto(out, seen, value, 0);
  return out.join('');
}

function printInto(out: string[], seen: Set<unknown>, slot: Value, depth: number): void {
  checkDepth(depth);
  const value = peek(slot);
  if (value === undefined) out.push(isBlackHole(slot) ? mark('potential infinite recursion') : '<CODE>');
  else if (typeof value === 'string') out.push(quote(value));
  else if (value instanceof Str) out.push(quote(value.text));
  else if (value instanceof Attrs) printSet(out, seen, value, depth);
  else if (Array.isArray(value)) printList(out, seen, slot, value, depth);
  else if (value instanceof Fn) out.push(functionTag(value));
  else out.push(showScalar(value));
}

function functionTag(value: Fn): string {
  if (lambdaInfo(value) !== undefined) return '<LAMBDA>';
  return value instanceof PartialApp ? '<PRIMOP-APP>' : '<PRIMOP>';
}

function printSet(out: string[], seen: Set<unknown>, set: Attrs, depth: number): void {
  if (set.size > 0 && seen.has(set)) {
    out.push(mark('repeated'));
    return;
  }
  seen.add(set);
  out.push('{ ');
  set.names().forEach((name, at) => {
    out.push(showName(name), ' = ');
    printInto(out, seen, set.valueAt(at), depth + 1);
    out.push('; ');
  });
  out.push('}');
}

function printList(out: string[], seen: Set<unknown>, slot: Value, list: readonly Value[], depth: number): void {
  if (list.length > 0 && seen.has(slot)) {
    out.push(mark('repeated'));
    return;
  }
  seen.add(slot);
  out.push('[ ');
  for (const item of list) {
    printInto(out, seen, item, depth + 1);
    out.push(' ');
  }
  out.push(']');
}
