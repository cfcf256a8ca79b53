/** The names under which generated code knows the runtime. */
import type { Pos } from '../source.ts';
import { div, mul, sub } from './arithmetic.ts';
import { apply, apply2, apply3, applyAll } from './call.ts';
import { checkUnexpected, forceArgument, required } from './formals.ts';
import type { Module } from './module.ts';
import * as operators from './operators.ts';
import { forceAt } from './place.ts';
import type { Runtime } from './runtime.ts';
import type { Shape } from './shape.ts';
import { overflow, stack } from './stack.ts';
import * as strings from './strings.ts';
import { force } from './thunk.ts';
import * as traced from './traced.ts';
import { Attrs, emptyAttrs, Float, type Fn, type Forced, Lambda, type Str, Thunk, type Value } from './value.ts';

/** A builtin that is known, and gets just as many arguments as it takes. */
function call1(f: Fn, a: Value): Forced {
  if (stack.depth > stack.limit) overflow();
  stack.depth++;
  const result = f.fn(a);
  stack.depth--;
  return result;
}

function call2(f: Fn, a: Value, b: Value): Forced {
  if (stack.depth > stack.limit) overflow();
  stack.depth++;
  const result = f.fn(a, b);
  stack.depth--;
  return result;
}

function call3(f: Fn, a: Value, b: Value, c: Value): Forced {
  if (stack.depth > stack.limit) overflow();
  stack.depth++;
  const result = f.fn(a, b, c);
  stack.depth--;
  return result;
}

/** By name; what needs the runtime is made for one. */
export function helpers(rt: Runtime): Readonly<Record<string, unknown>> {
  return {
    A: Attrs,
    ADD: (a: Value, b: Value) => strings.plus(rt, a, b),
    AF: operators.assertionFailed,
    AL: (a: Forced) => strings.leftOperand(rt, a),
    AT: operators.setOperand,
    B: operators.condition,
    C1: apply,
    C2: apply2,
    C3: apply3,
    CN: applyAll,
    D: Float,
    DIV: div,
    DY: (set: Attrs, name: Forced, value: Value, m: Module, offset: number, site?: number) =>
      operators.addDynamic(set, name, value, m.at(offset), site === undefined ? undefined : (to) => m.name(site, to)),
    E: operators.equals,
    EMPTY: emptyAttrs,
    F: force,
    FA: forceArgument,
    G: operators.selectCell,
    H: operators.selectMaybe,
    J: strings.joinStrings,
    J2: strings.join2,
    J3: strings.join3,
    JP: (m: Module, start: string, parts: readonly (string | Str)[]) => m.join(start, parts),
    K: operators.concatLists,
    L: Lambda,
    LT: operators.lessOperator,
    MUL: mul,
    N: operators.attrName,
    OV: operators.overridden,
    OVERRIDES: operators.overridesOf,
    P1: call1,
    P2: call2,
    P3: call3,
    Q: (value: Forced) => strings.interpolate(rt, value),
    QP: (value: Forced) => strings.pathSegment(rt, value),
    R: required,
    S: operators.select,
    SHAPE: (m: Module, site: number, pos: number, names: readonly string[]): Shape => m.shape(site, pos, names),
    SUB: sub,
    T: Thunk,
    U: operators.updateOperator,
    W: operators.withVariable,
    WN: operators.withVariables,
    X: checkUnexpected,
  };
}

/** What traced code knows besides. */
export function tracedHelpers(rt: Runtime): Readonly<Record<string, unknown>> {
  return {
    ...helpers(rt),
    TADD: (left: () => Forced, right: () => Forced, pos: Pos, leftPos: Pos, rightPos: Pos) =>
      traced.plusAt(rt, left, right, pos, leftPos, rightPos),
    TASSERT: traced.assertionFailedAt,
    TB: traced.conditionAt,
    TBODY: traced.functionBody,
    TC: traced.callAt,
    TF: forceAt,
    TJP: traced.joinPathAt,
    TK: traced.concatListsAt,
    TN: traced.nameAt,
    TQ: (value: Forced, pos: Pos) => traced.interpolateAt(rt, value, pos),
    TQP: (value: Forced, pos: Pos) => traced.pathSegmentAt(rt, value, pos),
    TS: traced.selectAt,
    TU: traced.operandSet,
    TW: traced.withVariablesAt,
  };
}

/** In the order in which generated functions take them. */
export function helperValues(table: Readonly<Record<string, unknown>>, names: readonly string[]): unknown[] {
  return names.map((name) => table[name]);
}
