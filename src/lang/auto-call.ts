/** What the command line does to a value on the way to what it names: calls functions, follows attribute paths. */
import { EvalError, suggestionsFor } from './errors.ts';
import { AttrsBuilder } from './runtime/attrs.ts';
import { apply } from './runtime/call.ts';
import { callSite, placeOf } from './runtime/place.ts';
import { force } from './runtime/thunk.ts';
import { showType } from './runtime/types.ts';
import { Attrs, Fn, type Forced, lambdaInfo, type Value } from './runtime/value.ts';

export type Arguments = ReadonlyMap<string, Value>;

/** Calls a function that takes a set with those arguments that it knows; any other value is left as it is. */
export function autoCall(value: Value, args: Arguments): Forced {
  const found = force(value);
  if (found instanceof Attrs) {
    const functor = found.get('__functor');
    return functor === undefined ? found : autoCall(apply(functor, found), args);
  }
  const info = found instanceof Fn ? lambdaInfo(found) : undefined;
  if (info?.formals === undefined) return found;
  const builder = new AttrsBuilder();
  if (info.ellipsis) for (const [name, arg] of args) builder.set(name, arg);
  else {
    for (const { name, hasDefault, pos } of info.formals) {
      const arg = args.get(name);
      if (arg !== undefined) builder.set(name, arg);
      else if (!hasDefault) throw new EvalError('missing-argument', missingArgument(name), { pos });
    }
  }
  callSite.pos = placeOf(found);
  return apply(found, builder.build());
}

function missingArgument(name: string): string {
  return `cannot evaluate a function that has an argument without a value ('${name}')
Nix attempted to evaluate a function as a top level expression; in
this case it must have its arguments supplied either by default
values, or passed explicitly with '--arg' or '--argstr'. See
https://nix.dev/manual/nix/stable/language/syntax.html#functions.`;
}

/** The steps of an attribute path: names with dots between, in double quotes where they have dots themselves. */
export function parseAttrPath(path: string): string[] {
  const steps: string[] = [];
  let step = '';
  for (let i = 0; i < path.length; i++) {
    if (path[i] === '.') {
      steps.push(step);
      step = '';
    } else if (path[i] === '"') {
      const end = path.indexOf('"', i + 1);
      if (end < 0) throw new EvalError('parse', `missing closing quote in selection path '${path}'`);
      step += path.slice(i + 1, end);
      i = end;
    } else step += path[i];
  }
  if (step !== '') steps.push(step);
  return steps;
}

/** The value at an attribute path, evaluated; functions on the way are called. A number is an index of a list. */
export function selectPath(value: Value, path: string, args: Arguments): Forced {
  let at = value;
  for (const step of parseAttrPath(path)) {
    const found = autoCall(at, args);
    at = /^[0-9]+$/.test(step) ? item(found, Number(step), path) : attribute(found, step, path);
  }
  return force(at);
}

function attribute(value: Forced, name: string, path: string): Value {
  if (!(value instanceof Attrs)) throw wrongKind('a set', value, path);
  if (name === '') throw new EvalError('other', `empty attribute name in selection path '${path}'`);
  const found = value.get(name);
  if (found !== undefined) return found;
  const suggestions = suggestionsFor(name, value.names());
  throw new EvalError('missing-attribute', `attribute '${name}' in selection path '${path}' not found`, {
    suggestions,
  });
}

function item(value: Forced, index: number, path: string): Value {
  if (!Array.isArray(value)) throw wrongKind('a list', value, path);
  if (index < value.length) return value[index]!;
  throw new EvalError('missing-attribute', `list index ${index} in selection path '${path}' is out of range`);
}

function wrongKind(wanted: string, value: Forced, path: string): EvalError {
  const what = `the expression selected by the selection path '${path}'`;
  return new EvalError('type', `${what} should be ${wanted} but is ${showType(value)}`);
}
