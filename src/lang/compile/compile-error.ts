/** What is wrong with a program before it runs. */

/** A name that no scope binds, with its offset in the source. */
export class UndefinedVariable extends Error {
  readonly variable: string;
  readonly offset: number;
  constructor(variable: string, offset: number) {
    super(`undefined variable '${variable}'`);
    this.variable = variable;
    this.offset = offset;
  }
}
