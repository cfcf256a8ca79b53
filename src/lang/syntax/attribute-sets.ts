/**
 * How bindings become an attribute set: `a.b = 1; a.c = 2;` makes one `a`, and a set written out meets a set made of
 * paths (or another written out) by merging. Whatever else is named twice is an error.
 *
 * Merging looks at the syntax alone and asks nobody whether a set is recursive: the first one says so for both.
 */
import type { Source } from '../source.ts';
import type { AttrName, AttrsExpr, Binding, Bindings, Expr } from './ast.ts';
import { showName } from './literal-text.ts';
import { ParseError } from './parse-errors.ts';

/** Bindings that are still being read. */
export class BindingsBuilder implements Bindings {
  readonly statics: Map<string, Binding> = new Map();
  readonly inheritFrom: Expr[] = [];
  readonly dynamics: { readonly name: Expr; readonly value: Expr; readonly pos: number }[] = [];
}

/** `path = value;` */
export function addAttribute(
  source: Source,
  target: BindingsBuilder,
  path: readonly AttrName[],
  value: Expr,
  pos: number,
): void {
  let bindings = target;
  const last = path.length - 1;
  for (let i = 0; i < last; i++) bindings = nestedBindings(source, bindings, path, i, pos);
  const name = path[last]!;
  if ('expr' in name) bindings.dynamics.push({ name: name.expr, value, pos });
  else addBinding(source, bindings, path.map(nameOf), { kind: 'plain', name: name.name, value, pos });
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
function addBinding(source: Source, bindings: BindingsBuilder, path: readonly string[], added: Binding): void {
  const known = bindings.statics.get(added.name);
  if (known === undefined) {
    bindings.statics.set(added.name, added);
    return;
  }
  const into = setBindings(known);
  const from = setBindings(added);
  if (into === undefined || from === undefined) duplicate(source, path, added.pos, known.pos);
  const shift = into.inheritFrom.length;
  for (const binding of from.statics.values()) {
    const moved = binding.kind === 'inherit-from' ? { ...binding, from: binding.from + shift } : binding;
    addBinding(source, into, [...path, binding.name], moved);
  }
  into.dynamics.push(...from.dynamics);
  into.inheritFrom.push(...from.inheritFrom);
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
