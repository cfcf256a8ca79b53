/**
 * A JavaScript function that is being written: the variables it declares, and those of functions around it that it
 * reads. Names are unique in a file, so that the same text serves as a nested function and, with what it reads as
 * parameters, as a function of the file.
 *
 * Besides the file itself the function that most files consist of (`{ lib }: …`) is a *home*: functions in it that
 * read its variables are written side by side in it, in sight of these, and take only what else they read.
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
  /** Variables of functions around that are no homes, in the order in which they were first read. */
  readonly captures: Variable[] = [];
  /** The home whose variables are read here, besides the file's. */
  readsHome: JsFunction | undefined;
  private readonly isHome: boolean;
  private locals = '';
  private functions = '';

  constructor(parent: JsFunction | undefined, isHome = parent === undefined) {
    this.parent = parent;
    this.isHome = isHome;
  }

  declare(name: string): void {
    this.locals = this.locals === '' ? name : `${this.locals},${name}`;
  }

  /** Notes that a variable is read here: in this function and in all between it and the variable's own. */
  capture(variable: Variable): void {
    const { owner } = variable;
    if (owner.isHome) this.readFromHome(owner);
    else {
      for (let fn: JsFunction | undefined = this; fn !== undefined && fn !== owner; fn = fn.parent) {
        if (fn.captures.includes(variable)) return;
        fn.captures.push(variable);
      }
    }
  }

  private readFromHome(home: JsFunction): void {
    if (home.parent === undefined) return;
    for (let fn: JsFunction | undefined = this; fn !== undefined && fn !== home; fn = fn.parent) fn.readsHome = home;
  }

  /** Adds a function that is written in this one. */
  add(text: string): void {
    this.functions += text;
  }

  /** The body with its declarations, for after `=>`. */
  arrowBody(expression: string): string {
    if (this.locals !== '' || this.functions !== '') return this.block(expression);
    return expression.charCodeAt(0) === 123 ? `(${expression})` : expression;
  }

  /** The body with its declarations, as a block. */
  block(expression: string): string {
    const declared = this.locals === '' ? '' : `var ${this.locals};`;
    const functions = this.functions === '' ? '' : `\n${this.functions}`;
    return `{${declared}${functions}return ${expression}}`;
  }
}
