/** Why two values are not equal: what `assert a == b` says. It looks where `==` looks. */
import { addTrace, EvalError } from '../errors.ts';
import { noPos, positions } from '../source.ts';
import { equalForced } from './equality.ts';
import { isDerivation } from './expect.ts';
import { showValue } from './print.ts';
import { orderOf } from './symbols.ts';
import { force } from './thunk.ts';
import { showType, typeName } from './types.ts';
import { Attrs, Float, Fn, type Forced, type List, type Value } from './value.ts';

/** Throws where the values differ; the error says where, and both values. */
export function assertEqual(a: Forced, b: Forced): void {
  if (isNumber(a) && isNumber(b)) {
    if (equalForced(a, b)) return;
    throw differs(`${showType(a)} with value`, a, `${showType(b)} with value`, b);
  }
  if (typeName(a) !== typeName(b)) throw differs(`${showType(a)} of value`, a, `${showType(b)} of value`, b);
  if (a instanceof Attrs) assertSets(a, b as Attrs);
  else if (Array.isArray(a)) assertLists(a, b as List);
  else if (a instanceof Fn)
    throw failure('distinct functions and immediate comparisons of identical functions compare as unequal');
  else if (!equalForced(a, b)) {
    const kind = typeof a === 'boolean' ? 'boolean' : typeName(a);
    throw differs(kind, a, kind, b);
  }
}

const isNumber = (value: Forced): boolean =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;

const failure = (message: string): EvalError => new EvalError('assert', message);

function differs(left: string, a: Forced, right: string, b: Forced): EvalError {
  return failure(`${left} '${showValue(a)}' is not equal to ${right} '${showValue(b)}'`);
}

/** What stands in a list or set is equal to itself without a look. */
function assertCells(a: Value, b: Value): void {
  const [x, y] = [force(a), force(b)];
  if (a !== b) assertEqual(x, y);
}

function assertLists(a: List, b: List): void {
  if (a.length !== b.length) {
    const sides = `left hand side is '${showValue(a)}', right hand side is '${showValue(b)}'`;
    throw failure(`list of size '${a.length}' is not equal to list of size '${b.length}', ${sides}`);
  }
  a.forEach((item, i) => {
    try {
      assertCells(item, b[i]!);
    } catch (error) {
      throw addTrace(error, `while comparing list element ${i}`);
    }
  });
}

function assertSets(a: Attrs, b: Attrs): void {
  if (isDerivation(a) && isDerivation(b)) {
    const [x, y] = [a.get('outPath'), b.get('outPath')];
    if (x !== undefined && y !== undefined) {
      assertOutPaths(x, y);
      return;
    }
  }
  const both = `attribute set '${showValue(a)}' differs from attribute set '${showValue(b)}'`;
  if (a.size !== b.size) throw failure(`attribute names of ${both}`);
  const others = orderOf(b.flat().shape);
  orderOf(a.flat().shape).forEach((x, i) => {
    const y = others[i]!;
    const [name, other] = [a.names()[x]!, b.names()[y]!];
    if (name !== other) throw missingName(a, b, name, other);
    try {
      assertCells(a.valueAt(x), b.valueAt(y));
    } catch (error) {
      throw traceSides(error, a, b, name);
    }
  });
}

function assertOutPaths(a: Value, b: Value): void {
  try {
    assertCells(a, b);
  } catch (error) {
    throw addTrace(error, "while comparing a derivation by its 'outPath' attribute");
  }
}

function missingName(a: Attrs, b: Attrs, name: string, other: string): EvalError {
  if (!b.has(name))
    return failure(`attribute name '${name}' is contained in '${showValue(a)}', but not in '${showValue(b)}'`);
  return failure(`attribute name '${other}' is missing in '${showValue(a)}', but is contained in '${showValue(b)}'`);
}

/** Where the attribute is on both sides; the outermost line says which. */
function traceSides(error: unknown, a: Attrs, b: Attrs, name: string): unknown {
  const [left, right] = [a.positionOf(name), b.positionOf(name)];
  if (positions.sourceOf(right) !== undefined) addTrace(error, 'where right hand side is', right);
  if (positions.sourceOf(left) !== undefined) addTrace(error, 'where left hand side is', left);
  return addTrace(error, `while comparing attribute '${name}'`, noPos);
}
