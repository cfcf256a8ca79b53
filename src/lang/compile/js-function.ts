/**
 * A JavaScript function that is being written: the variables it declares, and those of functions around it that it
 * reads. Names are unique in a file, so that the same text serves as a nested function and, with what it reads as
 * parameters, as a function of the file.
 */

/** A variable of the program, as a variable of a JavaScript function. */
export interface Variable {
  readonly js: string;
  readonly owner: JsFunction;
  /** Already assigned where the code that is being written now runs; false while its group of bindings is made. */
  ready: boolean;
}

export class JsFunction {
  readonly parent: JsFunction | undefined;
  readonly #locals: string[] = [];
  readonly #captures = new Set<Variable>();

  constructor(parent: JsFunction | undefined) {
    this.parent = parent;
  }

  declare(name: string): void {
    this.#locals.push(name);
  }

  /** Notes that a variable is read here: in this function and in all between it and the variable's own. */
  capture(variable: Variable): void {
    for (let fn: JsFunction | undefined = this; fn !== undefined && fn !== variable.owner; fn = fn.parent)
      fn.#captures.add(variable);
  }

  get captures(): readonly Variable[] {
    return [...this.#captures];
  }

  /** The body with its declarations, for after `=>`. */
  arrowBody(expression: string): string {
    if (this.#locals.length > 0) return this.block(expression);
    return expression.startsWith('{') ? `(${expression})` : expression;
  }

  /** The body with its declarations, as a block. */
  block(expression: string): string {
    const declared = this.#locals.length > 0 ? `var ${this.#locals.join(',')};` : '';
    return `{${declared}return ${expression}}`;
  }
}
