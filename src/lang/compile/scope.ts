/**
 * Names to variables, at compile time. A variable is found in the nearest scope that binds it; only what no scope
 * binds, and no global does, is looked for in the sets of the `with`s around, innermost first.
 */
import type { Variable } from './js-function.ts';

export type Found =
  | { readonly kind: 'local'; readonly variable: Variable }
  | { readonly kind: 'global'; readonly name: string }
  | { readonly kind: 'with'; readonly sets: readonly WithSet[] };

/** The variable that holds the set of a `with`, and where the `with` stands. */
export interface WithSet {
  readonly variable: Variable;
  readonly pos: number;
}

export class Scope {
  readonly #parent: Scope | undefined;
  readonly #names: ReadonlyMap<string, Variable>;
  readonly #with: WithSet | undefined;

  private constructor(parent: Scope | undefined, names: ReadonlyMap<string, Variable>, set: WithSet | undefined) {
    this.#parent = parent;
    this.#names = names;
    this.#with = set;
  }

  static readonly empty: Scope = new Scope(undefined, new Map(), undefined);

  binding(names: ReadonlyMap<string, Variable>): Scope {
    return new Scope(this, names, undefined);
  }

  within(set: WithSet): Scope {
    return new Scope(this, new Map(), set);
  }

  /** What a name means here; undefined when it means nothing. */
  find(name: string, isGlobal: (name: string) => boolean): Found | undefined {
    const sets: WithSet[] = [];
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#parent) {
      const variable = scope.#names.get(name);
      if (variable !== undefined) return { kind: 'local', variable };
      if (scope.#with !== undefined) sets.push(scope.#with);
    }
    if (isGlobal(name)) return { kind: 'global', name };
    return sets.length > 0 ? { kind: 'with', sets } : undefined;
  }
}
