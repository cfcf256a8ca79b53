/** Patterns of functions: taking the attributes of an argument apart. */

import { EvalError, suggestionsFor } from '../errors.ts';
import { wrongType } from './expect.ts';
import type { Module } from './module.ts';
import { showName } from './print.ts';
import { orderOf } from './symbols.ts';
import { forceThunk } from './thunk.ts';
import { Attrs, type FormalInfo, type LambdaInfo, Thunk, type Value } from './value.ts';

/** The level of a function that has the pattern: the last one. */
function patternOf(m: Module, site: number): LambdaInfo {
  return m.lambdaInfo(site).at(-1)!;
}

export function forceArgument(value: Value, m: Module, site: number): Attrs {
  const found = value instanceof Thunk ? forceThunk(value) : value;
  if (found instanceof Attrs) return found;
  const error = wrongType('a set', found, '');
  const text = 'while evaluating the value passed for the lambda argument';
  error.frames.push({ text, pos: patternOf(m, site).pos });
  throw error;
}

/** An attribute without a default. */
export function required(argument: Attrs, name: string, m: Module, site: number): Value {
  const value = argument.get(name);
  if (value !== undefined) return value;
  const { name: called, pos } = patternOf(m, site);
  throw new EvalError(
    'type',
    `function '${called ?? 'anonymous lambda'}' called without required argument '${showName(name)}'`,
    {
      pos,
    },
  );
}

/** Checks that a pattern without `...` names every attribute of the argument. */
export function checkUnexpected(argument: Attrs, m: Module, site: number): void {
  const { shape } = argument.flat();
  if (m.fitting[site] === shape) return;
  const { formals, name: called, pos } = patternOf(m, site) as LambdaInfo & { formals: readonly FormalInfo[] };
  const expected = new Set(formals.map(({ name }) => name));
  for (const at of orderOf(shape)) {
    const name = shape.names[at]!;
    if (expected.has(name)) continue;
    const message = `function '${called ?? 'anonymous lambda'}' called with unexpected argument '${showName(name)}'`;
    throw new EvalError('type', message, { pos, suggestions: suggestionsFor(name, expected) });
  }
  m.fitting[site] = shape;
}
