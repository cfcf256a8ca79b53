/**
 * Names to variables, at compile time. A variable is found in the nearest scope that binds it; only what no scope
 * binds, and no global does, is looked for in the sets of the `with`s around, innermost first.
 */
import type { Variable } from './js-function.ts';

/** The variable that holds the set of a `with`, and where the `with` stands. */
export interface WithSet {
  readonly variable: Variable;
  readonly pos: number;
}

export class Scope {
  private readonly parent: Scope | undefined;
  private readonly names: ReadonlyMap<string, Variable> | undefined;
  private readonly set: WithSet | undefined;

  private constructor(
    parent: Scope | undefined,
    names: ReadonlyMap<string, Variable> | undefined,
    set: WithSet | undefined,
  ) {
    this.parent = parent;
    this.names = names;
    this.set = set;
  }

  static readonly empty: Scope = new Scope(undefined, undefined, undefined);

  binding(names: ReadonlyMap<string, Variable>): Scope {
    return new Scope(this, names, undefined);
  }

  within(set: WithSet): Scope {
    return new Scope(this, undefined, set);
  }

  /** The variable that a scope binds to a name. */
  find(name: string): Variable | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const variable = scope.names?.get(name);
      if (variable !== undefined) return variable;
    }
    return undefined;
  }

  /** The sets of the `with`s around, innermost first. */
  get sets(): readonly WithSet[] {
    const sets: WithSet[] = [];
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent)
      if (scope.set !== undefined) sets.push(scope.set);
    return sets;
  }
}
