/** What kind of value something is, and what a function expects. */
import { EvalError } from '../errors.ts';
import { attrsFromEntries } from '../runtime/attrs.ts';
import { force } from '../runtime/thunk.ts';
import { typeName } from '../runtime/types.ts';
import {
  Attrs,
  emptyAttrs,
  Float,
  Fn,
  type Forced,
  Lambda,
  lambdaInfo,
  PartialApp,
  Path,
  Str,
  type Value,
} from '../runtime/value.ts';
import type { BuiltinDef } from './registry.ts';

function typeTest(name: string, kind: string, test: (value: Forced) => boolean): BuiltinDef {
  return { name, args: ['e'], doc: `Whether *e* is ${kind}.`, run: (_rt, value) => test(force(value)) };
}

/** The arguments that a function names: whether each has a default. */
function functionArgs(value: Value): Value {
  const fn = force(value);
  if (!(fn instanceof Fn)) throw new EvalError('type', "'functionArgs' requires a function");
  const isProgram = fn instanceof Lambda || (fn instanceof PartialApp && fn.target instanceof Lambda);
  const formals = isProgram ? lambdaInfo(fn)?.formals : undefined;
  if (formals === undefined || formals.length === 0) return emptyAttrs;
  return attrsFromEntries(formals.map(({ name, hasDefault, pos }) => [name, hasDefault, pos]));
}

export const typeBuiltins: readonly BuiltinDef[] = [
  typeTest('isAttrs', 'an attribute set', (value) => value instanceof Attrs),
  typeTest('isBool', 'a Boolean', (value) => typeof value === 'boolean'),
  typeTest('isFloat', 'a floating-point number', (value) => value instanceof Float),
  typeTest('isFunction', 'a function (a set that can be called is none)', (value) => value instanceof Fn),
  typeTest('isInt', 'an integer', (value) => typeof value === 'number' || typeof value === 'bigint'),
  typeTest('isList', 'a list', (value) => Array.isArray(value)),
  { ...typeTest('isNull', '`null`', (value) => value === null), global: true },
  typeTest('isPath', 'a path', (value) => value instanceof Path),
  typeTest('isString', 'a string', (value) => typeof value === 'string' || value instanceof Str),
  {
    name: 'typeOf',
    args: ['e'],
    doc: 'The kind of *e*: `int`, `bool`, `string`, `path`, `null`, `set`, `list`, `lambda` or `float`.',
    run: (_rt, value) => typeName(force(value)),
  },
  {
    name: 'functionArgs',
    args: ['f'],
    doc: 'The names that the set pattern of *f* lists, each with whether it has a default; empty for other functions.',
    run: (_rt, value) => functionArgs(value),
  },
];
