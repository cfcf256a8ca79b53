/**
 * The other way to write code: with every position that an error may need, and a thunk wherever the language has one.
 * It runs only to explain an error that the fast code ended in. Helpers that begin with `T` and a second capital take
 * positions and add to traces (runtime/traced.ts).
 */
import type {
  ApplyExpr,
  AttrName,
  BinaryExpr,
  Expr,
  PathExpr,
  SelectExpr,
  StringExpr,
  VarExpr,
} from '../syntax/ast.ts';
import { type Compiled, FastEmitter, fileCode } from './compile.ts';
import { type CompileOptions, type Env, read, suspend } from './emit.ts';
import type { Variable } from './js-function.ts';
import { constantText } from './literals.ts';
import { staticName } from './selection.ts';
import { literal } from './text.ts';
import { global, lazyVariable, operands, withSets } from './variables.ts';

export interface TracedOptions extends CompileOptions {
  /** An expression as failed assertions show it. */
  readonly show: (e: Expr) => string;
  /** Told of all names of the file before `order` is asked. */
  readonly meet: (names: readonly string[]) => void;
  /** The order in which bindings of these names are made. */
  readonly order: (names: readonly string[]) => readonly string[];
}

/** Compiles a file for exact errors. */
export function compileTraced(
  ast: Expr,
  options: TracedOptions,
  helperNames: readonly string[],
  scope: readonly string[] = [],
): Compiled {
  const first = new TracedEmitter(ast, options, (names) => names);
  fileCode(first, ast, helperNames, scope);
  options.meet(first.file.namesMet());
  return fileCode(new TracedEmitter(ast, options, options.order), ast, helperNames, scope);
}

/** A position for a helper. */
const at = (pos: number | undefined): string => (pos === undefined ? '0' : `m.at(${pos})`);

/** Where an error about an expression points: literals and `let` have no place of their own. */
function placeOf(e: Expr): number | undefined {
  switch (e.kind) {
    case 'int':
    case 'float':
    case 'path':
    case 'let':
      return e.kind === 'path' && e.parts.length > 1 ? e.pos : undefined;
    case 'string':
      return constantText(e) === undefined ? e.pos : undefined;
    case 'list':
      return e.items[0] === undefined ? undefined : placeOf(e.items[0]);
    case 'has-attr':
      return placeOf(e.subject);
    case 'unary':
      return e.op === '!' ? placeOf(e.operand) : e.pos;
    case 'binary':
      return e.op === '==' || e.op === '!=' ? undefined : e.pos;
    default:
      return e.pos;
  }
}

class TracedEmitter extends FastEmitter {
  override readonly order: (names: readonly string[]) => readonly string[];
  readonly #show: (e: Expr) => string;

  constructor(ast: Expr, options: TracedOptions, order: (names: readonly string[]) => readonly string[]) {
    super(options, ast);
    this.#show = options.show;
    this.order = order;
  }

  override strict(e: Expr, env: Env, name?: string): string {
    switch (e.kind) {
      case 'string':
        return constantText(e) === undefined ? this.#string(e, env) : super.strict(e, env);
      case 'path':
        return e.parts.length > 1 ? this.#path(e, env) : super.strict(e, env);
      case 'search-path':
        return this.#apply(searchCall(e.path, e.pos), env);
      case 'var':
        return this.#variable(e, env);
      case 'select':
        return this.#select(e, env);
      case 'apply':
        return this.#apply(e, env);
      case 'if':
        return `(${this.#test(e.condition, env, at(e.pos), 'while evaluating a branch condition')}?${this.strict(e.then, env)}:${this.strict(e.otherwise, env)})`;
      case 'assert':
        return this.#assert(e, env);
      case 'unary':
        return e.op === '!' ? this.#not(e.operand, env) : this.#operator('__sub', zero(e.pos), e.operand, e.pos, env);
      case 'binary':
        return this.#binary(e, env);
      default:
        return super.strict(e, env, name);
    }
  }

  override lazy(e: Expr, env: Env, name?: string): string {
    switch (e.kind) {
      case 'lambda':
        return suspend(this, e, env, name);
      case 'int':
      case 'float':
        return this.strict(e, env);
      case 'string':
        return constantText(e) === undefined ? suspend(this, e, env) : this.strict(e, env);
      case 'path':
        return e.parts.length > 1 ? suspend(this, e, env) : this.strict(e, env);
      case 'list':
        return e.items.length === 0 ? '[]' : suspend(this, e, env);
      case 'var':
        return this.#lazyVariable(e, env);
      default:
        return suspend(this, e, env);
    }
  }

  override functionBody(steps: readonly string[], value: string, _env: Env, site: number): string {
    return `TBODY(m,${site},()=>(${[...steps, '0'].join(',')}),()=>(${value}))`;
  }

  override inherited(name: string, source: Variable, env: Env, pos: number): string {
    return `new T(()=>TS(${read(env, source)},[${literal(name)}],${at(pos)},[""]))`;
  }

  /** The variable itself where it is assigned when this runs, a thunk for it where it is not. */
  #lazyVariable(e: VarExpr, env: Env): string {
    const found = env.scope.find(e.name);
    const direct = found === undefined ? this.options.globals.has(e.name) : found.ready || found.owner !== env.fn;
    return direct ? lazyVariable(this, e, env) : suspend(this, e, env);
  }

  #variable(e: VarExpr, env: Env): string {
    this.file.meet(e.name, e.pos);
    const found = env.scope.find(e.name);
    if (found !== undefined) return `TF(${read(env, found)},${at(e.pos)})`;
    if (this.options.globals.has(e.name)) return global(this, e.name);
    const sets = withSets(e, env).map(({ variable, pos }) => `[${read(env, variable)},${at(pos)}]`);
    return `TW([${sets.join(',')}],${literal(e.name)},${at(e.pos)})`;
  }

  #string(e: StringExpr, env: Env): string {
    const parts = e.parts.map((part, i) =>
      typeof part === 'string' ? literal(part) : `TQ(${this.strict(part, env)},${at(e.at[i])})`,
    );
    return `J([${parts.join(',')}])`;
  }

  #path(e: PathExpr, env: Env): string {
    const parts = e.parts.map((part, i) =>
      typeof part === 'string' ? literal(part) : `TQP(${this.strict(part, env)},${at(e.at[i])})`,
    );
    return `TJP(m,${parts[0]},[${parts.slice(1).join(',')}],${at(e.pos)})`;
  }

  /** A name of an attribute path; one that is computed is computed when its turn comes. */
  #step(step: AttrName, env: Env): string {
    const name = staticName(step);
    if (name !== undefined) {
      this.file.meet(name, step.pos);
      return literal(name);
    }
    const expr = exprOf(step);
    return `()=>TN(${this.strict(expr, env)},${at(placeOf(expr))})`;
  }

  #select(e: SelectExpr, env: Env): string {
    // In this order: of several variables that nobody knows, the first is reported.
    const subject = this.strict(e.subject, env);
    const fallback = e.fallback === undefined ? '' : `,()=>${wrap(this.strict(e.fallback, env))}`;
    const path = e.path.map((step) => this.#step(step, env)).join(',');
    // The texts of names that are computed, for where computing them fails.
    const shown = e.path.map((step) => (staticName(step) === undefined ? literal(this.#show(exprOf(step))) : '""'));
    return `TS(${subject},[${path}],${at(e.pos)},[${shown.join(',')}]${fallback})`;
  }

  #apply(e: ApplyExpr, env: Env): string {
    const fn = this.strict(e.fn, env);
    const args = e.args.map((arg) => this.lazy(arg, env));
    return `TC(${fn},[${args.join(',')}],${at(e.pos)})`;
  }

  /** A condition: whatever goes wrong with it gets `what` as a line of its trace. */
  #test(e: Expr, env: Env, place: string, what: string): string {
    return `TB(()=>${wrap(this.strict(e, env))},${place},${literal(what)})`;
  }

  #not(operand: Expr, env: Env): string {
    return `!${this.#test(operand, env, at(placeOf(operand)), 'in the argument of the not operator')}`;
  }

  #assert(e: Extract<Expr, { kind: 'assert' }>, env: Env): string {
    const { condition } = e;
    const test = this.#test(condition, env, at(e.pos), 'in the condition of the assert statement');
    const sides =
      condition.kind === 'binary' && condition.op === '=='
        ? `,()=>[${this.strict(condition.left, env)},${this.strict(condition.right, env)}]`
        : '';
    const failure = `TASSERT(${literal(this.#show(condition))},${at(e.pos)}${sides})`;
    return `(${test}?${this.strict(e.body, env)}:${failure})`;
  }

  #binary(e: BinaryExpr, env: Env): string {
    const both = (operator: string): readonly [string, string] => [
      this.#test(e.left, env, at(e.pos), `in the left operand of the ${operator} operator`),
      this.#test(e.right, env, at(e.pos), `in the right operand of the ${operator} operator`),
    ];
    switch (e.op) {
      case '==':
        return `E(${operands(this, e.left, e.right, env)})`;
      case '!=':
        return `!E(${operands(this, e.left, e.right, env)})`;
      case '&&':
        return `(${both('AND (&&)').join('&&')})`;
      case '||':
        return `(${both('OR (||)').join('||')})`;
      case '->':
        return `(!${both('IMPL (->)').join('||')})`;
      case '//':
        return `U(${this.#set(e.right, env, 'right')},${this.#set(e.left, env, 'left')})`;
      case '++':
        return `TK(${this.strict(e.left, env)},${this.strict(e.right, env)},${at(e.pos)})`;
      case '+':
        return this.#plus(e, env);
      default:
        return this.#builtinOperator(e, env);
    }
  }

  #set(e: Expr, env: Env, side: string): string {
    const text = this.strict(e, env);
    if (e.kind === 'binary' && e.op === '//') return text;
    return `TU(()=>${wrap(text)},${at(placeOf(e))},${literal(`in the ${side} operand of the update (//) operator`)})`;
  }

  #plus(e: BinaryExpr, env: Env): string {
    const sides = [e.left, e.right].map((side) => `()=>${wrap(this.strict(side, env))}`);
    return `TADD(${sides.join(',')},${at(e.pos)},${at(e.leftPos)},${at(e.rightPos)})`;
  }

  #builtinOperator(e: BinaryExpr, env: Env): string {
    switch (e.op) {
      case '-':
        return this.#operator('__sub', e.left, e.right, e.pos, env);
      case '*':
        return this.#operator('__mul', e.left, e.right, e.pos, env);
      case '/':
        return this.#operator('__div', e.left, e.right, e.pos, env);
      case '<':
        return this.#operator('__lessThan', e.left, e.right, e.pos, env);
      case '>':
        return this.#operator('__lessThan', e.right, e.left, e.pos, env);
      case '<=':
        return this.#not(call('__lessThan', [e.right, e.left], e.pos), env);
      default:
        return this.#not(call('__lessThan', [e.left, e.right], e.pos), env);
    }
  }

  #operator(name: string, left: Expr, right: Expr, pos: number, env: Env): string {
    return this.#apply(call(name, [left, right], pos), env);
  }
}

const exprOf = (step: AttrName): Expr => (step as { readonly expr: Expr }).expr;

const zero = (pos: number): Expr => ({ kind: 'int', value: 0, pos });

function call(name: string, args: readonly Expr[], pos: number): ApplyExpr {
  return { kind: 'apply', fn: { kind: 'var', name, pos }, args, pos };
}

function searchCall(path: string, pos: number): ApplyExpr {
  const text: Expr = { kind: 'string', parts: [path], at: [pos], pos };
  return call('__findFile', [{ kind: 'var', name: '__nixPath', pos }, text], pos);
}

/** An expression as the body of an arrow function. */
const wrap = (text: string): string => (text.startsWith('{') ? `(${text})` : text);
