/** Attribute selection and tests for attributes. */
import type { AttrName, HasAttrExpr, SelectExpr } from '../syntax/ast.ts';
import { type Emitter, type Env, type Lazy, plain, suspend, thunkCall } from './emit.ts';
import { constantText } from './literals.ts';
import { literal } from './text.ts';
import { cell, global, staticBuiltin, variableOf } from './variables.ts';

/** The text of a name of an attribute path. */
export function stepName(c: Emitter, step: AttrName, env: Env): string {
  const text = staticName(step);
  if (text !== undefined) c.file.meet(text, step.pos);
  return text === undefined ? `N(${c.strict((step as { expr: SelectExpr }).expr, env)})` : literal(text);
}

/** A name that is known at compile time. */
export function staticName(step: AttrName): string | undefined {
  if ('name' in step) return step.name;
  return step.expr.kind === 'string' ? constantText(step.expr) : undefined;
}

export function select(c: Emitter, e: SelectExpr, env: Env): string {
  const builtin = staticBuiltin(c, e, env);
  if (builtin !== undefined) return global(c, builtin);
  const subject = cell(c, e.subject, env);
  if (e.fallback !== undefined) return selectOr(c, e, subject, env);
  const last = e.path.length - 1;
  return e.path.reduce((text, step, i) => `${i === last ? 'S' : 'G'}(${text},${stepName(c, step, env)})`, subject);
}

function selectOr(c: Emitter, e: SelectExpr, subject: string, env: Env): string {
  const found = c.file.variable(env.fn).js;
  const text = maybe(c, e.path, subject, env);
  return `((${found}=${text})===void 0?${c.strict(e.fallback!, env)}:F(${found}))`;
}

/** The attribute's value, or undefined where a set or an attribute on the way is not there. */
function maybe(c: Emitter, path: readonly AttrName[], subject: string, env: Env): string {
  return path.reduce((text, step) => `H(${text},${stepName(c, step, env)})`, subject);
}

export function hasAttr(c: Emitter, e: HasAttrExpr, env: Env): string {
  return `(${maybe(c, e.path, cell(c, e.subject, env), env)}!==void 0)`;
}

export function lazySelect(c: Emitter, e: SelectExpr, env: Env): Lazy {
  const builtin = staticBuiltin(c, e, env);
  if (builtin !== undefined) return plain(c.options.globals.get(builtin)!.literal ?? c.file.global(builtin));
  const name = e.path.length === 1 && e.fallback === undefined ? staticName(e.path[0]!) : undefined;
  const subject = variableOf(c, e.subject, env);
  if (name !== undefined) c.file.meet(name, e.path[0]!.pos);
  return name === undefined || subject === undefined
    ? suspend(c, e, env)
    : thunkCall(env, 'S', [subject, literal(name)]);
}
