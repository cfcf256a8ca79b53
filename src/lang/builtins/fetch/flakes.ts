/** Flake references as values. */
import { EvalError } from '../../errors.ts';
import { HostError } from '../../host.ts';
import { AttrsBuilder } from '../../runtime/attrs.ts';
import { forceAttrs, forceString } from '../../runtime/expect.ts';
import { showName } from '../../runtime/print.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { force } from '../../runtime/thunk.ts';
import { showType } from '../../runtime/types.ts';
import { type Forced, Str, type Value } from '../../runtime/value.ts';
import { guarded } from '../guard.ts';
import type { BuiltinDef } from '../registry.ts';
import { parseFlakeReference, printReference, referenceAttrs, referenceFromAttrs } from './flake-reference.ts';
import type { InputAttrs, InputValue } from './input.ts';

function parseFlakeRef(_rt: Runtime, value: Value): Value {
  const text = forceString(value, 'while evaluating the argument passed to builtins.parseFlakeRef');
  const builder = new AttrsBuilder();
  for (const [name, attr] of referenceAttrs(parseFlakeReference(text))) builder.set(name, attr);
  return builder.build();
}

function flakeRefToString(_rt: Runtime, value: Value): Value {
  const set = forceAttrs(value, 'while evaluating the argument passed to builtins.flakeRefToString');
  const attrs = new Map<string, InputValue>();
  set.names().forEach((name, at) => {
    attrs.set(name, referenceValue(name, force(set.valueAt(at))));
  });
  return printReference(referenceFromAttrs(attrs as InputAttrs));
}

function referenceValue(name: string, value: Forced): InputValue {
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (value >= 0) return value;
    throw new EvalError('other', `negative value given for flake ref attr ${showName(name)}: ${value}`);
  }
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof Str) return value.text;
  const what = 'flake reference attribute sets may only contain integers, Booleans, and strings';
  throw new EvalError('other', `${what}, but attribute '${showName(name)}' is ${showType(value)}`);
}

function getFlake(_rt: Runtime, value: Value): Value {
  const text = forceString(value, 'while evaluating the argument passed to builtins.getFlake');
  parseFlakeReference(text);
  throw new HostError('host/unsupported', `cannot call 'getFlake' on '${text}': flakes are not evaluated yet`, {
    hint: 'Import a file of it instead: import (builtins.fetchTree …).',
  });
}

export const flakeBuiltins: readonly BuiltinDef[] = [
  {
    name: 'parseFlakeRef',
    args: ['flake-ref'],
    doc: 'The attributes of a flake reference that is written as a string.',
    run: guarded(parseFlakeRef),
  },
  {
    name: 'flakeRefToString',
    args: ['attrs'],
    doc: 'The string for the attributes of a flake reference.',
    run: guarded(flakeRefToString),
  },
  {
    name: 'getFlake',
    args: ['args'],
    doc: 'The outputs of a flake. Not there yet: says so.',
    run: guarded(getFlake),
  },
];
