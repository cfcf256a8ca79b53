/** `let`, attribute sets with and without `rec`, `inherit`, dynamic attributes and `__overrides`. */
import type { AttrsExpr, Binding, Bindings, Expr, LetExpr, ListExpr } from '../syntax/ast.ts';
import { type Emitter, type Env, read, suspend } from './emit.ts';
import { lambdaInSet } from './functions.ts';
import { assignAll, type Member, member } from './groups.ts';
import type { Variable } from './js-function.ts';
import { constantText } from './literals.ts';
import { byteOrder, literal } from './text.ts';

export function letIn(c: Emitter, e: LetExpr, env: Env): string {
  const group = recursiveGroup(c, e.bindings, env);
  let text = '(';
  for (const assigned of assignAll(group.all, c.order !== undefined)) text += `${assigned},`;
  return `${text}${c.strict(e.body, group.inner)})`;
}

interface Group {
  /** Where the bindings are in scope. */
  readonly inner: Env;
  readonly variables: ReadonlyMap<string, Variable>;
  /** What `inherit (…)` takes from, in order, and then the bindings. */
  readonly all: readonly Member[];
}

/** Variables for all static bindings, in scope of each other, and their values. */
function recursiveGroup(c: Emitter, bindings: Bindings, env: Env): Group {
  const variables = new Map<string, Variable>();
  for (const name of bindings.statics.keys()) variables.set(name, c.file.variable(env.fn, false));
  const inner = { fn: env.fn, scope: env.scope.binding(variables) };
  const all = bindings.inheritFrom.map((from) => member(c, c.file.variable(env.fn, false), () => c.lazy(from, inner)));
  const sources = all.map(({ variable }) => variable);
  for (const name of c.order?.([...variables.keys()]) ?? variables.keys()) {
    const variable = variables.get(name)!;
    const binding = bindings.statics.get(name)!;
    all.push(member(c, variable, () => bindingValue(c, binding, inner, env, sources)));
    if (c.order !== undefined) variable.ready = true;
  }
  return { inner, variables, all };
}

/** An `inherit` looks outside; everything else in the scope of the bindings. */
function bindingValue(c: Emitter, binding: Binding, inner: Env, outer: Env, sources: readonly Variable[]): string {
  const { name, pos } = binding;
  c.file.meet(name, pos);
  switch (binding.kind) {
    case 'plain':
      return c.lazy(binding.value, inner, name);
    case 'inherit':
      return c.lazy(binding.value, outer);
    default:
      return c.inherited(name, sources[binding.from]!, outer, pos);
  }
}

export function attrs(c: Emitter, e: AttrsExpr, env: Env): string {
  const { bindings } = e;
  if (!e.recursive) return withDynamics(c, e, plainSet(c, e, env), env);
  if (bindings.statics.has('__overrides')) return overridden(c, e, env);
  const { inner, variables, all } = recursiveGroup(c, bindings, env);
  const assigned = assignAll(all, c.order !== undefined);
  const text = withDynamics(c, e, setOf(c, e, env, variables), inner);
  return assigned.length === 0 ? text : `(${assigned.join(',')},${text})`;
}

/** The set of variables. */
function setOf(c: Emitter, e: AttrsExpr, env: Env, variables: ReadonlyMap<string, Variable>): string {
  const bindings = inByteOrder(e.bindings);
  return newSet(
    c,
    e,
    bindings,
    bindings.map(({ name }) => read(env, variables.get(name)!)),
  );
}

function inByteOrder({ statics }: Bindings): readonly Binding[] {
  const bindings = [...statics.values()];
  for (let i = 1; i < bindings.length; i++)
    if (bindings[i - 1]!.name > bindings[i]!.name) return bindings.sort((a, b) => byteOrder(a.name, b.name));
  return bindings;
}

/** Text of the set of bindings in byte order with these values. */
function newSet(c: Emitter, e: AttrsExpr, bindings: readonly Binding[], values: readonly string[]): string {
  if (bindings.length === 0) return 'EMPTY';
  let names = '';
  const positions: number[] = [];
  for (const { name, pos } of bindings) {
    names = names === '' ? literal(name) : `${names},${literal(name)}`;
    positions.push(pos);
  }
  return `new A(${c.file.shape(e.pos, names, positions)},[${values.join(',')}])`;
}

function plainSet(c: Emitter, e: AttrsExpr, env: Env): string {
  const { inheritFrom } = e.bindings;
  const sources: Variable[] = [];
  let before = '';
  for (const from of inheritFrom) {
    const text = c.lazy(from, env);
    const variable = c.file.variable(env.fn);
    sources.push(variable);
    before += `${variable.js}=${text},`;
  }
  const bindings = inByteOrder(e.bindings);
  const set = newSet(
    c,
    e,
    bindings,
    bindings.map((binding) => attributeValue(c, binding, env, sources)),
  );
  return before === '' ? set : `(${before}${set})`;
}

/** Functions in sets are often never called: one that needs a closure is a thunk until it is asked for. */
function attributeValue(c: Emitter, binding: Binding, env: Env, sources: readonly Variable[]): string {
  if (binding.kind !== 'plain' || binding.value.kind !== 'lambda' || c.order !== undefined)
    return bindingValue(c, binding, env, env, sources);
  c.file.meet(binding.name, binding.pos);
  return lambdaInSet(c, binding.value, env, binding.name);
}

/** Adds the dynamic attributes: names are evaluated in order, null leaves an attribute out; a function learns its name. */
function withDynamics(c: Emitter, e: AttrsExpr, set: string, env: Env): string {
  let text = set;
  for (const { name, value, pos } of e.bindings.dynamics) {
    const key = c.strict(name, env);
    const site = value.kind === 'lambda' ? `,${c.file.lambdas.length}` : '';
    text = `DY(${text},${key},${c.lazy(value, env)},m,${pos}${site})`;
  }
  return text;
}

/**
 * `rec { __overrides = …; }`: its attributes replace variables of the set. All values are closures then, so that
 * they read what the variables hold after that.
 */
function overridden(c: Emitter, e: AttrsExpr, env: Env): string {
  const { inner, variables, all } = recursiveGroup(c, e.bindings, env);
  const names = new Map([...variables].map(([name, variable]) => [variable, name]));
  const assigned = all.map(({ variable, text }) => {
    const binding = e.bindings.statics.get(names.get(variable) ?? '');
    const direct = binding?.kind === 'inherit' || (binding?.kind === 'plain' && isConstantText(binding.value));
    return `${variable.js}=${direct ? text : `new T(()=>F(${text}))`}`;
  });
  for (const { variable } of all) variable.ready = true;
  const overrides = c.file.variable(env.fn).js;
  const own = c.file.variable(env.fn).js;
  const steps = [
    ...assigned,
    `${own}=${setOf(c, e, env, variables)}`,
    `${overrides}=OVERRIDES(${variables.get('__overrides')!.js})`,
    ...[...variables].map(([name, { js }]) => `${js}=OV(${overrides},${literal(name)},${js})`),
    withDynamics(c, e, `U(${overrides},${own})`, inner),
  ];
  return `(${steps.join(',')})`;
}

const isConstantText = (e: Expr): boolean => e.kind === 'string' && constantText(e) !== undefined;

const smallSet = 4;

/** Sets and lists of a few values that cost nothing to make are made at once instead of a thunk for them. */
export function lazyAttrs(c: Emitter, e: AttrsExpr, env: Env): string {
  const { statics, dynamics, inheritFrom } = e.bindings;
  if (e.recursive || statics.size > smallSet || dynamics.length > 0 || inheritFrom.length > 0)
    return suspend(c, e, env);
  for (const binding of statics.values())
    if (binding.kind === 'plain' && !isAtom(binding.value)) return suspend(c, e, env);
  return plainSet(c, e, env);
}

const smallList = 8;

export function lazyList(c: Emitter, e: ListExpr, env: Env): string {
  if (e.items.length > smallList || !e.items.every(isAtom)) return suspend(c, e, env);
  return `[${e.items.map((item) => c.lazy(item, env)).join(',')}]`;
}

/** Whether the lazy text of an expression makes nothing. */
function isAtom(e: Expr): boolean {
  return e.kind === 'int' || e.kind === 'var' || (e.kind === 'string' && constantText(e) !== undefined);
}
