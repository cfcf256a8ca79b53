/** Lists, with a function for each item. Items stay lazy where the function's results are. */
import { EvalError } from '../errors.ts';
import { AttrsBuilder } from '../runtime/attrs.ts';
import { apply, apply2, lazyApply } from '../runtime/call.ts';
import { forceBool, forceFunction, forceInt, forceList, forceString } from '../runtime/expect.ts';
import { Shape } from '../runtime/shape.ts';
import { force } from '../runtime/thunk.ts';
import { Attrs, type Forced, type List, type Value } from '../runtime/value.ts';
import type { BuiltinDef } from './registry.ts';

function map(fn: Value, list: Value): Value {
  const items = forceList(list, 'while evaluating the second argument passed to builtins.map');
  if (items.length === 0) return items;
  const f = forceFunction(fn, 'while evaluating the first argument passed to builtins.map');
  const results = new Array<Value>(items.length);
  for (let i = 0; i < items.length; i++) results[i] = lazyApply(f, items[i]!);
  return results;
}

/** Gives the list itself when nothing is left out. */
function filter(predicate: Value, list: Value): Value {
  const items = forceList(list, 'while evaluating the second argument passed to builtins.filter');
  if (items.length === 0) return items;
  const f = forceFunction(predicate, 'while evaluating the first argument passed to builtins.filter');
  const what = 'while evaluating the return value of the filtering function passed to builtins.filter';
  const kept: Value[] = [];
  for (let i = 0; i < items.length; i++) if (forceBool(apply(f, items[i]!), what)) kept.push(items[i]!);
  return kept.length === items.length ? items : kept;
}

function foldl(operator: Value, start: Value, list: Value): Value {
  const f = forceFunction(operator, 'while evaluating the first argument passed to builtins.foldlStrict');
  const items = forceList(list, 'while evaluating the third argument passed to builtins.foldlStrict');
  let result: Value = start;
  for (let i = 0; i < items.length; i++) result = apply2(f, result, items[i]!);
  return force(result);
}

/** `any` and `all`: whether some (every) item satisfies a predicate; stops at the first that decides. */
function quantifier(name: 'any' | 'all', doc: string): BuiltinDef {
  const first = `while evaluating the first argument passed to builtins.${name}`;
  const second = `while evaluating the second argument passed to builtins.${name}`;
  const what = `while evaluating the return value of the function passed to builtins.${name}`;
  const decisive = name === 'any';
  return {
    name,
    args: ['pred', 'list'],
    doc,
    run(_rt, predicate, list) {
      const f = forceFunction(predicate, first);
      const items = forceList(list, second);
      for (let i = 0; i < items.length; i++) if (forceBool(apply(f, items[i]!), what) === decisive) return decisive;
      return !decisive;
    },
  };
}

function genList(generator: Value, length: Value): Value {
  const size = forceInt(length, 'while evaluating the second argument passed to builtins.genList');
  if (size < 0 || size > 2 ** 32 - 1) throw new EvalError('other', `cannot create list of size ${size}`);
  const f = forceFunction(generator, 'while evaluating the first argument passed to builtins.genList');
  const items = new Array<Value>(Number(size));
  for (let i = 0; i < items.length; i++) items[i] = lazyApply(f, i);
  return items;
}

const partitionShape = new Shape(['right', 'wrong'], null, true);

function partition(predicate: Value, list: Value): Value {
  const f = forceFunction(predicate, 'while evaluating the first argument passed to builtins.partition');
  const items = forceList(list, 'while evaluating the second argument passed to builtins.partition');
  const what = 'while evaluating the return value of the partition function passed to builtins.partition';
  const right: Value[] = [];
  const wrong: Value[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = force(items[i]!);
    (forceBool(apply(f, item), what) ? right : wrong).push(item);
  }
  return new Attrs(partitionShape, [right, wrong]);
}

function groupBy(keyOf: Value, list: Value): Value {
  const f = forceFunction(keyOf, 'while evaluating the first argument passed to builtins.groupBy');
  const items = forceList(list, 'while evaluating the second argument passed to builtins.groupBy');
  const what = 'while evaluating the return value of the grouping function passed to builtins.groupBy';
  const groups = new Map<string, Value[]>();
  for (let i = 0; i < items.length; i++) {
    const name = forceString(apply(f, items[i]!), what);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [items[i]!]);
    else group.push(items[i]!);
  }
  const builder = new AttrsBuilder();
  for (const [name, group] of groups) builder.set(name, group);
  return builder.build();
}

function concatMap(fn: Value, list: Value): Value {
  const f = forceFunction(fn, 'while evaluating the first argument passed to builtins.concatMap');
  const items = forceList(list, 'while evaluating the second argument passed to builtins.concatMap');
  const what = 'while evaluating the return value of the function passed to builtins.concatMap';
  const results: Value[] = [];
  for (let i = 0; i < items.length; i++) {
    const part: List = forceList(apply(f, items[i]!) as Forced, what);
    for (let k = 0; k < part.length; k++) results.push(part[k]!);
  }
  return results;
}

export const foldBuiltins: readonly BuiltinDef[] = [
  {
    name: 'map',
    global: true,
    args: ['f', 'list'],
    doc: 'The results of *f* for each item of *list*, each evaluated when it is needed.',
    run: (_rt, fn, list) => map(fn, list),
  },
  {
    name: 'filter',
    args: ['f', 'list'],
    doc: 'The items of *list* for which *f* gives `true`.',
    run: (_rt, predicate, list) => filter(predicate, list),
  },
  {
    name: "foldl'",
    args: ['op', 'nul', 'list'],
    doc: 'Applies *op* to what was gathered so far, at first *nul*, and each item in turn; evaluates each result at once.',
    run: (_rt, operator, start, list) => foldl(operator, start, list),
  },
  quantifier('any', 'Whether *pred* gives `true` for an item of *list*.'),
  quantifier('all', 'Whether *pred* gives `true` for every item of *list*.'),
  {
    name: 'genList',
    args: ['generator', 'length'],
    doc: 'A list of *length* items: what *generator* gives for 0, 1 and so on.',
    run: (_rt, generator, length) => genList(generator, length),
  },
  {
    name: 'partition',
    args: ['pred', 'list'],
    doc: 'The items for which *pred* gives `true`, as `right`, and the others, as `wrong`.',
    run: (_rt, predicate, list) => partition(predicate, list),
  },
  {
    name: 'groupBy',
    args: ['f', 'list'],
    doc: 'The items of *list* by the strings that *f* gives for them: a set of lists.',
    run: (_rt, keyOf, list) => groupBy(keyOf, list),
  },
  {
    name: 'concatMap',
    args: ['f', 'list'],
    doc: 'The lists that *f* gives for each item of *list*, joined.',
    run: (_rt, fn, list) => concatMap(fn, list),
  },
];
