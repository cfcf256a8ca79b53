/**
 * The values of the language, as JavaScript values.
 *
 *   integer   number while it is safe, else bigint (always normalised: numbers.ts)
 *   string    a JavaScript byte string; `Str` only where it has a context
 *   list      an array, never changed after it was made
 *   others    the classes below; booleans and null are JavaScript's
 *
 * A `Value` may be a `Thunk` still to be forced; a `Forced` is in weak head normal form. The classes stand in one
 * file because they name each other; what is done with them is in the files around.
 */
import type { Pos } from '../source.ts';
import type { Context } from './context.ts';
import { emptyShape, type Shape } from './shape.ts';

export type Value = Forced | Thunk;
export type Forced = Int | string | boolean | null | Str | Float | Path | List | Attrs | Fn;
export type Int = number | bigint;
export type List = readonly Value[];

/** A string with a context. */
export class Str {
  readonly text: string;
  readonly context: Context;
  constructor(text: string, context: Context) {
    this.text = text;
    this.context = context;
  }
}

export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/**
 * The NaN that is printed without a sign; every other one has one, as processors give it to what they cannot compute.
 * JavaScript hides the sign, so it is this very object.
 */
export const unsignedNaN: Float = new Float(Number.NaN);

/** An absolute, canonical path. */
export class Path {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

/** What a thunk runs: gets the thunk's two operands, returns a forced value. */
export type Code = (v: never, w: never) => Forced;

/**
 * A suspended computation, and then its result. While `f` is a function it is not evaluated; once it is null the
 * result is in `v`. Code with two operands needs no closure of its own.
 */
export class Thunk {
  f: Code | null;
  v: unknown;
  w: unknown;
  constructor(f: Code, v?: unknown, w?: unknown) {
    this.f = f;
    this.v = v;
    this.w = w;
  }
}

/** What a set holds itself, without what lies below it. */
export interface Layer {
  readonly shape: Shape;
  readonly values: readonly Value[];
}

/** `below // above`, of what both hold themselves. */
export function mergeLayers(below: Layer, above: Layer): Layer {
  const { shape, plan } = below.shape.mergeWith(above.shape);
  return { shape, values: fill(plan, below.values, above.values) };
}

/**
 * An attribute set. `below` is a set that this one lies on top of (`//` with a large left operand does not copy);
 * `flat` brings both together and must be called before `shape` and `values` are read as the whole.
 */
export class Attrs {
  shape: Shape;
  values: readonly Value[];
  below: Attrs | null;

  constructor(shape: Shape, values: readonly Value[]) {
    this.shape = shape;
    this.values = values;
    this.below = null;
  }

  /** This set as one layer. The upper layers are small: they are merged with each other before the large lowest one. */
  flat(): this {
    let below = this.below;
    if (below === null) return this;
    let upper: Layer = this;
    for (; below.below !== null; below = below.below) upper = mergeLayers(below, upper);
    const { shape, values } = mergeLayers(below, upper);
    this.values = values;
    this.shape = shape;
    this.below = null;
    return this;
  }

  get size(): number {
    return this.below === null ? this.values.length : this.flat().values.length;
  }

  /** The value of an attribute, not forced, or undefined. */
  get(name: string): Value | undefined {
    const at = this.shape.find(name);
    if (at >= 0) return this.values[at];
    return this.below === null ? undefined : this.below.get(name);
  }

  has(name: string): boolean {
    return this.shape.find(name) >= 0 || (this.below?.has(name) ?? false);
  }

  /** In byte order. */
  names(): readonly string[] {
    return this.flat().shape.names;
  }

  /** The value at a place of `names()`. */
  valueAt(at: number): Value {
    return this.flat().values[at]!;
  }

  /** Where an attribute was defined; 0 when unknown or when there is none. */
  positionOf(name: string): Pos {
    const at = this.shape.find(name);
    if (at >= 0) return this.shape.positionAt(at);
    return this.below?.positionOf(name) ?? 0;
  }

  positionAt(at: number): Pos {
    return this.flat().shape.positionAt(at);
  }
}

/** The values of a merge (see shape.ts). */
export function fill(plan: readonly number[], left: readonly Value[], right: readonly Value[]): Value[] {
  const values = new Array<Value>(plan.length);
  for (let i = 0; i < plan.length; i++) {
    const at = plan[i]!;
    values[i] = at >= 0 ? left[at]! : right[~at]!;
  }
  return values;
}

export const emptyAttrs: Attrs = new Attrs(emptyShape, []);

/** What is called: a JavaScript function of exactly `arity` values that returns a forced value. */
export abstract class Fn {
  readonly arity: number;
  readonly fn: (...args: Value[]) => Forced;
  constructor(arity: number, fn: (...args: Value[]) => Forced) {
    this.arity = arity;
    this.fn = fn;
  }
}

export interface FormalInfo {
  readonly name: string;
  readonly hasDefault: boolean;
  readonly pos: Pos;
}

/** What is known of one `x:` or `{ … }:`. */
export interface LambdaInfo {
  /** The attribute or variable that it was first bound to. */
  readonly name: string | undefined;
  readonly pos: Pos;
  /** The name of the whole argument. */
  readonly argument: string | undefined;
  /** In the order as written. */
  readonly formals: readonly FormalInfo[] | undefined;
  readonly ellipsis: boolean;
}

/** What a file knows of its functions. */
export interface LambdaSites {
  lambdaInfo(site: number): readonly LambdaInfo[];
}

/** A function of the program. `a: b: c` is one of arity 2. */
export class Lambda extends Fn {
  readonly sites: LambdaSites;
  readonly site: number;
  constructor(arity: number, fn: (...args: Value[]) => Forced, sites: LambdaSites, site: number) {
    super(arity, fn);
    this.sites = sites;
    this.site = site;
  }

  /** One for each argument. */
  get info(): readonly LambdaInfo[] {
    return this.sites.lambdaInfo(this.site);
  }
}

export class Builtin extends Fn {
  readonly name: string;
  constructor(name: string, arity: number, fn: (...args: Value[]) => Forced) {
    super(arity, fn);
    this.name = name;
  }
}

/** A function that has some, not all, of its arguments. */
export class PartialApp extends Fn {
  readonly target: Lambda | Builtin;
  readonly args: readonly Value[];
  constructor(target: Lambda | Builtin, args: readonly Value[]) {
    super(target.arity - args.length, withFirst(target.fn, target.arity, args));
    this.target = target;
    this.args = args;
  }
}

/** The rest of a function; the usual cases without spreading arguments. */
function withFirst(fn: Fn['fn'], arity: number, args: readonly Value[]): Fn['fn'] {
  const [a, b] = args as [Value, Value];
  if (arity === 2) return (second) => fn(a, second!);
  if (arity === 3 && args.length === 1) return (second, third) => fn(a, second!, third!);
  if (arity === 3 && args.length === 2) return (third) => fn(a, b, third!);
  return (...rest) => fn(...args, ...rest);
}

/** What a function that is a lambda (or the rest of one) says of its next argument; undefined for builtins. */
export function lambdaInfo(fn: Fn): LambdaInfo | undefined {
  if (fn instanceof Lambda) return fn.info[0];
  if (fn instanceof PartialApp && fn.target instanceof Lambda) return fn.target.info[fn.args.length];
  return undefined;
}
