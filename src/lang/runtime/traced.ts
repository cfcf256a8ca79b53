/** What traced code calls: the same as the fast operators, with positions, and with lines for traces. */
import { addTrace, EvalError } from '../errors.ts';
import { noPos, type Pos, positions } from '../source.ts';
import { assertEqual } from './assert-equal.ts';
import { applyAll, notAFunction } from './call.ts';
import { coerceToString } from './coerce.ts';
import { forceString, wrongType } from './expect.ts';
import type { Module } from './module.ts';
import { addInt } from './numbers.ts';
import { cannotSelect, concatLists, undefinedVariable, withSet } from './operators.ts';
import { callSite, forceAt } from './place.ts';
import { showName } from './print.ts';
import type { Runtime } from './runtime.ts';
import { overflow, stack } from './stack.ts';
import { type Coerced, joinPath, leftOperand, plus } from './strings.ts';
import { Attrs, Fn, type Forced, Path, type Str, type Value } from './value.ts';

export function withVariablesAt(sets: readonly (readonly [Value, Pos])[], name: string, pos: Pos): Forced {
  for (const [set, place] of sets) {
    const value = withSet(set, place).get(name);
    if (value !== undefined) return forceAt(value, pos);
  }
  throw undefinedVariable(name, pos);
}

/** A condition, and the line of trace for all that goes wrong with it. */
export function conditionAt(test: () => Forced, pos: Pos, what: string): boolean {
  try {
    const value = test();
    if (typeof value === 'boolean') return value;
    const error = wrongType('a Boolean', value, '');
    error.pos = pos;
    throw error;
  } catch (error) {
    throw addTrace(error, what, pos);
  }
}

export function operandSet(operand: () => Forced, pos: Pos, what: string): Attrs {
  try {
    const value = operand();
    if (value instanceof Attrs) return value;
    throw wrongType('a set', value, '');
  } catch (error) {
    throw addTrace(error, what, pos);
  }
}

type Step = string | (() => string);

/** `subject.a.b`, with what is selected so far as the line of trace of an error behind it. */
export function selectAt(
  subject: Value,
  path: readonly Step[],
  pos: Pos,
  shown: readonly string[],
  fallback?: () => Forced,
): Forced {
  let at: Value = subject;
  let place: Pos = noPos;
  try {
    for (const step of path) {
      const name = typeof step === 'string' ? step : step();
      const set = forceAt(at, pos);
      const value = set instanceof Attrs ? set.get(name) : undefined;
      if (value === undefined) {
        if (fallback !== undefined) return fallback();
        throw missing(set, name, pos);
      }
      at = value;
      place = (set as Attrs).positionOf(name);
    }
    return forceAt(at, place === noPos ? pos : place);
  } catch (error) {
    if (place === noPos || positions.sourceOf(place)?.origin.kind === 'internal') throw error;
    throw addTrace(error, `while evaluating the attribute '${showPath(path, shown)}'`, place);
  }
}

function missing(set: Forced, name: string, pos: Pos): EvalError {
  const error = cannotSelect(set, name, pos);
  if (set instanceof Attrs) return error;
  error.frames = [{ text: 'while selecting an attribute', pos }];
  return error;
}

function showPath(path: readonly Step[], shown: readonly string[]): string {
  return path.map((step, i) => (typeof step === 'string' ? showName(step) : nameOf(step, shown[i]!))).join('.');
}

/** A computed name, or the text of its expression where it cannot be computed. */
function nameOf(step: () => string, shown: string): string {
  try {
    return showName(step());
  } catch {
    return `"\${${shown}}"`;
  }
}

export function nameAt(value: Forced, pos: Pos): string {
  if (typeof value === 'string') return value;
  try {
    return forceString(value, 'while evaluating an attribute name', pos);
  } catch (error) {
    throw atPlace(error, pos);
  }
}

/** Gives an error, and the line of trace that it began with, a place. */
function atPlace(error: unknown, pos: Pos): unknown {
  if (!(error instanceof EvalError)) return error;
  if (error.kind === 'type') error.pos = pos;
  error.frames = error.frames.map((frame) => (frame.pos === noPos ? { ...frame, pos } : frame));
  return error;
}

/** A call: the same as `applyAll`, telling each function where it is called. */
export function callAt(fn: Value, args: readonly Value[], pos: Pos): Forced {
  if (stack.depth > stack.limit) overflow(pos);
  stack.depth++;
  let f = forceAt(fn, pos);
  let done = 0;
  while (done < args.length) {
    if (f instanceof Fn) {
      if (f.arity > args.length - done) {
        f = applyAll(f, args.slice(done));
        break;
      }
      callSite.pos = pos;
      const taken: readonly Value[] = args.slice(done, done + f.arity);
      done += f.arity;
      f = f.fn(...taken);
    } else {
      f = callFunctor(f, args[done]!, pos);
      done += 1;
    }
  }
  stack.depth--;
  return f;
}

function callFunctor(value: Forced, arg: Value, pos: Pos): Forced {
  const functor = value instanceof Attrs ? value.get('__functor') : undefined;
  if (functor === undefined) {
    const error = notAFunction(value);
    error.pos = pos;
    throw error;
  }
  try {
    return callAt(functor, [value, arg], (value as Attrs).positionOf('__functor'));
  } catch (error) {
    throw addTrace(error, "while calling a functor (an attribute set with a '__functor' attribute)", pos);
  }
}

/** The body of a function: `steps` take the argument apart, `value` is the result. */
export function functionBody(m: Module, site: number, steps: () => unknown, value: () => Forced): Forced {
  const pos = callSite.take();
  try {
    steps();
  } catch (error) {
    throw pos === noPos ? error : addTrace(error, 'from call site', pos);
  }
  try {
    return value();
  } catch (error) {
    if (error instanceof EvalError) {
      const { name, pos: own } = m.lambdaInfo(site).at(-1)!;
      const called = name === undefined ? 'anonymous lambda' : `'${name}'`;
      error.frames.push({ text: `while calling ${called}`, pos: own, detail: true });
      if (pos !== noPos) error.frames.push({ text: 'from call site', pos, detail: true });
    }
    throw error;
  }
}

/** The function of a builtin in traced evaluation; a quiet one adds no line of its own. */
export function tracedBuiltin(
  name: string,
  quiet: boolean,
  run: (args: readonly Value[]) => Forced,
): (...args: Value[]) => Forced {
  return (...args) => {
    const pos = callSite.take();
    try {
      return run(args);
    } catch (error) {
      throw quiet ? error : addTrace(error, `while calling the '${name}' builtin`, pos);
    }
  };
}

export function concatListsAt(a: Forced, b: Forced, pos: Pos): Forced {
  try {
    return concatLists(a, b);
  } catch (error) {
    if (error instanceof EvalError) error.frames = error.frames.map((frame) => ({ ...frame, pos }));
    throw error;
  }
}

/** `${value}` in a string. */
export function interpolateAt(rt: Runtime, value: Forced, pos: Pos): string | Str {
  return coerceToString(rt, value, { coerceMore: false, copyToStore: true, what: segment, pos });
}
const segment = 'while evaluating a path segment';

/** `${value}` in a path. */
export function pathSegmentAt(rt: Runtime, value: Forced, pos: Pos): string | Str {
  return coerceToString(rt, value, { coerceMore: false, copyToStore: false, what: segment, pos });
}

export function joinPathAt(m: Module, start: string, parts: readonly (string | Str)[], pos: Pos): Forced {
  try {
    return m.join(start, parts);
  } catch (error) {
    if (error instanceof EvalError) error.pos = pos;
    throw error;
  }
}

/** `a + b`: `pos` is that of the operator, then those of the operands. */
export function plusAt(
  rt: Runtime,
  left: () => Forced,
  right: () => Forced,
  pos: Pos,
  leftPos: Pos,
  rightPos: Pos,
): Forced {
  const first = left();
  const a = coercedAt(rt, first, leftPos);
  const b = right();
  if (typeof first === 'number' || typeof first === 'bigint') return numberSum(rt, a, b, first, rightPos);
  const how = { coerceMore: false, copyToStore: typeof a === 'string', what: segment, pos: rightPos };
  if (first instanceof Path) return pathSum(first, coerceToString(rt, b, { ...how, copyToStore: false }), pos);
  try {
    return plus(rt, a, b);
  } catch (error) {
    throw at(error, rightPos);
  }
}

function coercedAt(rt: Runtime, value: Forced, pos: Pos): Forced | Coerced {
  try {
    return leftOperand(rt, value);
  } catch (error) {
    throw at(error, pos);
  }
}

function numberSum(rt: Runtime, a: Forced | Coerced, b: Forced, first: number | bigint, pos: Pos): Forced {
  try {
    if (typeof b === 'number' || typeof b === 'bigint') return addInt(first, b);
    return plus(rt, a, b);
  } catch (error) {
    if (error instanceof EvalError) error.pos = pos;
    throw error;
  }
}

function pathSum(first: Path, rest: string | Str, pos: Pos): Forced {
  try {
    return joinPath(first.path, [rest]);
  } catch (error) {
    if (error instanceof EvalError) error.pos = pos;
    throw error;
  }
}

/** Errors of coercion have their place in their line of trace, those of sums of their own. */
function at(error: unknown, pos: Pos): unknown {
  if (!(error instanceof EvalError)) return error;
  const own = error.frames.findIndex(({ text, pos: place }) => text === segment && place === noPos);
  if (own >= 0) error.frames[own] = { ...error.frames[own]!, pos };
  else if (error.pos === noPos && error.message.startsWith('cannot add ')) error.pos = pos;
  return error;
}

/** A failed assertion; of an equality it says where the sides differ. */
export function assertionFailedAt(text: string, pos: Pos, sides?: () => readonly [Forced, Forced]): never {
  if (sides !== undefined) {
    try {
      const [a, b] = sides();
      assertEqual(a, b);
    } catch (error) {
      if (!(error instanceof EvalError && error.catchable)) throw error;
      throw addTrace(error, `while evaluating the condition of the assertion '${text}'`, pos);
    }
  }
  throw new EvalError('assert', `assertion '${text}' failed`, { pos });
}
