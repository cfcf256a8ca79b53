/** `sort`: stable, by a function that says whether its first argument comes before its second. */
import { apply2 } from '../runtime/call.ts';
import { lessThan } from '../runtime/equality.ts';
import { forceBool, forceFunction, forceList } from '../runtime/expect.ts';
import { force } from '../runtime/thunk.ts';
import { Builtin, type Forced, type Value } from '../runtime/value.ts';
import { type Less, peeksort } from './peeksort.ts';
import type { BuiltinDef } from './registry.ts';

function sort(comparator: Value, list: Value): Value {
  const items = forceList(list, 'while evaluating the second argument passed to builtins.sort');
  if (items.length === 0) return items;
  const f = forceFunction(comparator, 'while evaluating the first argument passed to builtins.sort');
  const sorted = new Array<Forced>(items.length);
  for (let i = 0; i < items.length; i++) sorted[i] = force(items[i]!);
  const isLess = f instanceof Builtin && f.name === 'lessThan' ? byOrder : byFunction(f);
  // Which of two lists is the same one is told by the item that holds it: such items stay what they are.
  if (sorted.some((item) => Array.isArray(item))) return sortItems(items, isLess);
  peeksort(sorted, isLess);
  return sorted;
}

function sortItems(items: readonly Value[], isLess: Less<Forced>): Value {
  const sorted = items.slice();
  peeksort(sorted, (a, b) => isLess(force(a), force(b)));
  return sorted;
}

const byOrder: Less<Forced> = (a, b) =>
  lessThan(a, b, 'while evaluating the ordering function passed to builtins.sort');

function byFunction(f: Forced): Less<Forced> {
  const what = 'while evaluating the return value of the sorting function passed to builtins.sort';
  return (a, b) => forceBool(apply2(f, a, b), what);
}

export const sortBuiltins: readonly BuiltinDef[] = [
  {
    name: 'sort',
    args: ['comparator', 'list'],
    doc: 'The items of *list* in order: *comparator* says whether its first argument comes before its second. Equal items stay in order.',
    run: (_rt, comparator, list) => sort(comparator, list),
  },
];
