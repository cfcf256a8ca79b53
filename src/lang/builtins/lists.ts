/** Lists: parts, searches and joins that call no function. */
import { EvalError } from '../errors.ts';
import { equal } from '../runtime/equality.ts';
import { forceInt, forceList } from '../runtime/expect.ts';
import { force } from '../runtime/thunk.ts';
import type { List, Value } from '../runtime/value.ts';
import type { BuiltinDef } from './registry.ts';

function elemAt(list: Value, index: Value): Value {
  const n = forceInt(index, "while evaluating the second argument passed to 'builtins.elemAt'");
  const items = forceList(list, "while evaluating the first argument passed to 'builtins.elemAt'");
  if (n < 0 || n >= items.length) {
    throw new EvalError('other', `'builtins.elemAt' called with index ${n} on a list of size ${items.length}`);
  }
  return force(items[Number(n)]!);
}

function notEmpty(list: Value, name: 'head' | 'tail'): List {
  const items = forceList(list, `while evaluating the first argument passed to 'builtins.${name}'`);
  if (items.length === 0) throw new EvalError('other', `'builtins.${name}' called on an empty list`);
  return items;
}

function elem(value: Value, list: Value): boolean {
  const items = forceList(list, 'while evaluating the second argument passed to builtins.elem');
  for (let i = 0; i < items.length; i++) if (equal(value, items[i]!)) return true;
  return false;
}

function concatLists(lists: Value): Value {
  const outer = forceList(lists, 'while evaluating the first argument passed to builtins.concatLists');
  return joinLists(outer, 'while evaluating a value of the list passed to builtins.concatLists');
}

/** The items of all the lists; where only one has any, it is that list itself. */
export function joinLists(lists: List, what: string): List {
  let size = 0;
  let last: List = [];
  for (let i = 0; i < lists.length; i++) {
    const list = forceList(lists[i]!, what);
    if (list.length > 0) last = list;
    size += list.length;
  }
  if (last.length === size) return last;
  const joined = new Array<Value>(size);
  let at = 0;
  for (let i = 0; i < lists.length; i++) {
    const list = force(lists[i]!) as List;
    for (let k = 0; k < list.length; k++) joined[at++] = list[k]!;
  }
  return joined;
}

export const listBuiltins: readonly BuiltinDef[] = [
  {
    name: 'elemAt',
    args: ['xs', 'n'],
    doc: 'The item of *xs* at index *n*, counted from 0.',
    run: (_rt, list, index) => elemAt(list, index),
  },
  {
    name: 'head',
    args: ['list'],
    doc: 'The first item of *list*.',
    run: (_rt, list) => force(notEmpty(list, 'head')[0]!),
  },
  {
    name: 'tail',
    args: ['list'],
    doc: 'All items of *list* but the first. Copies them: a recursion over a list is better written as a fold.',
    run: (_rt, list) => notEmpty(list, 'tail').slice(1),
  },
  {
    name: 'length',
    args: ['e'],
    doc: 'How many items the list *e* has.',
    run: (_rt, list) => forceList(list, 'while evaluating the first argument passed to builtins.length').length,
  },
  {
    name: 'elem',
    args: ['x', 'xs'],
    doc: 'Whether an item of *xs* equals *x*.',
    run: (_rt, value, list) => elem(value, list),
  },
  {
    name: 'concatLists',
    args: ['lists'],
    doc: 'The items of all *lists*, in one list.',
    run: (_rt, lists) => concatLists(lists),
  },
];
