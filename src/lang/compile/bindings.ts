/** `let`, attribute sets with and without `rec`, `inherit`, dynamic attributes and `__overrides`. */
import type { AttrsExpr, Binding, Bindings, Expr, LetExpr, ListExpr } from '../syntax/ast.ts';
import { type Emitter, type Env, type Lazy, read, suspend } from './emit.ts';
import { assignAll, type Member } from './groups.ts';
import type { Variable } from './js-function.ts';
import { constantText } from './literals.ts';
import { byteOrder, literal } from './text.ts';

export function letIn(c: Emitter, e: LetExpr, env: Env): string {
  const group = recursiveGroup(c, e.bindings, env);
  const assigned = assignAll([...group.sources, ...group.members.values()], c.order !== undefined);
  return `(${[...assigned, c.strict(e.body, group.inner)].join(',')})`;
}

interface Group {
  /** Where the bindings are in scope. */
  readonly inner: Env;
  /** What `inherit (…)` takes from, in order. */
  readonly sources: readonly Member[];
  readonly members: ReadonlyMap<string, Member>;
}

/** Variables for all static bindings, in scope of each other, and their values. */
function recursiveGroup(c: Emitter, bindings: Bindings, env: Env): Group {
  const names = new Map<string, Variable>();
  for (const name of bindings.statics.keys()) names.set(name, c.file.variable(env.fn, false));
  const inner = { ...env, scope: env.scope.binding(names) };
  const sources = bindings.inheritFrom.map((from) => {
    const variable = c.file.variable(env.fn, false);
    return { variable, value: c.lazy(from, inner) };
  });
  const members = new Map<string, Member>();
  for (const name of c.order?.([...names.keys()]) ?? names.keys()) {
    const variable = names.get(name)!;
    const value = bindingValue(c, bindings.statics.get(name)!, inner, env, sources);
    if (c.order !== undefined) variable.ready = true;
    members.set(name, { variable, value });
  }
  return { inner, sources, members };
}

/** An `inherit` looks outside; everything else in the scope of the bindings. */
function bindingValue(c: Emitter, binding: Binding, inner: Env, outer: Env, sources: readonly Member[]): Lazy {
  c.file.meet(binding.name, binding.pos);
  switch (binding.kind) {
    case 'plain':
      return c.lazy(binding.value, inner, binding.name);
    case 'inherit':
      return c.lazy(binding.value, outer);
    default:
      return c.inherited(binding.name, sources[binding.from]!.variable, outer, binding.pos);
  }
}

export function attrs(c: Emitter, e: AttrsExpr, env: Env): string {
  const { bindings } = e;
  if (!e.recursive) return withDynamics(c, e, plainSet(c, e, env), env);
  if (bindings.statics.has('__overrides')) return overridden(c, e, env);
  const { inner, sources, members } = recursiveGroup(c, bindings, env);
  const assigned = assignAll([...sources, ...members.values()], c.order !== undefined);
  const set = newSet(c, e, (name) => read(env, members.get(name)!.variable));
  const text = withDynamics(c, e, set, inner);
  return assigned.length === 0 ? text : `(${assigned.join(',')},${text})`;
}

/** Text of the set of the static bindings. */
function newSet(c: Emitter, e: AttrsExpr, valueOf: (name: string) => string): string {
  const bindings = [...e.bindings.statics.values()].sort((a, b) => byteOrder(a.name, b.name));
  if (bindings.length === 0) return 'EMPTY';
  const shape = c.file.shape(
    bindings.map(({ name }) => name),
    bindings.map(({ pos }) => pos),
  );
  return `new A(${shape},[${bindings.map(({ name }) => valueOf(name)).join(',')}]${c.place(e.pos)})`;
}

function plainSet(c: Emitter, e: AttrsExpr, env: Env): string {
  const { statics, inheritFrom } = e.bindings;
  const sources = inheritFrom.map((from) => ({ variable: c.file.variable(env.fn), value: c.lazy(from, env) }));
  const values = new Map<string, string>();
  for (const [name, binding] of statics) values.set(name, bindingValue(c, binding, env, env, sources).text);
  const set = newSet(c, e, (name) => values.get(name)!);
  if (sources.length === 0) return set;
  return `(${sources.map(({ variable, value }) => `${variable.js}=${value.text}`).join(',')},${set})`;
}

/** Adds the dynamic attributes: names are evaluated in order, null leaves an attribute out. */
function withDynamics(c: Emitter, e: AttrsExpr, set: string, env: Env): string {
  return e.bindings.dynamics.reduce(
    (text, { name, value, pos }) => `DY(${text},${c.strict(name, env)},${c.lazy(value, env).text},m,${pos})`,
    set,
  );
}

/**
 * `rec { __overrides = …; }`: its attributes replace variables of the set. All values are closures then, so that
 * they read what the variables hold after that.
 */
function overridden(c: Emitter, e: AttrsExpr, env: Env): string {
  const { inner, sources, members } = recursiveGroup(c, e.bindings, env);
  const late = ({ variable, value }: Member): string => `${variable.js}=new T(()=>F(${value.text}))`;
  const assigned = [...members].map(([name, member]) => {
    const binding = e.bindings.statics.get(name)!;
    const direct = binding.kind === 'inherit' || (binding.kind === 'plain' && isConstantText(binding.value));
    return direct ? `${member.variable.js}=${member.value.text}` : late(member);
  });
  for (const { variable } of [...sources, ...members.values()]) variable.ready = true;
  const overrides = c.file.variable(env.fn).js;
  const own = c.file.variable(env.fn).js;
  const replaced = [...members].map(
    ([name, { variable }]) => `${variable.js}=OV(${overrides},${literal(name)},${variable.js})`,
  );
  const steps = [
    ...sources.map(late),
    ...assigned,
    `${own}=${newSet(c, e, (name) => members.get(name)!.variable.js)}`,
    `${overrides}=OVERRIDES(${members.get('__overrides')!.variable.js})`,
    ...replaced,
    withDynamics(c, e, `U(${overrides},${own})`, inner),
  ];
  return `(${steps.join(',')})`;
}

const isConstantText = (e: Expr): boolean => e.kind === 'string' && constantText(e) !== undefined;

/** Sets and lists of a few values that cost nothing to make are made at once instead of a thunk for them. */
export function lazyAttrs(c: Emitter, e: AttrsExpr, env: Env): Lazy {
  const values = [...e.bindings.statics.values()];
  const cheap =
    values.length <= 4 &&
    !e.recursive &&
    e.bindings.dynamics.length === 0 &&
    e.bindings.inheritFrom.length === 0 &&
    values.every((binding) => binding.kind === 'inherit' || (binding.kind === 'plain' && isAtom(binding.value)));
  if (!cheap) return suspend(c, e, env);
  const parts = new Map(values.map((binding) => [binding.name, bindingValue(c, binding, env, env, [])]));
  const text = newSet(c, e, (name) => parts.get(name)!.text);
  return { text, needs: [...parts.values()].flatMap(({ needs }) => needs) };
}

const smallList = 8;

export function lazyList(c: Emitter, e: ListExpr, env: Env): Lazy {
  if (e.items.length > smallList || !e.items.every(isAtom)) return suspend(c, e, env);
  const items = e.items.map((item) => c.lazy(item, env));
  return { text: `[${items.map(({ text }) => text).join(',')}]`, needs: items.flatMap(({ needs }) => needs) };
}

/** Whether the lazy text of an expression makes nothing. */
export function isAtom(e: Expr): boolean {
  return e.kind === 'int' || e.kind === 'var' || (e.kind === 'string' && constantText(e) !== undefined);
}
