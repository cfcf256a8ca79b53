/** What generated code calls: selection, strings, sets, lists, conditions. Names in generated code: see helpers.ts. */

import { EvalError, suggestionsFor } from '../errors.ts';
import { noPos, type Pos, positions } from '../source.ts';
import { AttrsBuilder, updateAttrs } from './attrs.ts';
import { equalForced, lessThan } from './equality.ts';
import { forceAttrs, forceString, wrongType } from './expect.ts';
import { showName } from './print.ts';
import { force, forceThunk } from './thunk.ts';
import { Attrs, type Forced, Thunk, type Value } from './value.ts';

/** `subject.name`, forced. */
export function select(subject: Value, name: string): Forced {
  const set = subject instanceof Thunk ? forceThunk(subject) : subject;
  if (set instanceof Attrs) {
    const value = set.get(name);
    if (value !== undefined) return value instanceof Thunk ? forceThunk(value) : value;
  }
  throw cannotSelect(set, name);
}

/** `subject.name` on the way to another attribute: not forced yet. */
export function selectCell(subject: Value, name: string): Value {
  const set = subject instanceof Thunk ? forceThunk(subject) : subject;
  if (set instanceof Attrs) {
    const value = set.get(name);
    if (value !== undefined) return value;
  }
  throw cannotSelect(set, name);
}

export function cannotSelect(subject: Forced, name: string, pos: Pos = noPos): EvalError {
  if (!(subject instanceof Attrs)) return wrongType('a set', subject, 'while selecting an attribute');
  const suggestions = suggestionsFor(name, subject.names());
  return new EvalError('missing-attribute', `attribute '${showName(name)}' missing`, { pos, suggestions });
}

/** The attribute, not forced, or undefined where there is no set or no such attribute. */
export function selectMaybe(subject: Value | undefined, name: string): Value | undefined {
  if (subject === undefined) return undefined;
  const set = subject instanceof Thunk ? forceThunk(subject) : subject;
  return set instanceof Attrs ? set.get(name) : undefined;
}

/** The text of a dynamic name in an attribute path. */
export function attrName(value: Value): string {
  return typeof value === 'string' ? value : forceString(value, 'while evaluating an attribute name');
}

/** A variable that one `with` brings. */
export function withVariable(set: Value, name: string): Forced {
  const value = withSet(set).get(name);
  if (value === undefined) throw undefinedVariable(name);
  return value instanceof Thunk ? forceThunk(value) : value;
}

/** A variable of the innermost `with` that has it. */
export function withVariables(sets: readonly Value[], name: string): Forced {
  for (const set of sets) {
    const value = withSet(set).get(name);
    if (value !== undefined) return force(value);
  }
  throw undefinedVariable(name);
}

export function withSet(set: Value, pos: Pos = noPos): Attrs {
  const found = force(set);
  if (found instanceof Attrs) return found;
  const error = wrongType('a set', found, '');
  error.frames.push({ text: 'while evaluating the first subexpression of a with expression', pos });
  throw error;
}

export function undefinedVariable(name: string, pos: Pos = noPos): EvalError {
  return new EvalError('undefined-variable', `undefined variable '${name}'`, { pos });
}

/** A condition. */
export function condition(value: Forced): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongType('a Boolean', value, '');
}

export function assertionFailed(): never {
  throw new EvalError('assert', 'assertion failed');
}

/** `a == b`. */
export function equals(a: Value, b: Value): boolean {
  const x = a instanceof Thunk ? forceThunk(a) : a;
  const y = b instanceof Thunk ? forceThunk(b) : b;
  return typeof x === 'string' && typeof y === 'string' ? x === y : equalForced(x, y);
}

/** `a < b`. */
export function lessOperator(a: Value, b: Value): boolean {
  const x = a instanceof Thunk ? forceThunk(a) : a;
  const y = b instanceof Thunk ? forceThunk(b) : b;
  return typeof x === 'number' && typeof y === 'number' ? x < y : lessThan(x, y);
}

/** The right operand of `//`, which comes first. */
export function setOperand(value: Forced): Attrs {
  if (value instanceof Attrs) return value;
  throw wrongType('a set', value, 'in the right operand of the update (//) operator');
}

/** `left // right`, the right one first as it is evaluated first. */
export function updateOperator(right: Attrs, left: Forced): Attrs {
  if (left instanceof Attrs) return updateAttrs(left, right);
  throw wrongType('a set', left, 'in the left operand of the update (//) operator');
}

/** `a ++ b`. */
export function concatLists(a: Forced, b: Forced): Forced {
  const what = 'while evaluating one of the elements to concatenate';
  if (!Array.isArray(a)) throw wrongType('a list', a, what);
  if (!Array.isArray(b)) throw wrongType('a list', b, what);
  if (b.length === 0) return a;
  return a.length === 0 ? b : (a as Value[]).concat(b);
}

/** Adds a dynamic attribute to a new set; a null name leaves it out. `call` names a value that is a function. */
export function addDynamic(set: Attrs, name: Forced, value: Value, pos: Pos, call?: (name: string) => void): Attrs {
  if (name === null) return set;
  const text =
    typeof name === 'string' ? name : forceString(name, 'while evaluating the name of a dynamic attribute', pos);
  if (set.has(text)) {
    const first = positions.show(set.positionOf(text));
    throw new EvalError('other', `dynamic attribute '${showName(text)}' already defined at ${first}`, { pos });
  }
  call?.(text);
  return updateAttrs(set, new AttrsBuilder().set(text, value, pos).build());
}

/** The set of `__overrides`. */
export function overridesOf(value: Value): Attrs {
  return forceAttrs(value, 'while evaluating the `__overrides` attribute');
}

/** What `__overrides` has for a variable, or the variable as it is. */
export function overridden(overrides: Attrs, name: string, value: Value): Value {
  return overrides.get(name) ?? value;
}
