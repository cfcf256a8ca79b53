/**
 * What the writers of expressions share: the file that is being written, and the two ways to write an expression.
 *
 * `strict` text evaluates the expression now, to a forced value. `lazy` text makes a value of it without evaluating
 * anything: a constant, a variable, a function, or a thunk. A thunk whose code reads at most two variables is
 * `new T(code,x,y)` with the code as a function of the file, so that it costs no closure.
 *
 * The names of runtime helpers are single capital letters or words in capitals (runtime/operators.ts says what they
 * do); variables are a small letter and digits; `m` is the file's module, `s` its shapes.
 */
import type { Expr } from '../syntax/ast.ts';
import { JsFunction, type Variable } from './js-function.ts';
import type { Scope } from './scope.ts';
import { literal, nameOf } from './text.ts';

/** Where an expression stands: what names mean, and which function its text becomes a part of. */
export interface Env {
  readonly scope: Scope;
  readonly fn: JsFunction;
}

/** Text that makes a value without evaluating. */
export interface Lazy {
  readonly text: string;
  /** Variables read when the text runs that were not assigned yet when it was written. */
  readonly needs: readonly Variable[];
  /** Set where the text is `new T(code,…operands)`: then operands can be filled in later. */
  readonly thunk?: { readonly code: string; readonly operands: readonly (Variable | string)[] } | undefined;
}

export type Rule<K extends Expr['kind']> = (c: Emitter, e: Extract<Expr, { kind: K }>, env: Env) => string;
export type Rules = { readonly [K in Expr['kind']]: Rule<K> };

/** What is known of a global at compile time. */
export interface Global {
  /** The number of arguments of a builtin; 0 for a constant. */
  readonly arity: number;
  /** JavaScript for constants that have a literal. */
  readonly literal?: string;
}

export interface CompileOptions {
  /** Variables of every file: `map`, `__add`, `true`. */
  readonly globals: ReadonlyMap<string, Global>;
  /** The names in `builtins`, and the global that each is. */
  readonly builtins: ReadonlyMap<string, string>;
}

/** Writes the expressions of one file. */
export interface Emitter {
  readonly options: CompileOptions;
  readonly file: FileText;
  /** Puts the names of a group of bindings in the order in which these are made; undefined: any order will do. */
  readonly order: ((names: readonly string[]) => readonly string[]) | undefined;
  /** `name` is the attribute or variable that the value is bound to. */
  strict(e: Expr, env: Env, name?: string): string;
  lazy(e: Expr, env: Env, name?: string): Lazy;
  /** The steps of a function and its value; `site` is its place in the table of functions. */
  functionBody(steps: readonly string[], value: string, env: Env, site: number): string;
  /** What a new set is told of the place of its literal: nothing, or one more argument. */
  place(pos: number): string;
  /** The attribute that `inherit (source) name` takes. */
  inherited(name: string, source: Variable, env: Env, pos: number): Lazy;
}

/** The text of a file apart from its expressions: functions, globals in use, and tables. */
export class FileText {
  readonly functions: string[] = [];
  readonly #globals = new Map<string, string>();
  /** For each set literal the offsets of its names, in byte order of these. */
  readonly shapes: (readonly number[])[] = [];
  readonly lambdas: unknown[] = [];
  #names = 0;
  readonly #met = new Map<string, number>();
  #last = 0;

  /** Notes a name of the source and where it stands. */
  meet(name: string, pos: number): void {
    this.#last = Math.max(this.#last, pos);
    if (pos < (this.#met.get(name) ?? Infinity)) this.#met.set(name, pos);
  }

  /** Notes a name that counts as met after everything so far. */
  meetLast(name: string): void {
    this.meet(name, this.#last + 0.5);
  }

  /** All names of the source in the order in which reading it meets them first. */
  namesMet(): string[] {
    return [...this.#met].sort(([, a], [, b]) => a - b).map(([name]) => name);
  }

  fresh(): string {
    return nameOf(this.#names++);
  }

  /** A new variable of a function. */
  variable(owner: JsFunction, ready = true): Variable {
    const js = this.fresh();
    owner.declare(js);
    return { js, owner, ready };
  }

  /** A new parameter of a function. */
  parameter(owner: JsFunction): Variable {
    return { js: this.fresh(), owner, ready: true };
  }

  /** The name of a function of the file. */
  hoist(parameters: readonly string[], body: string): string {
    const name = this.fresh();
    this.functions.push(`function ${name}(${parameters.join(',')})${body}`);
    return name;
  }

  /** The variable of the file that holds a global. */
  global(name: string): string {
    let js = this.#globals.get(name);
    if (js === undefined) {
      js = this.fresh();
      this.#globals.set(name, js);
    }
    return js;
  }

  /** Declarations of the globals in use. */
  declarations(): string {
    const all = [...this.#globals].map(([name, js]) => `${js}=GLOBAL(${literal(name)})`);
    return all.length === 0 ? '' : `var ${all.join(',')};`;
  }

  /** The shape of a set literal: made when the literal is first evaluated. */
  shape(names: readonly string[], positions: readonly number[]): string {
    const site = this.shapes.push(positions) - 1;
    return `s[${site}]||SHAPE(m,${site},[${names.map(literal).join(',')}])`;
  }

  lambda(info: unknown): number {
    return this.lambdas.push(info) - 1;
  }
}

/** Reads a variable. */
export function read(env: Env, variable: Variable): string {
  env.fn.capture(variable);
  return variable.js;
}

/** A thunk for `body`, which was written as the body of `fn`. */
export function thunkOf(c: Emitter, env: Env, fn: JsFunction, body: string): Lazy {
  const captures = fn.captures;
  if (captures.length > 2) return { text: `new T(()=>${fn.arrowBody(body)})`, needs: [] };
  const code = c.file.hoist(
    captures.map(({ js }) => js),
    fn.block(body),
  );
  return thunkCall(env, code, captures);
}

/** `new T(code,…operands)`: variables, or texts of constants. */
export function thunkCall(env: Env, code: string, operands: readonly (Variable | string)[]): Lazy {
  const texts = operands.map((operand) => (typeof operand === 'string' ? operand : read(env, operand)));
  const needs = operands.filter((operand) => typeof operand !== 'string' && !operand.ready) as Variable[];
  return { text: `new T(${[code, ...texts].join(',')})`, needs, thunk: { code, operands } };
}

/** A thunk that evaluates an expression. */
export function suspend(c: Emitter, e: Expr, env: Env, name?: string): Lazy {
  const fn = new JsFunction(env.fn);
  return thunkOf(c, env, fn, c.strict(e, { scope: env.scope, fn }, name));
}

/** Text without needs. */
export function plain(text: string): Lazy {
  return { text, needs: [] };
}
