/**
 * How bindings become an attribute set: `a.b = 1; a.c = 2;` makes one `a`, and a set written out meets a set made of
 * paths (or another written out) by merging. Whatever else is named twice is an error.
 *
 * Merging looks at the syntax alone and asks nobody whether a set is recursive: the first one says so for both.
 */
import type { Source } from '../source.ts';
import type { AttrName, AttrsExpr, Binding, Bindings, Expr } from './ast.ts';
import { showName } from './literal-text.ts';
import type { SyntaxOptions } from './options.ts';
import { ParseError } from './parse-errors.ts';

/** Bindings that are still being read. */
export class BindingsBuilder implements Bindings {
  readonly statics: Map<string, Binding> = new Map();
  readonly inheritFrom: Expr[] = [];
  readonly dynamics: { readonly name: Expr; readonly value: Expr; readonly pos: number }[] = [];
}

/** What merging asks of the parser around it. */
export interface Merging {
  readonly source: Source;
  readonly metBefore: SyntaxOptions['metBefore'];
}

/** `path = value;` */
export function addAttribute(
  merging: Merging,
  target: BindingsBuilder,
  path: readonly AttrName[],
  value: Expr,
  pos: number,
): void {
  let bindings = target;
  const last = path.length - 1;
  for (let i = 0; i < last; i++) bindings = nestedBindings(merging.source, bindings, path, i, pos);
  const name = path[last]!;
  if ('expr' in name) bindings.dynamics.push({ name: name.expr, value, pos });
  else addBinding(merging, bindings, path.map(nameOf), { kind: 'plain', name: name.name, value, pos });
}

/** The bindings of the set that the path's part `i` names, made when there is none. */
function nestedBindings(
  source: Source,
  outer: BindingsBuilder,
  path: readonly AttrName[],
  i: number,
  pos: number,
): BindingsBuilder {
  const step = path[i]!;
  const bindings = new BindingsBuilder();
  const value: AttrsExpr = { kind: 'attrs', pos, recursive: false, bindings };
  if ('expr' in step) {
    outer.dynamics.push({ name: step.expr, value, pos });
    return bindings;
  }
  const known = outer.statics.get(step.name);
  if (known === undefined) {
    outer.statics.set(step.name, { kind: 'plain', name: step.name, value, pos });
    return bindings;
  }
  return setBindings(known) ?? duplicate(source, path.slice(0, i + 1).map(nameOf), pos, known.pos);
}

/** Adds one binding; `path` names it in errors and ends with its own name. */
function addBinding(merging: Merging, bindings: BindingsBuilder, path: readonly string[], added: Binding): void {
  const known = bindings.statics.get(added.name);
  if (known === undefined) {
    bindings.statics.set(added.name, added);
    return;
  }
  const into = setBindings(known);
  const from = setBindings(added);
  if (into === undefined || from === undefined) duplicate(merging.source, path, added.pos, known.pos);
  const shift = into.inheritFrom.length;
  for (const binding of mergingOrder(merging, into, from)) {
    const moved = binding.kind === 'inherit-from' ? { ...binding, from: binding.from + shift } : binding;
    addBinding(merging, into, [...path, binding.name], moved);
  }
  into.dynamics.push(...from.dynamics);
  into.inheritFrom.push(...from.inheritFrom);
}

/**
 * The bindings that are merged, in the order in which their names were first met where two stand in the way of each
 * other: of several that do, the first one met is reported.
 */
function mergingOrder({ source, metBefore }: Merging, into: BindingsBuilder, from: BindingsBuilder): Iterable<Binding> {
  const bindings = [...from.statics.values()];
  if (bindings.filter(({ name }) => into.statics.has(name)).length < 2) return bindings;
  const places = new Map(bindings.map(({ name }) => [name, [metBefore(name) ?? Infinity, firstPlace(source, name)]]));
  return bindings.sort((a, b) => {
    const [one, other] = [places.get(a.name)!, places.get(b.name)!];
    return one[0] === other[0] ? one[1]! - other[1]! : one[0]! - other[0]!;
  });
}

/** Where a name first stands in a text. */
function firstPlace({ text }: Source, name: string): number {
  const literal = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return text.search(new RegExp(/^[\w'-]+$/.test(name) ? `(?<![\\w'-])${literal}(?![\\w'-])` : `"${literal}"`));
}

/** `inherit name;` and `inherit (from) name;`, which never merge. */
export function addInherited(source: Source, bindings: BindingsBuilder, added: Binding): void {
  const known = bindings.statics.get(added.name);
  if (known !== undefined) duplicate(source, [added.name], added.pos, known.pos);
  bindings.statics.set(added.name, added);
}

/** Of a binding whose value is a set written as one; the parser alone makes those, of builders. */
function setBindings(binding: Binding): BindingsBuilder | undefined {
  if (binding.kind !== 'plain' || binding.value.kind !== 'attrs') return undefined;
  return binding.value.bindings as BindingsBuilder;
}

function duplicate(source: Source, path: readonly string[], pos: number, earlier: number): never {
  const { line, column } = source.lineAndColumn(earlier);
  const place = `${source.label}:${line}:${column}`;
  const message = `attribute '${path.map(showName).join('.')}' already defined at ${place}`;
  throw new ParseError('duplicate-attribute', message, source, pos);
}

/** Dynamic names are never twice the same to the parser: no error names one. */
const nameOf = (step: AttrName): string => ('name' in step ? step.name : '');
