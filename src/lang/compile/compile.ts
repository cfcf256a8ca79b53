/**
 * A syntax tree to JavaScript text. The text is a function of the file's module and of the runtime's helpers, in the
 * order of `helperNames`; it depends on nothing but the tree and the options, not even on where the file is.
 */
import type { Expr } from '../syntax/ast.ts';
import { attrs, lazyAttrs, lazyList, letIn } from './bindings.ts';
import { type CompileOptions, type Emitter, type Env, type OpenThunk, suspend, thunkCall } from './emit.ts';
import { apply, assert, binary, ifThenElse, lazyApply, unary, withScope } from './expressions.ts';
import { FileText } from './file-text.ts';
import { lambda } from './functions.ts';
import type { Variable } from './js-function.ts';
import { constantText, list, path, searchPath, string } from './literals.ts';
import { Scope } from './scope.ts';
import { hasAttr, lazySelect, select } from './selection.ts';
import { integer, literal } from './text.ts';
import { lazyVariable, variable } from './variables.ts';

export interface Compiled {
  readonly code: string;
  /** JSON: for each set literal the offsets of its names, for each function what is known of it, and all names. */
  readonly tables: string;
}

/** Writes as fast code as it can, without positions. */
export class FastEmitter implements Emitter {
  readonly options: CompileOptions;
  readonly file = new FileText();
  readonly home: Expr | undefined;
  readonly order: Emitter['order'] = undefined;
  needs: Variable[] | null = null;
  openThunk: OpenThunk | null = null;

  constructor(options: CompileOptions, ast: Expr) {
    this.options = options;
    this.home = homeOf(ast);
  }

  strict(e: Expr, env: Env, name?: string): string {
    switch (e.kind) {
      case 'int':
        return integer(e.value);
      case 'float':
        return `new D(${e.value})`;
      case 'string':
        return string(this, e, env);
      case 'path':
        return path(this, e, env);
      case 'search-path':
        return searchPath(this, e, env);
      case 'var':
        return variable(this, e, env);
      case 'select':
        return select(this, e, env);
      case 'has-attr':
        return hasAttr(this, e, env);
      case 'lambda':
        return lambda(this, e, env, name);
      case 'apply':
        return apply(this, e, env);
      case 'let':
        return letIn(this, e, env);
      case 'with':
        return withScope(this, e, env);
      case 'if':
        return ifThenElse(this, e, env);
      case 'assert':
        return assert(this, e, env);
      case 'unary':
        return unary(this, e, env);
      case 'binary':
        return binary(this, e, env);
      case 'list':
        return list(this, e, env);
      case 'attrs':
        return attrs(this, e, env);
      case 'cur-pos':
        return `m.here(${e.pos})`;
    }
  }

  lazy(e: Expr, env: Env, name?: string): string {
    switch (e.kind) {
      case 'int':
      case 'float':
        return this.strict(e, env);
      case 'string':
        return constantText(e) === undefined ? suspend(this, e, env) : this.strict(e, env);
      case 'path':
        return e.parts.length > 1 ? suspend(this, e, env) : this.strict(e, env);
      case 'var':
        return lazyVariable(this, e, env);
      case 'select':
        return lazySelect(this, e, env);
      case 'lambda':
        return lambda(this, e, env, name);
      case 'apply':
        return lazyApply(this, e, env);
      case 'list':
        return lazyList(this, e, env);
      case 'attrs':
        return lazyAttrs(this, e, env);
      default:
        return suspend(this, e, env);
    }
  }

  functionBody(steps: readonly string[], value: string, _env: Env, _site: number): string {
    return steps.length === 0 ? value : `(${[...steps, value].join(',')})`;
  }

  inherited(name: string, source: Variable, env: Env, _pos: number): string {
    return thunkCall(this, env, 'S', [source, literal(name)]);
  }
}

/** The function that a file consists of, apart from what may stand before it. */
function homeOf(ast: Expr): Expr | undefined {
  let e = ast;
  while (e.kind === 'let' || e.kind === 'with' || e.kind === 'assert') e = e.body;
  return e.kind === 'lambda' ? e : undefined;
}

/**
 * The code of a file. Names of `scope`, where given, are variables of the file, in the order of the extra arguments.
 */
export function fileCode(
  emitter: Emitter,
  ast: Expr,
  helperNames: readonly string[],
  scope: readonly string[] = [],
): Compiled {
  const { file } = emitter;
  const fn = file.main;
  const variables = new Map(scope.map((name) => [name, file.parameter(fn)]));
  const body = emitter.strict(ast, { scope: Scope.empty.binding(variables), fn });
  const parameters = ['m', 'GLOBAL', ...helperNames, ...[...variables.values()].map(({ js }) => js)];
  const head = `(function(${parameters.join(',')}){var s=m.shapes;${file.declarations()}`;
  const code = `${head}${fn.block(body).slice(1)})`;
  return { code, tables: JSON.stringify([file.shapes, file.lambdas, file.namesMet()]) };
}

/** Compiles a file for speed. */
export function compile(
  ast: Expr,
  options: CompileOptions,
  helperNames: readonly string[],
  scope: readonly string[] = [],
): Compiled {
  return fileCode(new FastEmitter(options, ast), ast, helperNames, scope);
}
