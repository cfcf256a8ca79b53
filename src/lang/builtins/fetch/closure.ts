/** `fetchClosure`: a store path, with all it refers to, from a binary cache. */
import { parseStorePath, type StorePath, splitStorePath } from '../../../formats/index.ts';
import { EvalError } from '../../errors.ts';
import { coerceToPath } from '../../runtime/coerce.ts';
import { Context } from '../../runtime/context.ts';
import { forceAttrs, makeString } from '../../runtime/expect.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { force } from '../../runtime/thunk.ts';
import type { Attrs, Value } from '../../runtime/value.ts';
import { forceBoolAt, forceStringAt } from '../arguments.ts';
import { guarded } from '../guard.ts';
import type { BuiltinDef } from '../registry.ts';

interface ClosureArguments {
  fromPath?: StorePath;
  /** Empty: to be told what it would be. */
  toPath?: StorePath | '';
  fromStore?: string;
  inputAddressed?: boolean;
}

function storePathOf(rt: Runtime, value: Value, what: string): StorePath {
  const { path } = coerceToPath(rt, value, what);
  const { storeDir } = rt.host.settings;
  return splitStorePath(storeDir, path)?.path ?? parseStorePath(storeDir, path);
}

function readArguments(rt: Runtime, set: Attrs): ClosureArguments {
  const args: ClosureArguments = {};
  set.names().forEach((name, at) => {
    const value = set.valueAt(at);
    const what = `while evaluating the attribute '${name}' passed to builtins.fetchClosure`;
    if (name === 'fromPath') args.fromPath = storePathOf(rt, value, what);
    else if (name === 'toPath') args.toPath = force(value) === '' ? '' : storePathOf(rt, value, what);
    else if (name === 'fromStore') args.fromStore = forceStringAt(value, what, set, name);
    else if (name === 'inputAddressed') args.inputAddressed = forceBoolAt(value, what, set, name);
    else throw new EvalError('other', `attribute '${name}' isn't supported in call to 'fetchClosure'`);
  });
  return args;
}

function fetchClosure(rt: Runtime, argument: Value): Value {
  const args = readArguments(rt, forceAttrs(argument, 'while evaluating the argument passed to builtins.fetchClosure'));
  const { fromPath, toPath, fromStore, inputAddressed = false } = args;
  const missing = (name: string): EvalError =>
    new EvalError('other', `attribute '${name}' is missing in call to 'fetchClosure'`);
  if (fromPath === undefined) throw missing('fromPath');
  if (inputAddressed && toPath !== undefined) {
    const both = "attribute 'inputAddressed' is set to true, but 'toPath' is also set";
    throw new EvalError('other', `${both}. Please remove one of them`);
  }
  if (fromStore === undefined) throw missing('fromStore');
  if (!/^https?:\/\//.test(fromStore)) {
    throw new EvalError('other', "'fetchClosure' only supports http:// and https:// stores");
  }
  if (fromStore.includes('?')) {
    throw new EvalError('other', `'fetchClosure' does not support URL query parameters (in '${fromStore}')`);
  }
  const { path } = rt.host.fetch({ kind: 'closure', args: { fromPath, toPath, fromStore, inputAddressed } });
  return makeString(path, Context.of(path));
}

export const closureFetchBuiltins: readonly BuiltinDef[] = [
  {
    name: 'fetchClosure',
    args: ['args'],
    doc: 'The store path `fromPath`, and all it refers to, from the binary cache `fromStore`; rewritten to be content-addressed as `toPath`.',
    feature: 'fetch-closure',
    run: guarded(fetchClosure),
  },
];
