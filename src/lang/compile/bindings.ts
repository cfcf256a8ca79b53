/** `let`, attribute sets with and without `rec`, `inherit`, dynamic attributes and `__overrides`. */
import type { AttrsExpr, Binding, Bindings, Expr, LetExpr, ListExpr } from '../syntax/ast.ts';
import { type Emitter, type Env, type Lazy, read, suspend } from './emit.ts';
import { assignAll, type Member } from './groups.ts';
import type { Variable } from './js-function.ts';
import { constantText } from './literals.ts';
import { byteOrder, literal } from './text.ts';

export function letIn(c: Emitter, e: LetExpr, env: Env): string {
  const { inner, members } = recursiveGroup(c, e.bindings, env);
  const assigned = assignAll(members, c.inOrder);
  return `(${[...assigned, c.strict(e.body, inner)].join(',')})`;
}

/** Variables for all static bindings, in scope of each other, and their values. */
function recursiveGroup(c: Emitter, bindings: Bindings, env: Env): { inner: Env; members: Member[] } {
  const names = new Map<string, Variable>();
  for (const name of bindings.statics.keys()) names.set(name, c.file.variable(env.fn, false));
  const inner = { ...env, scope: env.scope.binding(names) };
  const sources = bindings.inheritFrom.map((from) => {
    const variable = c.file.variable(env.fn, false);
    return { variable, value: c.lazy(from, inner) };
  });
  const members = [...bindings.statics.values()].map((binding) => {
    const variable = names.get(binding.name)!;
    const value = bindingValue(c, binding, inner, env, sources);
    if (c.inOrder) variable.ready = true;
    return { variable, value };
  });
  return { inner, members: [...sources, ...members] };
}

/** An `inherit` looks outside; everything else in the scope of the bindings. */
function bindingValue(c: Emitter, binding: Binding, inner: Env, outer: Env, sources: readonly Member[]): Lazy {
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
  const { inner, members } = recursiveGroup(c, bindings, env);
  const assigned = assignAll(members, c.inOrder);
  const set = newSet(c, e, (binding) => read(env, members.at(binding)!.variable), bindings.inheritFrom.length);
  return assigned.length === 0
    ? withDynamics(c, e, set, inner)
    : `(${assigned.join(',')},${withDynamics(c, e, set, inner)})`;
}

/** Text of the set of the static bindings; `valueOf` gets the place of a binding in the source, from `first` on. */
function newSet(c: Emitter, e: AttrsExpr, valueOf: (place: number) => string, first = 0): string {
  const places = [...e.bindings.statics.values()]
    .map((binding, i) => ({ name: binding.name, pos: binding.pos, place: first + i }))
    .sort((a, b) => byteOrder(a.name, b.name));
  if (places.length === 0) return 'EMPTY';
  const shape = c.file.shape(
    places.map(({ name }) => name),
    places.map(({ pos }) => pos),
  );
  return `new A(${shape},[${places.map(({ place }) => valueOf(place)).join(',')}])`;
}

function plainSet(c: Emitter, e: AttrsExpr, env: Env): string {
  const { statics, inheritFrom } = e.bindings;
  const sources = inheritFrom.map((from) => ({ variable: c.file.variable(env.fn), value: c.lazy(from, env) }));
  const values = [...statics.values()].map((binding) => bindingValue(c, binding, env, env, sources).text);
  const set = newSet(c, e, (place) => values[place]!);
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
  const { inner, members } = recursiveGroup(c, e.bindings, env);
  const statics = [...e.bindings.statics.values()];
  const closures = members.map(({ variable, value }, i) => {
    const binding = statics[i - e.bindings.inheritFrom.length];
    const direct = binding?.kind === 'inherit' || isConstantValue(binding);
    return `${variable.js}=${direct ? value.text : `new T(()=>F(${value.text}))`}`;
  });
  const first = e.bindings.inheritFrom.length;
  const overrides = c.file.variable(env.fn).js;
  const place = statics.findIndex(({ name }) => name === '__overrides');
  const replaced = statics.map(({ name }, i) => {
    const { js } = members[first + i]!.variable;
    return `${js}=OV(${overrides},${literal(name)},${js})`;
  });
  for (const { variable } of members) variable.ready = true;
  const set = newSet(c, e, (at) => members[at]!.variable.js, first);
  const own = c.file.variable(env.fn).js;
  const steps = [
    ...closures,
    `${own}=${set}`,
    `${overrides}=OVERRIDES(${members[first + place]!.variable.js})`,
    ...replaced,
    withDynamics(c, e, `U(${overrides},${own})`, inner),
  ];
  return `(${steps.join(',')})`;
}

const isConstantValue = (binding: Binding | undefined): boolean =>
  binding?.kind === 'plain' && binding.value.kind === 'string' && constantText(binding.value) !== undefined;

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
  const parts = values.map((binding) => bindingValue(c, binding, env, env, []));
  const text = newSet(c, e, (place) => parts[place]!.text);
  return { text, needs: parts.flatMap(({ needs }) => needs) };
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
