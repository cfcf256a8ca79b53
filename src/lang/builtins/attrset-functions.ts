/** Attribute sets made with a function, or of lists. */

import { attrsLike } from '../runtime/attrs.ts';
import { lazyApply2 } from '../runtime/call.ts';
import { forceAttrs, forceFunction, forceList, requireAttr } from '../runtime/expect.ts';
import { Shape } from '../runtime/shape.ts';
import { Attrs, emptyAttrs, type Value } from '../runtime/value.ts';
import { forceStringAt } from './arguments.ts';
import type { BuiltinDef } from './registry.ts';

function mapAttrs(fn: Value, set: Value): Value {
  const attrs = forceAttrs(set, 'while evaluating the second argument passed to builtins.mapAttrs').flat();
  const { values, shape } = attrs;
  const mapped = new Array<Value>(values.length);
  for (let i = 0; i < values.length; i++) mapped[i] = lazyApply2(fn, shape.names[i]!, values[i]!);
  return attrsLike(attrs, mapped);
}

/** Of equal names the first one counts; the values of the others are not even looked for. */
function listToAttrs(list: Value): Value {
  const items = forceList(list, 'while evaluating the argument passed to builtins.listToAttrs');
  const what = 'while evaluating an element of the list passed to builtins.listToAttrs';
  const pair = 'in a {name=...; value=...;} pair';
  const nameWhat = 'while evaluating the `name` attribute of an element of the list passed to builtins.listToAttrs';
  const firsts = new Map<string, Attrs>();
  const names: string[] = [];
  let inOrder = true;
  for (let i = 0; i < items.length; i++) {
    const item = forceAttrs(items[i]!, what);
    const name = forceStringAt(requireAttr(item, 'name', pair), nameWhat, item, 'name');
    if (firsts.has(name)) continue;
    firsts.set(name, item);
    if (names.length > 0 && names[names.length - 1]! > name) inOrder = false;
    names.push(name);
  }
  if (names.length === 0) return emptyAttrs;
  if (!inOrder) names.sort(byBytes);
  const pairs = names.map((name) => firsts.get(name)!);
  const values = pairs.map((item) => requireAttr(item, 'value', pair));
  const places = { at: (index: number) => pairs[index]!.positionOf('value') };
  return new Attrs(new Shape(names, places, false), values);
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function zipAttrsWith(fn: Value, list: Value): Value {
  const f = forceFunction(fn, 'while evaluating the first argument passed to builtins.zipAttrsWith');
  const items = forceList(list, 'while evaluating the second argument passed to builtins.zipAttrsWith');
  const what = 'while evaluating a value of the list passed as second argument to builtins.zipAttrsWith';
  const gathered = new Map<string, Value[]>();
  for (let i = 0; i < items.length; i++) {
    const { shape, values } = forceAttrs(items[i]!, what).flat();
    for (let k = 0; k < values.length; k++) {
      const name = shape.names[k]!;
      const known = gathered.get(name);
      if (known === undefined) gathered.set(name, [values[k]!]);
      else known.push(values[k]!);
    }
  }
  if (gathered.size === 0) return emptyAttrs;
  const names = [...gathered.keys()].sort(byBytes);
  return new Attrs(
    new Shape(names, null, false),
    names.map((name) => lazyApply2(f, name, gathered.get(name)!)),
  );
}

export const attrsetFunctionBuiltins: readonly BuiltinDef[] = [
  {
    name: 'mapAttrs',
    args: ['f', 'attrset'],
    doc: 'The same names, each with what *f* gives for the name and the value, evaluated when it is needed.',
    run: (_rt, fn, set) => mapAttrs(fn, set),
  },
  {
    name: 'listToAttrs',
    args: ['e'],
    doc: 'A set of the pairs `{ name, value }` in the list *e*. Of equal names the first counts.',
    run: (_rt, list) => listToAttrs(list),
  },
  {
    name: 'zipAttrsWith',
    args: ['f', 'list'],
    doc: 'For each name in the sets of *list*, what *f* gives for the name and the list of its values.',
    run: (_rt, fn, list) => zipAttrsWith(fn, list),
  },
];
