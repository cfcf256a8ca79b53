/** The text of a file apart from its expressions: functions, globals in use, and tables. */
import { JsFunction, type Variable } from './js-function.ts';
import { literal, nameOf } from './text.ts';

export class FileText {
  /** For each set literal the offsets of its names, in byte order of these. */
  readonly shapes: (readonly number[])[] = [];
  readonly lambdas: unknown[] = [];
  /** The file as a function. */
  readonly main: JsFunction = new JsFunction(undefined);
  private readonly globals = new Map<string, string>();
  private names = 0;
  private readonly met = new Map<string, number>();
  private last = 0;

  /** Notes a name of the source and where it stands. */
  meet(name: string, pos: number): void {
    if (pos > this.last) this.last = pos;
    const first = this.met.get(name);
    if (first === undefined || pos < first) this.met.set(name, pos);
  }

  /** Notes a name that counts as met after everything so far. */
  meetLast(name: string): void {
    this.meet(name, this.last + 0.5);
  }

  /** All names of the source in the order in which reading it meets them first. */
  namesMet(): string[] {
    return [...this.met].sort(([, a], [, b]) => a - b).map(([name]) => name);
  }

  fresh(): string {
    return nameOf(this.names++);
  }

  /** A new variable of a function. */
  variable(owner: JsFunction, ready = true): Variable {
    const js = this.fresh();
    owner.declare(js);
    return { js, owner, ready };
  }

  /** A new parameter of a function. */
  parameter(owner: JsFunction): Variable {
    return { js: this.fresh(), owner, ready: true };
  }

  /** The name of a function of the file, or of the home whose variables it reads. */
  hoist(parameters: string, body: string, home: JsFunction = this.main): string {
    const name = this.fresh();
    home.add(`function ${name}(${parameters})${body}\n`);
    return name;
  }

  /** The variable of the file that holds a global. */
  global(name: string): string {
    let js = this.globals.get(name);
    if (js === undefined) {
      js = this.fresh();
      this.globals.set(name, js);
    }
    return js;
  }

  /** Declarations of the globals in use. */
  declarations(): string {
    const all = [...this.globals].map(([name, js]) => `${js}=GLOBAL(${literal(name)})`);
    return all.length === 0 ? '' : `var ${all.join(',')};`;
  }

  /** The shape of a set literal at `pos`, made when the literal is first evaluated; `names` is text. */
  shape(pos: number, names: string, positions: readonly number[]): string {
    const site = this.shapes.push(positions) - 1;
    return `s[${site}]||SHAPE(m,${site},${pos},[${names}])`;
  }

  lambda(info: unknown): number {
    return this.lambdas.push(info) - 1;
  }
}
