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
  /** Variables of functions around that are read here, in the order in which they were first read. */
  readonly captures: Variable[] = [];
  private locals = '';

  constructor(parent: JsFunction | undefined) {
    this.parent = parent;
  }

  declare(name: string): void {
    this.locals = this.locals === '' ? name : `${this.locals},${name}`;
  }

  /** Notes that a variable is read here: in this function and in all between it and the variable's own. */
  capture(variable: Variable): void {
    const { owner } = variable;
    for (let fn: JsFunction | undefined = this; fn !== undefined && fn !== owner; fn = fn.parent) {
      if (fn.captures.includes(variable)) return;
      fn.captures.push(variable);
    }
  }

  /** The body with its declarations, for after `=>`. */
  arrowBody(expression: string): string {
    if (this.locals !== '') return this.block(expression);
    return expression.charCodeAt(0) === 123 ? `(${expression})` : expression;
  }

  /** The body with its declarations, as a block. */
  block(expression: string): string {
    return this.locals === '' ? `{return ${expression}}` : `{var ${this.locals};return ${expression}}`;
  }
}
