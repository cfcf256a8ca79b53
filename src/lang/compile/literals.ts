/** Numbers, strings, paths and lists. */
import type { Expr, ListExpr, PathExpr, SearchPathExpr, StringExpr } from '../syntax/ast.ts';
import type { Emitter, Env } from './emit.ts';
import { literal } from './text.ts';
import { isGlobal } from './variables.ts';

/** Parts that are text are joined here, so that what is left at run time alternates. */
export function joinParts(parts: readonly (string | Expr)[]): (string | Expr)[] {
  const joined: (string | Expr)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  return joined;
}

/** The text of a string that does not interpolate; undefined for one that does. */
export function constantText(e: StringExpr): string | undefined {
  return e.parts.every((part) => typeof part === 'string') ? e.parts.join('') : undefined;
}

export function string(c: Emitter, e: StringExpr, env: Env): string {
  const text = constantText(e);
  if (text !== undefined) return literal(text);
  const parts = joinParts(e.parts).map((part) =>
    typeof part === 'string' ? literal(part) : `Q(${c.strict(part, env)})`,
  );
  switch (parts.length) {
    case 1:
      return parts[0]!;
    case 2:
      return `J2(${parts.join(',')})`;
    case 3:
      return `J3(${parts.join(',')})`;
    default:
      return `J([${parts.join(',')}])`;
  }
}

/** Relative to the file's folder at run time, so that the text serves a file wherever it is. */
export function path(c: Emitter, e: PathExpr, env: Env): string {
  const [first, ...rest] = e.parts;
  const start = literal(first as string);
  if (rest.length === 0) return `m.path(${start})`;
  const parts = joinParts(rest).map((part) =>
    typeof part === 'string' ? literal(part) : `QP(${c.strict(part, env)})`,
  );
  return `JP(m,${start},[${parts.join(',')}])`;
}

export function searchPath(c: Emitter, e: SearchPathExpr, env: Env): string {
  if (isGlobal(c, '__findFile', env) && isGlobal(c, '__nixPath', env)) return `m.search(${literal(e.path)})`;
  const variable = (name: string): Expr => ({ kind: 'var', name, pos: e.pos });
  const args = [variable('__nixPath'), { kind: 'string', parts: [e.path], at: [e.pos], pos: e.pos } as const];
  return c.strict({ kind: 'apply', fn: variable('__findFile'), args, pos: e.pos }, env);
}

export function list(c: Emitter, e: ListExpr, env: Env): string {
  return `[${e.items.map((item) => c.lazy(item, env)).join(',')}]`;
}
