/** Attribute sets: names, values, look-ups, and sets made of sets. */
import { filterAttrs } from '../runtime/attrs.ts';
import { forceAttrs, forceList, forceString, requireAttr } from '../runtime/expect.ts';
import { Shape } from '../runtime/shape.ts';
import { force } from '../runtime/thunk.ts';
import { Attrs, type Value } from '../runtime/value.ts';
import { type Pos, positions } from '../source.ts';
import type { BuiltinDef } from './registry.ts';

function getAttr(name: Value, set: Value): Value {
  const key = forceString(name, 'while evaluating the first argument passed to builtins.getAttr');
  const attrs = forceAttrs(set, 'while evaluating the second argument passed to builtins.getAttr');
  return force(requireAttr(attrs, key, 'in the attribute set under consideration'));
}

function hasAttr(name: Value, set: Value): boolean {
  const key = forceString(name, 'while evaluating the first argument passed to builtins.hasAttr');
  return forceAttrs(set, 'while evaluating the second argument passed to builtins.hasAttr').has(key);
}

function removeAttrs(set: Value, names: Value): Value {
  const attrs = forceAttrs(set, 'while evaluating the first argument passed to builtins.removeAttrs');
  const list = forceList(names, 'while evaluating the second argument passed to builtins.removeAttrs');
  const what = 'while evaluating the values of the second argument passed to builtins.removeAttrs';
  const removed = new Set<string>();
  for (let i = 0; i < list.length; i++) removed.add(forceString(list[i]!, what));
  const all = attrs.names();
  return filterAttrs(attrs, (at) => !removed.has(all[at]!));
}

/** Walks through the smaller of both sets; values and positions are the second one's. */
function intersectAttrs(first: Value, second: Value): Value {
  const left = forceAttrs(first, 'while evaluating the first argument passed to builtins.intersectAttrs').flat();
  const right = forceAttrs(second, 'while evaluating the second argument passed to builtins.intersectAttrs').flat();
  if (left.size >= right.size) {
    const names = right.shape.names;
    return filterAttrs(right, (at) => left.shape.find(names[at]!) >= 0);
  }
  const places: number[] = [];
  const values: Value[] = [];
  for (const name of left.shape.names) {
    const at = right.shape.find(name);
    if (at < 0) continue;
    places.push(at);
    values.push(right.values[at]!);
  }
  return new Attrs(right.shape.choose(places), values);
}

function catAttrs(name: Value, list: Value): Value {
  const key = forceString(name, 'while evaluating the first argument passed to builtins.catAttrs');
  const sets = forceList(list, 'while evaluating the second argument passed to builtins.catAttrs');
  const what = 'while evaluating an element in the list passed as second argument to builtins.catAttrs';
  const found: Value[] = [];
  for (let i = 0; i < sets.length; i++) {
    const value = forceAttrs(sets[i]!, what).get(key);
    if (value !== undefined) found.push(value);
  }
  return found;
}

const placeShape = new Shape(['column', 'file', 'line'], null, true);

function unsafeGetAttrPos(name: Value, set: Value): Value {
  const key = forceString(name, 'while evaluating the first argument passed to builtins.unsafeGetAttrPos');
  const attrs = forceAttrs(set, 'while evaluating the second argument passed to builtins.unsafeGetAttrPos');
  return placeOf(attrs.positionOf(key));
}

/** Where something stands in a file, as a value; null for what is in none. */
export function placeOf(pos: Pos): Value {
  const source = positions.sourceOf(pos);
  if (source === undefined || source.origin.kind !== 'file') return null;
  const { line, column } = source.lineAndColumn(pos - source.base);
  return new Attrs(placeShape, [column, source.origin.path, line]);
}

const inSet = 'The names of the attributes of *set*, in byte order.';

export const attrsetBuiltins: readonly BuiltinDef[] = [
  {
    name: 'attrNames',
    args: ['set'],
    doc: inSet,
    run: (_rt, set) => forceAttrs(set, 'while evaluating the argument passed to builtins.attrNames').names(),
  },
  {
    name: 'attrValues',
    args: ['set'],
    doc: 'The values of the attributes of *set*, in the order of their names.',
    run: (_rt, set) => forceAttrs(set, 'while evaluating the argument passed to builtins.attrValues').flat().values,
  },
  {
    name: 'getAttr',
    args: ['s', 'set'],
    doc: 'The attribute of *set* that is named *s*.',
    run: (_rt, name, set) => getAttr(name, set),
  },
  {
    name: 'hasAttr',
    args: ['s', 'set'],
    doc: 'Whether *set* has an attribute named *s*.',
    run: (_rt, name, set) => hasAttr(name, set),
  },
  {
    name: 'removeAttrs',
    global: true,
    args: ['set', 'list'],
    doc: '*set* without the attributes named in *list*.',
    run: (_rt, set, names) => removeAttrs(set, names),
  },
  {
    name: 'intersectAttrs',
    args: ['e1', 'e2'],
    doc: 'Those attributes of *e2* whose names *e1* has as well.',
    run: (_rt, first, second) => intersectAttrs(first, second),
  },
  {
    name: 'catAttrs',
    args: ['attr', 'list'],
    doc: 'The attributes named *attr* of those sets in *list* that have one.',
    run: (_rt, name, list) => catAttrs(name, list),
  },
  {
    name: 'unsafeGetAttrPos',
    args: ['s', 'set'],
    doc: 'Where the attribute *s* of *set* was defined, `{ column, file, line }`, or `null`. For messages: refactoring changes it.',
    run: (_rt, name, set) => unsafeGetAttrPos(name, set),
  },
];
