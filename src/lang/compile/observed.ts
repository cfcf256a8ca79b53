/** Code that tells an observer of the calls of its functions. */
import type { Expr } from '../syntax/ast.ts';
import { type Compiled, FastEmitter, fileCode } from './compile.ts';
import type { CompileOptions, Env } from './emit.ts';

class ObservedEmitter extends FastEmitter {
  override functionBody(steps: readonly string[], value: string, env: Env, site: number): string {
    const body = super.functionBody(steps, value, env, site);
    return `OBSERVE(m,${site},()=>${body.startsWith('{') ? `(${body})` : body})`;
  }
}

export function compileObserved(
  ast: Expr,
  options: CompileOptions,
  helperNames: readonly string[],
  scope: readonly string[] = [],
): Compiled {
  return fileCode(new ObservedEmitter(options, ast), ast, helperNames, scope);
}
