/** Calls, conditions, `with`, and the operators. */
import type {
  ApplyExpr,
  AssertExpr,
  BinaryExpr,
  BinaryOperator,
  Expr,
  IfExpr,
  UnaryExpr,
  WithExpr,
} from '../syntax/ast.ts';
import { type Emitter, type Env, suspend, thunkCall } from './emit.ts';
import type { Variable } from './js-function.ts';
import { constantText } from './literals.ts';
import { integer, literal } from './text.ts';
import { cell, global, isConstant, operands, staticGlobal, variableOf } from './variables.ts';

export function apply(c: Emitter, e: ApplyExpr, env: Env): string {
  const builtin = staticGlobal(c, e.fn, env);
  const arity = builtin === undefined ? 0 : c.options.globals.get(builtin)!.arity;
  const direct = arity > 0 && arity <= e.args.length && arity <= 3;
  // The function comes first: of several names that nobody knows, the first is reported.
  const fn = direct ? global(c, builtin!) : cell(c, e.fn, env);
  const args = e.args.map((arg) => c.lazy(arg, env));
  if (!direct) return call('C', fn, args);
  const first = call('P', fn, args.slice(0, arity));
  return arity === args.length ? first : call('C', first, args.slice(arity));
}

/** `C1(f,a)` … `C3(f,a,b,c)`, `CN(f,[…])`; with `P`, for a builtin that is known and gets just its arguments. */
function call(helper: 'C' | 'P', fn: string, args: readonly string[]): string {
  const list = args.join(',');
  return args.length > 3 ? `CN(${fn},[${list}])` : `${helper}${args.length}(${fn},${list})`;
}

/** `f x` of two variables, or of a variable and a constant, is a thunk of the call itself. */
export function lazyApply(c: Emitter, e: ApplyExpr, env: Env): string {
  if (e.args.length > 1) return suspend(c, e, env);
  const fn = variableOf(c, e.fn, env);
  const arg = fn === undefined ? undefined : operandOf(c, e.args[0]!, env);
  return fn === undefined || arg === undefined ? suspend(c, e, env) : thunkCall(c, env, 'C1', [fn, arg]);
}

function operandOf(c: Emitter, e: Expr, env: Env): Variable | string | undefined {
  if (e.kind === 'int') return integer(e.value);
  if (e.kind === 'string') {
    const text = constantText(e);
    return text === undefined ? undefined : literal(text);
  }
  return variableOf(c, e, env);
}

/** Text of a JavaScript Boolean. */
export function boolean(c: Emitter, e: Expr, env: Env): string {
  return isBoolean(c, e, env) ? c.strict(e, env) : `B(${c.strict(e, env)})`;
}

const booleanOperators: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '&&', '||', '->']);

function isBoolean(c: Emitter, e: Expr, env: Env): boolean {
  if (e.kind === 'binary') return booleanOperators.has(e.op);
  if (e.kind === 'unary') return e.op === '!';
  if (e.kind === 'has-attr') return true;
  const builtin = e.kind === 'var' ? staticGlobal(c, e, env) : undefined;
  return builtin === 'true' || builtin === 'false';
}

export function ifThenElse(c: Emitter, e: IfExpr, env: Env): string {
  return `(${boolean(c, e.condition, env)}?${c.strict(e.then, env)}:${c.strict(e.otherwise, env)})`;
}

export function assert(c: Emitter, e: AssertExpr, env: Env): string {
  return `(${boolean(c, e.condition, env)}?${c.strict(e.body, env)}:AF())`;
}

export function withScope(c: Emitter, e: WithExpr, env: Env): string {
  const known = variableOf(c, e.scope, env);
  if (known !== undefined) {
    const inner = { fn: env.fn, scope: env.scope.within({ variable: known, pos: e.pos }) };
    return c.strict(e.body, inner);
  }
  const set = c.lazy(e.scope, env);
  const variable = c.file.variable(env.fn);
  const inner = { fn: env.fn, scope: env.scope.within({ variable, pos: e.pos }) };
  return `(${variable.js}=${set},${c.strict(e.body, inner)})`;
}

export function unary(c: Emitter, e: UnaryExpr, env: Env): string {
  if (e.op === '!') return `!${boolean(c, e.operand, env)}`;
  const zero: Expr = { kind: 'int', value: 0, pos: e.pos };
  return arithmetic(
    c,
    { ...zero, kind: 'binary', op: '-', left: zero, right: e.operand, leftPos: 0, rightPos: 0 },
    env,
  );
}

export function binary(c: Emitter, e: BinaryExpr, env: Env): string {
  switch (e.op) {
    case '==':
      return `E(${operands(c, e.left, e.right, env)})`;
    case '!=':
      return `!E(${operands(c, e.left, e.right, env)})`;
    case '&&':
      return `(${boolean(c, e.left, env)}&&${boolean(c, e.right, env)})`;
    case '||':
      return `(${boolean(c, e.left, env)}||${boolean(c, e.right, env)})`;
    case '->':
      return `(!${boolean(c, e.left, env)}||${boolean(c, e.right, env)})`;
    case '//':
      // The right operand is evaluated first.
      return `U(${setOperand(c, e.right, env)},${c.strict(e.left, env)})`;
    case '++':
      return `K(${c.strict(e.left, env)},${c.strict(e.right, env)})`;
    case '+':
      return plus(c, e, env);
    default:
      return arithmetic(c, e, env);
  }
}

function setOperand(c: Emitter, e: Expr, env: Env): string {
  return e.kind === 'attrs' ? c.strict(e, env) : `AT(${c.strict(e, env)})`;
}

/** The left operand is coerced before the right one is evaluated; where that cannot be seen it waits. */
function plus(c: Emitter, e: BinaryExpr, env: Env): string {
  if (isConstant(e.right)) return `ADD(${cell(c, e.left, env)},${cell(c, e.right, env)})`;
  return `ADD(AL(${c.strict(e.left, env)}),${cell(c, e.right, env)})`;
}

/** Operators that stand for builtins, which a program may bind anew: helper, builtin, operands swapped, negated. */
const builtinOperators: Readonly<Partial<Record<BinaryOperator, readonly [string, string, boolean, boolean]>>> = {
  '-': ['SUB', '__sub', false, false],
  '*': ['MUL', '__mul', false, false],
  '/': ['DIV', '__div', false, false],
  '<': ['LT', '__lessThan', false, false],
  '>': ['LT', '__lessThan', true, false],
  '<=': ['LT', '__lessThan', true, true],
  '>=': ['LT', '__lessThan', false, true],
};

function arithmetic(c: Emitter, e: BinaryExpr, env: Env): string {
  const [helper, name, swapped, negated] = builtinOperators[e.op]!;
  const [left, right] = swapped ? [e.right, e.left] : [e.left, e.right];
  const fn: Expr = { kind: 'var', name, pos: e.pos };
  if (staticGlobal(c, fn, env) !== undefined) return `${negated ? '!' : ''}${helper}(${operands(c, left, right, env)})`;
  const text = c.strict({ kind: 'apply', fn, args: [left, right], pos: e.pos }, env);
  return negated ? `!B(${text})` : text;
}
