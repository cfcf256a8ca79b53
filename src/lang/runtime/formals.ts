/** Patterns of functions: taking the attributes of an argument apart. */

import { EvalError, suggestionsFor } from '../errors.ts';
import { wrongType } from './expect.ts';
import type { Module } from './module.ts';
import { showName } from './print.ts';
import type { Shape } from './shape.ts';
import { orderOf } from './symbols.ts';
import { forceThunk } from './thunk.ts';
import { Attrs, type LambdaInfo, Thunk, type Value } from './value.ts';

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
  const expected = m.expected(site);
  for (const name of shape.names) if (!expected.has(name)) throw unexpected(shape, expected, patternOf(m, site));
  if (shape.lasting) m.fitting[site] = shape;
}

/** The first attribute, in the order in which names were met, that is not expected. */
function unexpected(shape: Shape, expected: ReadonlySet<string>, { name: called, pos }: LambdaInfo): EvalError {
  const name = shape.names[orderOf(shape).find((at) => !expected.has(shape.names[at]!))!]!;
  const message = `function '${called ?? 'anonymous lambda'}' called with unexpected argument '${showName(name)}'`;
  return new EvalError('type', message, { pos, suggestions: suggestionsFor(name, expected) });
}
