/** Variables: of functions and bindings, global ones, and those that a `with` may bring. */
import type { Expr, SelectExpr, VarExpr } from '../syntax/ast.ts';
import { UndefinedVariable } from './compile-error.ts';
import { type Emitter, type Env, read, suspend, thunkCall } from './emit.ts';
import type { Variable } from './js-function.ts';
import { literal } from './text.ts';

/** The text of a global's value, forced. */
export function global(c: Emitter, name: string): string {
  const { literal: text, arity } = c.options.globals.get(name)!;
  if (text !== undefined) return text;
  return arity > 0 ? c.file.global(name) : `F(${c.file.global(name)})`;
}

/** The text of a global as it is. */
export function lazyGlobal(c: Emitter, name: string): string {
  return c.options.globals.get(name)!.literal ?? c.file.global(name);
}

export function variable(c: Emitter, e: VarExpr, env: Env): string {
  const { name, pos } = e;
  c.file.meet(name, pos);
  const found = env.scope.find(name);
  if (found !== undefined) return `F(${read(env, found)})`;
  if (c.options.globals.has(name)) return global(c, name);
  const sets = withSets(e, env);
  const texts = sets.map((set) => read(env, set.variable));
  return sets.length === 1 ? `W(${texts[0]},${literal(name)})` : `WN([${texts.join(',')}],${literal(name)})`;
}

/** The sets that may bring a variable. A name that means nothing is an error before anything is evaluated. */
export function withSets({ name, pos }: VarExpr, env: Env): Env['scope']['sets'] {
  const { sets } = env.scope;
  if (sets.length === 0) throw new UndefinedVariable(name, pos);
  return sets;
}

export function lazyVariable(c: Emitter, e: VarExpr, env: Env): string {
  const { name, pos } = e;
  c.file.meet(name, pos);
  const found = env.scope.find(name);
  if (found !== undefined) {
    if (!found.ready && c.needs !== null) c.needs.push(found);
    return read(env, found);
  }
  if (c.options.globals.has(name)) return lazyGlobal(c, name);
  const sets = withSets(e, env);
  return sets.length > 1 ? suspend(c, e, env) : thunkCall(c, env, 'W', [sets[0]!.variable, literal(name)]);
}

/** The global that an expression is, where that is plain to see: `map`, `builtins.map`. */
export function staticGlobal(c: Emitter, e: Expr, env: Env): string | undefined {
  if (e.kind === 'var') return isGlobal(c, e.name, env) ? e.name : undefined;
  return e.kind === 'select' ? staticBuiltin(c, e, env) : undefined;
}

/** Whether a name is that of a global, and nothing binds it anew. */
export function isGlobal(c: Emitter, name: string, env: Env): boolean {
  return c.options.globals.has(name) && env.scope.find(name) === undefined;
}

/** The global that `builtins.name` is. */
export function staticBuiltin(c: Emitter, e: SelectExpr, env: Env): string | undefined {
  const { subject, path } = e;
  if (subject.kind !== 'var' || subject.name !== 'builtins' || path.length !== 1) return undefined;
  const step = path[0]!;
  if (!('name' in step) || !isGlobal(c, 'builtins', env)) return undefined;
  const found = c.options.builtins.get(step.name);
  if (found !== undefined) {
    c.file.meet('builtins', subject.pos);
    c.file.meet(step.name, step.pos);
  }
  return found;
}

/** The variable that an expression is, where it is one of a function or binding. */
export function variableOf(c: Emitter, e: Expr, env: Env): Variable | undefined {
  if (e.kind !== 'var') return undefined;
  const found = env.scope.find(e.name);
  if (found !== undefined) c.file.meet(e.name, e.pos);
  return found;
}

/** For a helper that forces its operand itself: a variable as it is, anything else evaluated. */
export function cell(c: Emitter, e: Expr, env: Env): string {
  const found = variableOf(c, e, env);
  return found === undefined ? c.strict(e, env) : read(env, found);
}

/** Whether evaluating an expression can neither fail nor be seen. */
export function isConstant(e: Expr): boolean {
  switch (e.kind) {
    case 'int':
    case 'float':
    case 'lambda':
    case 'list':
      return true;
    case 'string':
      return e.parts.every((part) => typeof part === 'string');
    case 'attrs':
      return e.bindings.dynamics.length === 0 && !e.bindings.statics.has('__overrides');
    default:
      return false;
  }
}

/** Both operands of a helper that forces the left one, then the right one. */
export function operands(c: Emitter, left: Expr, right: Expr, env: Env): string {
  const inert = isConstant(right) || (right.kind === 'var' && env.scope.find(right.name) !== undefined);
  return `${inert ? cell(c, left, env) : c.strict(left, env)},${cell(c, right, env)}`;
}
