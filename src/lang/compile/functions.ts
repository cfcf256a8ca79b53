/** Functions: arguments, patterns with defaults, and currying undone where it cannot be seen. */
import type { Formal, Formals, LambdaExpr } from '../syntax/ast.ts';
import { type Emitter, type Env, type Lazy, plain } from './emit.ts';
import { JsFunction, type Variable } from './js-function.ts';
import { literal } from './text.ts';

/** Arguments that are taken at once; more come from the JavaScript function that the first ones return. */
const most = 6;

/** `a: b: { … }: body` as the functions that it nests; only the last one may have a pattern. */
function levelsOf(e: LambdaExpr): LambdaExpr[] {
  const levels = [e];
  for (let inner = e; inner.formals === undefined && inner.body.kind === 'lambda' && levels.length < most; ) {
    inner = inner.body;
    levels.push(inner);
  }
  return levels;
}

export function lambda(c: Emitter, e: LambdaExpr, env: Env, name?: string): string {
  const levels = levelsOf(e);
  const fn = new JsFunction(env.fn);
  const parameters = levels.map(() => c.file.parameter(fn));
  const scope = levels.reduce(
    (outer, level, i) => (level.name === undefined ? outer : outer.binding(new Map([[level.name, parameters[i]!]]))),
    env.scope,
  );
  const last = levels.at(-1)!;
  const site = c.file.lambda(levels.map((level) => describe(level, name)));
  const body = bodyOf(c, last, parameters.at(-1)!, { scope, fn }, site);
  for (const level of levels.toReversed()) if (level.name !== undefined) c.file.meetLast(level.name);
  const names = parameters.map(({ js }) => js);
  const code =
    fn.captures.length === 0 ? c.file.hoist(names, fn.block(body)) : `(${names.join(',')})=>${fn.arrowBody(body)}`;
  return `new L(${names.length},${code},m,${site})`;
}

/** What the tables of the file keep of one level. */
function describe(e: LambdaExpr, name: string | undefined): unknown {
  const formals = e.formals?.list.map((formal) => [formal.name, formal.fallback === undefined ? 0 : 1, formal.pos]);
  return [name ?? null, e.pos, e.name ?? null, formals ?? null, e.formals?.ellipsis === true ? 1 : 0];
}

function bodyOf(c: Emitter, e: LambdaExpr, argument: Variable, env: Env, site: number): string {
  if (e.formals === undefined) return c.functionBody([], c.strict(e.body, env), env, site);
  for (const { name, pos } of e.formals.list) c.file.meet(name, pos);
  const { steps, inner } = destructure(c, e.formals, argument, env, site);
  return c.functionBody(steps, c.strict(e.body, inner), inner, site);
}

/** The attributes of an argument as variables; those without a value get their default, which may use all others. */
function destructure(
  c: Emitter,
  formals: Formals,
  argument: Variable,
  env: Env,
  site: number,
): { steps: string[]; inner: Env } {
  const { js } = argument;
  const variables = new Map<string, Variable>();
  for (const { name, fallback } of formals.list) variables.set(name, c.file.variable(env.fn, fallback === undefined));
  const inner = { ...env, scope: env.scope.binding(variables) };
  const steps = [`${js}=FA(${js},m,${site})`];
  const named = new Map(formals.list.map((formal) => [formal.name, formal]));
  for (const name of c.order?.([...named.keys()]) ?? named.keys()) {
    const { fallback } = named.get(name)!;
    const { js: to } = variables.get(name)!;
    steps.push(
      fallback === undefined ? `${to}=R(${js},${literal(name)},m,${site})` : `${to}=${js}.get(${literal(name)})`,
    );
  }
  if (!formals.ellipsis) steps.push(`X(${js},m,${site})`);
  steps.push(...defaults(c, formals.list, variables, inner));
  return { steps, inner };
}

/** In order: a default may read those before it, and what has no default; others only through a closure. */
function defaults(c: Emitter, list: readonly Formal[], variables: ReadonlyMap<string, Variable>, env: Env): string[] {
  return list.flatMap(({ name, fallback }) => {
    if (fallback === undefined) return [];
    const variable = variables.get(name)!;
    const value = c.lazy(fallback, env, name);
    const text = value.needs.every((needed) => needed.ready) ? value.text : `new T(()=>F(${value.text}))`;
    variable.ready = true;
    return [`${variable.js}===void 0&&(${variable.js}=${text})`];
  });
}

/** A function costs no more than a thunk for it. */
export function lazyLambda(c: Emitter, e: LambdaExpr, env: Env, name?: string): Lazy {
  return plain(lambda(c, e, env, name));
}
