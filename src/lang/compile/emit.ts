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
import type { FileText } from './file-text.ts';
import { JsFunction, type Variable } from './js-function.ts';
import type { Scope } from './scope.ts';

/** Where an expression stands: what names mean, and which function its text becomes a part of. */
export interface Env {
  readonly scope: Scope;
  readonly fn: JsFunction;
}

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

/** A thunk whose operands can be filled in after it was made. */
export interface OpenThunk {
  readonly text: string;
  readonly code: string;
  readonly operands: readonly (Variable | string)[];
}

/** Writes the expressions of one file. */
export interface Emitter {
  readonly options: CompileOptions;
  readonly file: FileText;
  /** Puts the names of a group of bindings in the order in which these are made; undefined: any order will do. */
  readonly order: ((names: readonly string[]) => readonly string[]) | undefined;
  /** The function that the file consists of, if it does. */
  readonly home: Expr | undefined;
  /** Collects variables that a lazy text reads when it runs and that are not assigned yet; null: nobody asks. */
  needs: Variable[] | null;
  /** The last thunk that was written with operands among these. */
  openThunk: OpenThunk | null;
  /** `name` is the attribute or variable that the value is bound to. */
  strict(e: Expr, env: Env, name?: string): string;
  lazy(e: Expr, env: Env, name?: string): string;
  /** The steps of a function and its value; `site` is its place in the table of functions. */
  functionBody(steps: readonly string[], value: string, env: Env, site: number): string;
  /** The attribute that `inherit (source) name` takes. */
  inherited(name: string, source: Variable, env: Env, pos: number): string;
}

/** Reads a variable. */
export function read(env: Env, variable: Variable): string {
  env.fn.capture(variable);
  return variable.js;
}

/** `new T(code,…operands)`: variables, or texts of constants. */
export function thunkCall(c: Emitter, env: Env, code: string, operands: readonly (Variable | string)[]): string {
  let text = `new T(${code}`;
  let open = false;
  for (const operand of operands) {
    if (typeof operand === 'string') text += `,${operand}`;
    else {
      text += `,${read(env, operand)}`;
      if (!operand.ready && c.needs !== null) {
        c.needs.push(operand);
        open = true;
      }
    }
  }
  text += ')';
  if (open) c.openThunk = { text, code, operands };
  return text;
}

/** A thunk that evaluates an expression. */
export function suspend(c: Emitter, e: Expr, env: Env, name?: string): string {
  const fn = new JsFunction(env.fn);
  const { needs } = c;
  c.needs = null;
  const body = c.strict(e, { scope: env.scope, fn }, name);
  c.needs = needs;
  const { captures } = fn;
  if (captures.length > 2) return `new T(()=>${fn.arrowBody(body)})`;
  let parameters = '';
  for (const { js } of captures) parameters = parameters === '' ? js : `${parameters},${js}`;
  return thunkCall(c, env, c.file.hoist(parameters, fn.block(body), fn.readsHome), captures);
}
