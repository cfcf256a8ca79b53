/** Paths as texts, and paths of the store. */
import { splitStorePath } from '../../formats/index.ts';
import { EvalError } from '../errors.ts';
import { HostError } from '../host.ts';
import { coerceToPath, coerceToString } from '../runtime/coerce.ts';
import { Context, joinContexts } from '../runtime/context.ts';
import { contextOf, makeString, textOf } from '../runtime/expect.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { force } from '../runtime/thunk.ts';
import { Path, type Value } from '../runtime/value.ts';
import { guarded } from './guard.ts';
import { isInStoreItself } from './realise.ts';
import type { BuiltinDef } from './registry.ts';

/** One slash at the end is not part of a name; of more, only the last one is not. */
export function baseName(path: string): string {
  if (path === '') return '';
  const end = path.length > 1 && path.endsWith('/') ? path.length - 1 : path.length;
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

function baseNameOf(rt: Runtime, value: Value): Value {
  const what = 'while evaluating the first argument passed to builtins.baseNameOf';
  const found = coerceToString(rt, value, { coerceMore: false, copyToStore: false, what });
  return makeString(baseName(textOf(found)), contextOf(found));
}

function dirOf(rt: Runtime, value: Value): Value {
  const found = force(value);
  if (found instanceof Path) return new Path(found.path.slice(0, found.path.lastIndexOf('/')) || '/');
  const what = "while evaluating the first argument passed to 'builtins.dirOf'";
  const string = coerceToString(rt, found, { coerceMore: false, copyToStore: false, what });
  const text = textOf(string);
  const slash = text.lastIndexOf('/');
  const dir = slash < 0 ? '.' : slash === 0 ? '/' : text.slice(0, slash);
  return makeString(dir, contextOf(string));
}

function toPath(rt: Runtime, value: Value): Value {
  const { path, context } = coerceToPath(rt, value, 'while evaluating the first argument passed to builtins.toPath');
  return makeString(path, context);
}

/** Links are followed, but not one that is itself a path of the store. */
function storePath(rt: Runtime, value: Value): Value {
  if (rt.host.settings.pure) {
    throw new EvalError('restricted', "'builtins.storePath' is not allowed in pure evaluation mode");
  }
  const what = "while evaluating the first argument passed to 'builtins.storePath'";
  const { path: given, context } = coerceToPath(rt, value, what);
  const path = isInStoreItself(rt, given) ? given : withoutLinks(rt, given);
  const found = splitStorePath(rt.host.settings.storeDir, path);
  if (found === undefined) throw new EvalError('other', `path '${path}' is not in the Nix store`);
  rt.host.ensurePath(found.path);
  return makeString(path, joinContexts(context, Context.of(found.path)));
}

function withoutLinks(rt: Runtime, path: string): string {
  try {
    return rt.host.realPath(path);
  } catch (error) {
    if (error instanceof HostError && error.code === 'host/missing') return path;
    throw error;
  }
}

export const pathBuiltins: readonly BuiltinDef[] = [
  {
    name: 'baseNameOf',
    global: true,
    args: ['x'],
    doc: 'What follows the last slash of the path or string *x*.',
    run: baseNameOf,
  },
  {
    name: 'dirOf',
    global: true,
    args: ['s'],
    doc: 'What precedes the last slash of *s*: a path of a path, a string of a string.',
    run: dirOf,
  },
  {
    name: 'toPath',
    args: ['s'],
    doc: 'The absolute path *s* as a string in canonical form. `./. + "/name"` is what is usually wanted.',
    run: toPath,
  },
  {
    name: 'storePath',
    args: ['path'],
    doc: 'A path of the store that is there already, as something to depend on.',
    run: guarded(storePath),
  },
];
