/** The names of the kinds of values. */
import { Attrs, Builtin, Float, Fn, type Forced, PartialApp, Path, Str } from './value.ts';

export type TypeName = 'int' | 'bool' | 'string' | 'path' | 'null' | 'set' | 'list' | 'lambda' | 'float';

/** What `builtins.typeOf` says. */
export function typeName(value: Forced): TypeName {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    default:
      break;
  }
  if (value === null) return 'null';
  if (value instanceof Attrs) return 'set';
  if (value instanceof Fn) return 'lambda';
  if (value instanceof Str) return 'string';
  if (value instanceof Path) return 'path';
  return value instanceof Float ? 'float' : 'list';
}

const withArticle: Readonly<Record<TypeName, string>> = {
  int: 'an integer',
  bool: 'a Boolean',
  string: 'a string',
  path: 'a path',
  null: 'null',
  set: 'a set',
  list: 'a list',
  lambda: 'a function',
  float: 'a float',
};

/** With its article, as error messages name it. */
export function showType(value: Forced): string {
  if (value instanceof Str) return 'a string with context';
  if (value instanceof Builtin) return `the built-in function '${value.name}'`;
  if (value instanceof PartialApp && value.target instanceof Builtin)
    return `the partially applied built-in function '${value.target.name}'`;
  return withArticle[typeName(value)];
}
