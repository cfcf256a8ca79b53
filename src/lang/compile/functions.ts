/** Functions: arguments, patterns with defaults, and currying undone where it cannot be seen. */
import type { Formal, Formals, LambdaExpr } from '../syntax/ast.ts';
import { type Emitter, type Env, thunkCall } from './emit.ts';
import { member } from './groups.ts';
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
  return written(c, e, env, name).text;
}

/** The function as an attribute: a thunk that makes it costs less than a function with a closure. */
export function lambdaInSet(c: Emitter, e: LambdaExpr, env: Env, name: string): string {
  const { text, fn } = written(c, e, env, name);
  const { captures } = fn;
  if (captures.length === 0 || captures.length > 2) return text;
  const code = c.file.hoist(captures.map(({ js }) => js).join(','), `{return ${text}}`, fn.readsHome);
  return thunkCall(c, env, code, captures);
}

function written(c: Emitter, e: LambdaExpr, env: Env, name?: string): { text: string; fn: JsFunction } {
  const levels = levelsOf(e);
  const fn = new JsFunction(env.fn, e === c.home);
  const { needs } = c;
  c.needs = null;
  let parameters = '';
  let last: Variable | undefined;
  let { scope } = env;
  for (const level of levels) {
    last = c.file.parameter(fn);
    parameters = parameters === '' ? last.js : `${parameters},${last.js}`;
    if (level.name !== undefined) scope = scope.binding(new Map([[level.name, last]]));
  }
  const site = c.file.lambda(levels.map((level) => describe(level, name)));
  const body = bodyOf(c, levels.at(-1)!, last!, { scope, fn }, site, name);
  for (let i = levels.length; i-- > 0; ) if (levels[i]!.name !== undefined) c.file.meetLast(levels[i]!.name!);
  c.needs = needs;
  const code =
    fn.captures.length === 0
      ? c.file.hoist(parameters, fn.block(body), fn.readsHome)
      : `(${parameters})=>${fn.arrowBody(body)}`;
  return { text: `new L(${levels.length},${code},m,${site})`, fn };
}

/** What the tables of the file keep of one level. */
function describe(e: LambdaExpr, name: string | undefined): unknown {
  const formals = e.formals?.list.map((formal) => [formal.name, formal.fallback === undefined ? 0 : 1, formal.pos]);
  return [name ?? null, e.pos, e.name ?? null, formals ?? null, e.formals?.ellipsis === true ? 1 : 0];
}

function bodyOf(c: Emitter, e: LambdaExpr, argument: Variable, env: Env, site: number, name?: string): string {
  // A function that is the result of another is known by the same name.
  if (e.formals === undefined) return c.functionBody([], c.strict(e.body, env, name), env, site);
  for (const formal of e.formals.list) c.file.meet(formal.name, formal.pos);
  const { steps, inner } = destructure(c, e.formals, argument, env, site);
  return c.functionBody(steps, c.strict(e.body, inner, name), inner, site);
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
  const inner = { fn: env.fn, scope: env.scope.binding(variables) };
  const steps = [`${js}=FA(${js},m,${site})`];
  for (const { name, fallback } of inOrder(c, formals)) {
    const { js: to } = variables.get(name)!;
    steps.push(
      fallback === undefined ? `${to}=R(${js},${literal(name)},m,${site})` : `${to}=${js}.get(${literal(name)})`,
    );
  }
  if (!formals.ellipsis) steps.push(`X(${js},m,${site})`);
  defaults(c, formals.list, variables, inner, steps);
  return { steps, inner };
}

function inOrder(c: Emitter, { list }: Formals): readonly Formal[] {
  if (c.order === undefined) return list;
  const named = new Map(list.map((formal) => [formal.name, formal]));
  return c.order([...named.keys()]).map((name) => named.get(name)!);
}

/** In order: a default may read those before it, and what has no default; others only through a closure. */
function defaults(
  c: Emitter,
  list: readonly Formal[],
  variables: ReadonlyMap<string, Variable>,
  env: Env,
  steps: string[],
): void {
  for (const { name, fallback } of list) {
    if (fallback === undefined) continue;
    const variable = variables.get(name)!;
    const { text, needs } = member(c, variable, () => c.lazy(fallback, env));
    const value = needs.every((needed) => needed.ready) ? text : `new T(()=>F(${text}))`;
    variable.ready = true;
    steps.push(`${variable.js}===void 0&&(${variable.js}=${value})`);
  }
}
