/** Variables: of functions and bindings, global ones, and those that a `with` may bring. */
import type { Expr, SelectExpr, VarExpr } from '../syntax/ast.ts';
import { UndefinedVariable } from './compile-error.ts';
import { type Emitter, type Env, type Lazy, plain, read, suspend, thunkCall } from './emit.ts';
import type { Variable } from './js-function.ts';
import type { Found } from './scope.ts';
import { literal } from './text.ts';

/** What a variable means; a name that means nothing is an error before anything is evaluated. */
export function find(c: Emitter, e: VarExpr, env: Env): Found {
  c.file.meet(e.name, e.pos);
  const found = env.scope.find(e.name, (name) => c.options.globals.has(name));
  if (found === undefined) throw new UndefinedVariable(e.name, e.pos);
  return found;
}

export function variable(c: Emitter, e: VarExpr, env: Env): string {
  const found = find(c, e, env);
  switch (found.kind) {
    case 'local':
      return `F(${read(env, found.variable)})`;
    case 'global':
      return global(c, found.name);
    default: {
      const sets = found.sets.map((set) => read(env, set.variable));
      return sets.length === 1 ? `W(${sets[0]},${literal(e.name)})` : `WN([${sets.join(',')}],${literal(e.name)})`;
    }
  }
}

/** A global's value, forced. */
export function global(c: Emitter, name: string): string {
  const { literal: text, arity } = c.options.globals.get(name)!;
  if (text !== undefined) return text;
  return arity > 0 ? c.file.global(name) : `F(${c.file.global(name)})`;
}

export function lazyVariable(c: Emitter, e: VarExpr, env: Env): Lazy {
  const found = find(c, e, env);
  switch (found.kind) {
    case 'local':
      return { text: read(env, found.variable), needs: found.variable.ready ? [] : [found.variable] };
    case 'global':
      return plain(c.options.globals.get(found.name)!.literal ?? c.file.global(found.name));
    default:
      if (found.sets.length > 1) return suspend(c, e, env);
      return thunkCall(env, 'W', [found.sets[0]!.variable, literal(e.name)]);
  }
}

/** The global that an expression is, where that is plain to see: `map`, `builtins.map`. */
export function staticGlobal(c: Emitter, e: Expr, env: Env): string | undefined {
  if (e.kind === 'var') {
    const found = find(c, e, env);
    return found.kind === 'global' ? found.name : undefined;
  }
  return e.kind === 'select' ? staticBuiltin(c, e, env) : undefined;
}

/** The global that `builtins.name` is. */
export function staticBuiltin(c: Emitter, e: SelectExpr, env: Env): string | undefined {
  const { subject, path } = e;
  const step = path[0]!;
  if (path.length !== 1 || !('name' in step) || subject.kind !== 'var' || subject.name !== 'builtins') return undefined;
  return find(c, subject, env).kind === 'global' ? c.options.builtins.get(step.name) : undefined;
}

/** The variable that an expression is, where it is one of a function or binding. */
export function variableOf(c: Emitter, e: Expr, env: Env): Variable | undefined {
  if (e.kind !== 'var') return undefined;
  const found = find(c, e, env);
  return found.kind === 'local' ? found.variable : undefined;
}

/** For a helper that forces its operand itself: a variable as it is, anything else evaluated. */
export function cell(c: Emitter, e: Expr, env: Env): string {
  const variable = variableOf(c, e, env);
  return variable === undefined ? c.strict(e, env) : read(env, variable);
}

/** Whether evaluating an expression can neither fail nor be seen. */
export function isConstant(e: Expr): boolean {
  switch (e.kind) {
    case 'int':
    case 'float':
    case 'lambda':
      return true;
    case 'string':
      return e.parts.every((part) => typeof part === 'string');
    case 'attrs':
      return e.bindings.dynamics.length === 0 && !e.bindings.statics.has('__overrides');
    case 'list':
      return true;
    default:
      return false;
  }
}

/** Both operands of a helper that forces the left one, then the right one. */
export function operands(c: Emitter, left: Expr, right: Expr, env: Env): string {
  const inert = isConstant(right) || variableOf(c, right, env) !== undefined;
  return `${inert ? cell(c, left, env) : c.strict(left, env)},${cell(c, right, env)}`;
}
