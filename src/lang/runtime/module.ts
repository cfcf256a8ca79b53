/** What the generated code of a file knows of its file. */
import { type Pos, positions, type Source } from '../source.ts';
import { canonicalPath } from './coerce.ts';
import type { Runtime } from './runtime.ts';
import { Shape } from './shape.ts';
import { joinPath } from './strings.ts';
import { meetNames } from './symbols.ts';
import { Attrs, type LambdaInfo, type LambdaSites, Path, type Str, Thunk } from './value.ts';

type LambdaTable = readonly [
  name: string | null,
  pos: number,
  argument: string | null,
  formals: readonly (readonly [name: string, hasDefault: 0 | 1, pos: number])[] | null,
  ellipsis: 0 | 1,
];

/** Offsets of the names of each set literal, the levels of each function, and all names. */
type Tables = readonly [
  shapes: readonly (readonly number[])[],
  lambdas: readonly (readonly LambdaTable[])[],
  names: readonly string[],
];

export class Module implements LambdaSites {
  readonly rt: Runtime;
  readonly source: Source;
  /** Relative paths in the file are below this folder. */
  readonly folder: string;
  /** Made when their literal is first evaluated. */
  readonly shapes: (Shape | undefined)[] = [];
  readonly #tablesText: string;
  #tables: Tables | undefined;
  readonly #lambdas: (readonly LambdaInfo[] | undefined)[] = [];
  /** For each function with a closed pattern, the shape of an argument that was found to fit. */
  readonly fitting: (Shape | undefined)[] = [];
  readonly #expected: (ReadonlySet<string> | undefined)[] = [];
  readonly #paths = new Map<string, Path>();

  constructor(rt: Runtime, source: Source, folder: string, tables: string) {
    this.rt = rt;
    this.source = source;
    this.folder = folder;
    this.#tablesText = tables;
    meetNames(() => this.#parsed[2]);
  }

  get #parsed(): Tables {
    this.#tables ??= JSON.parse(this.#tablesText) as Tables;
    return this.#tables;
  }

  at(offset: number): Pos {
    return this.source.base + offset;
  }

  /** The shape of a set literal. */
  shape(site: number, pos: number, names: readonly string[]): Shape {
    const places = { at: (index: number) => this.at(this.#parsed[0][site]![index]!) };
    const shape = new Shape(names, places, true, this.at(pos));
    this.shapes[site] = shape;
    return shape;
  }

  /** The names in a closed pattern. */
  expected(site: number): ReadonlySet<string> {
    let names = this.#expected[site];
    if (names === undefined) {
      names = new Set(
        this.lambdaInfo(site)
          .at(-1)!
          .formals!.map(({ name }) => name),
      );
      this.#expected[site] = names;
    }
    return names;
  }

  lambdaInfo(site: number): readonly LambdaInfo[] {
    let info = this.#lambdas[site];
    if (info === undefined) {
      info = this.#parsed[1][site]!.map((level) => this.#describe(level));
      this.#lambdas[site] = info;
    }
    return info;
  }

  /** Names a function after the attribute that it is evaluated for. */
  name(site: number, name: string): void {
    this.#lambdas[site] = this.lambdaInfo(site).map((level) => ({ ...level, name }));
  }

  #describe([name, pos, argument, formals, ellipsis]: LambdaTable): LambdaInfo {
    return {
      name: name ?? undefined,
      pos: this.at(pos),
      argument: argument ?? undefined,
      formals: formals?.map(([formal, hasDefault, at]) => ({
        name: formal,
        hasDefault: hasDefault === 1,
        pos: this.at(at),
      })),
      ellipsis: ellipsis === 1,
    };
  }

  /** A path literal. */
  path(text: string): Path {
    let path = this.#paths.get(text);
    if (path === undefined) {
      path = new Path(this.absolute(text));
      this.#paths.set(text, path);
    }
    return path;
  }

  /** The canonical path that the text of a literal means in this file. */
  absolute(text: string): string {
    if (text.startsWith('/')) return canonicalPath(text);
    if (text.startsWith('~/')) return canonicalPath(this.rt.host.settings.home + text.slice(1));
    return canonicalPath(`${this.folder}/${text}`);
  }

  /** The path that begins with the text of a literal and goes on with what was interpolated. */
  join(text: string, parts: readonly (string | Str)[]): Path {
    const start = this.absolute(text);
    return joinPath(text.length > 1 && text.endsWith('/') ? `${start}/` : start, parts);
  }

  /** `<text>`. */
  search(text: string): Path {
    return this.rt.findFile(text);
  }

  /** `__curPos`. */
  here(offset: number): Attrs | null {
    return describePosition(this.at(offset));
  }
}

const positionShape = new Shape(['column', 'file', 'line'], null, true);

/** A position as the language shows it: a set, or null for a text that is no file. */
export function describePosition(pos: Pos): Attrs | null {
  const source = positions.sourceOf(pos);
  if (source === undefined || source.origin.kind !== 'file') return null;
  return new Attrs(positionShape, [new Thunk(columnOf, pos), source.origin.path, new Thunk(lineOf, pos)]);
}

const lineOf = (pos: Pos): number => positions.resolve(pos)!.line;
const columnOf = (pos: Pos): number => positions.resolve(pos)!.column;
