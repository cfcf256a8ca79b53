/** Attribute selection and tests for attributes. */
import type { AttrName, Expr, HasAttrExpr, SelectExpr } from '../syntax/ast.ts';
import { type Emitter, type Env, suspend, thunkCall } from './emit.ts';
import { constantText } from './literals.ts';
import { literal } from './text.ts';
import { cell, global, lazyGlobal, staticBuiltin, variableOf } from './variables.ts';

/** The text of a name of an attribute path. */
function stepName(c: Emitter, step: AttrName, env: Env): string {
  const text = staticName(step);
  if (text === undefined) return `N(${c.strict((step as { readonly expr: Expr }).expr, env)})`;
  c.file.meet(text, step.pos);
  return literal(text);
}

/** A name that is known at compile time. */
export function staticName(step: AttrName): string | undefined {
  if ('name' in step) return step.name;
  return step.expr.kind === 'string' ? constantText(step.expr) : undefined;
}

export function select(c: Emitter, e: SelectExpr, env: Env): string {
  const builtin = staticBuiltin(c, e, env);
  if (builtin !== undefined) return global(c, builtin);
  let text = cell(c, e.subject, env);
  if (e.fallback !== undefined) return selectOr(c, e, text, env);
  const last = e.path.length - 1;
  for (let i = 0; i <= last; i++) text = `${i === last ? 'S' : 'G'}(${text},${stepName(c, e.path[i]!, env)})`;
  return text;
}

function selectOr(c: Emitter, e: SelectExpr, subject: string, env: Env): string {
  const found = c.file.variable(env.fn).js;
  const text = maybe(c, e.path, subject, env);
  return `((${found}=${text})===void 0?${c.strict(e.fallback!, env)}:F(${found}))`;
}

/** The attribute's value, or undefined where a set or an attribute on the way is not there. */
function maybe(c: Emitter, path: readonly AttrName[], subject: string, env: Env): string {
  let text = subject;
  for (const step of path) text = `H(${text},${stepName(c, step, env)})`;
  return text;
}

export function hasAttr(c: Emitter, e: HasAttrExpr, env: Env): string {
  return `(${maybe(c, e.path, cell(c, e.subject, env), env)}!==void 0)`;
}

export function lazySelect(c: Emitter, e: SelectExpr, env: Env): string {
  const builtin = staticBuiltin(c, e, env);
  if (builtin !== undefined) return lazyGlobal(c, builtin);
  const step = e.path[0]!;
  const name = e.path.length === 1 && e.fallback === undefined ? staticName(step) : undefined;
  const subject = name === undefined ? undefined : variableOf(c, e.subject, env);
  if (name === undefined || subject === undefined) return suspend(c, e, env);
  c.file.meet(name, step.pos);
  return thunkCall(c, env, 'S', [subject, literal(name)]);
}
