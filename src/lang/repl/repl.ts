/**
 * The language line by line: a scope of variables that grows, expressions evaluated in it, names completed from it.
 * A line either binds (`x = 1; y = 2`, `inherit (lib) map`) or is an expression; it may need more lines to be whole.
 */
import type { BuiltinDef } from '../builtins/registry.ts';
import type { Engine, SourcedExpr } from '../engine.ts';
import { EvalError } from '../errors.ts';
import { attrsFromEntries } from '../runtime/attrs.ts';
import { forceAttrs } from '../runtime/expect.ts';
import { force } from '../runtime/thunk.ts';
import { showType } from '../runtime/types.ts';
import { Attrs, Builtin, Lambda, lambdaInfo, Path, type Value } from '../runtime/value.ts';
import type { Session } from '../session.ts';
import { noPos, type Pos, positions } from '../source.ts';
import { tokenize } from '../syntax/lexer.ts';
import type { Reading } from '../syntax/parse.ts';
import { Identifier } from '../syntax/tokens.ts';
import { builtinDocumentation, writtenDocumentation } from './documentation.ts';
import { type PrettyOptions, prettyValue } from './pretty.ts';

/** Texts are byte strings. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export type InputKind = 'bindings' | 'expression' | 'incomplete';

/** Texts in and out are byte strings. */
export class Repl {
  readonly #session: Session;
  readonly #builtins: readonly BuiltinDef[];
  /** What relative paths are below. */
  readonly #folder: string;
  readonly #scope = new Map<string, Value>();

  constructor(session: Session, builtins: readonly BuiltinDef[], folder: string) {
    this.#session = session;
    this.#builtins = builtins;
    this.#folder = folder;
  }

  /** What a text is; errors in what can only be an expression are found when it is evaluated. */
  kindOf(text: string): InputKind {
    const closed = this.#complaint((engine) => void this.#bindings(engine, text));
    if (closed === undefined) return 'bindings';
    if (isIncomplete(closed)) return 'incomplete';
    const expression = this.#complaint((engine) => void parsed(engine, text));
    if (expression === undefined) return 'expression';
    const bindings = this.#complaint((engine) => void parsed(engine, text, 'bindings'));
    return isIncomplete(expression) || isIncomplete(bindings!) ? 'incomplete' : 'expression';
  }

  /** Parses; what is wrong with the text, if anything. */
  #complaint(parse: (engine: Engine) => void): string | undefined {
    try {
      this.#session.run(parse);
      return undefined;
    } catch (error) {
      if (error instanceof EvalError && error.kind === 'parse') return error.message;
      throw error;
    }
  }

  /** The bindings of a text; the last semicolon may be missing. */
  #bindings(engine: Engine, text: string): SourcedExpr {
    try {
      return parsed(engine, text, 'bindings');
    } catch (error) {
      if (!(error instanceof EvalError) || error.kind !== 'parse') throw error;
      return parsed(engine, `${text};`, 'bindings');
    }
  }

  /** Binds variables; nothing is evaluated yet. Returns their names. */
  bind(text: string): readonly string[] {
    const scope = this.#near(text);
    const set = this.#session.value((engine, again) => {
      return this.#prepare(engine, this.#bindings(engine, text), scope, again)();
    });
    return this.#bindAll(set);
  }

  /** The value of an expression, evaluated. */
  evaluate(text: string): Value {
    const scope = this.#near(text);
    return this.#session.value((engine, again) => {
      return this.#prepare(engine, parsed(engine, text), scope, again)();
    });
  }

  #prepare(
    engine: Engine,
    expr: SourcedExpr,
    scope: ReadonlyMap<string, Value>,
    again: (value: Value) => Value,
  ): () => Value {
    const variables = attrsFromEntries([...scope].map(([name, value]) => [name, again(value)]));
    return engine.prepare(expr, this.#folder, variables);
  }

  /** The variables that a text can mean: a scope of thousands would be a burden for every line. */
  #near(text: string): ReadonlyMap<string, Value> {
    const near = new Map<string, Value>();
    for (const { tokenType, image } of tokenize(text)) {
      const value = tokenType === Identifier ? this.#scope.get(image) : undefined;
      if (value !== undefined) near.set(image, value);
    }
    return near;
  }

  /** Makes the attributes of a set variables. Returns their names. */
  add(value: Value): readonly string[] {
    const what = 'while evaluating an attribute set to be merged in the global scope';
    return this.#bindAll(this.#session.value((_, again) => forceAttrs(again(value), what)));
  }

  #bindAll(value: Value): readonly string[] {
    const names = (value as Attrs).names();
    for (const name of names) {
      const bound = this.#session.value((_, again) => (force(again(value)) as Attrs).get(name)!);
      this.#scope.set(name, bound);
    }
    return names;
  }

  /** A value as a person reads it, evaluated as deep as asked. */
  pretty(value: Value, options: PrettyOptions): string {
    const text = this.#session.run((engine, again) => prettyValue(engine, again(value), options));
    // Which of several lists are the same one is exact only where no thunk was saved.
    if (!/\xc2\xabrepeated/.test(text)) return text;
    return this.#session.traced((engine, again) => prettyValue(engine, again(value), options));
  }

  /** What kind of value it is, with an article. */
  typeOf(value: Value): string {
    return this.#session.run((_, again) => showType(force(again(value))));
  }

  /** What is known of the function that an expression names. */
  documentation(text: string): string {
    const value = force(this.evaluate(text));
    if (value instanceof Builtin) {
      const known = this.#builtins.find(({ name }) => name === value.name);
      if (known !== undefined) return builtinDocumentation(known);
    }
    if (value instanceof Lambda)
      return writtenDocumentation(`Function ${value.info[0]!.name ?? ''}`, value.info[0]!.pos);
    const [, subject, name] = /^([\s\S]+)\.([\w'-]+)\s*$/.exec(text) ?? [];
    const pos = subject === undefined ? noPos : this.#attributePosition(subject, name!);
    if (pos === noPos) throw new EvalError('other', 'value does not have documentation');
    return writtenDocumentation(`Attribute ${name}`, pos);
  }

  #attributePosition(subject: string, name: string): Pos {
    const what = 'while evaluating an attribute set to look for documentation';
    const set = this.evaluate(subject);
    return this.#session.run((_, again) => forceAttrs(again(set), what).positionOf(name));
  }

  /** Where a function, or the description of a package, stands, or the file that a path is; undefined: nowhere. */
  placeOf(value: Value): Place | undefined {
    return this.#session.run((_, again) => {
      const found = force(again(value));
      if (found instanceof Path) return { file: found.path, line: 1 };
      if (found instanceof Attrs) return packagePlace(found);
      const pos = found instanceof Lambda ? lambdaInfo(found)!.pos : noPos;
      const source = positions.sourceOf(pos);
      if (source?.origin.kind !== 'file') return undefined;
      return { file: source.origin.path, line: positions.resolve(pos)!.line };
    });
  }

  /** The whole words that the last word of a text may become. */
  completions(text: string): readonly string[] {
    const word = /[^\s(){}[\]]*$/.exec(text)![0];
    const dot = word.lastIndexOf('.');
    if (dot < 0) return this.#variables(word);
    const [subject, start] = [word.slice(0, dot), word.slice(dot + 1)];
    try {
      const value = this.evaluate(subject);
      const set = this.#session.run((_, again) => forceAttrs(again(value), ''));
      return set.names().flatMap((name) => (name.startsWith(start) ? [`${subject}.${name}`] : []));
    } catch (error) {
      if (error instanceof EvalError) return [];
      throw error;
    }
  }

  #variables(start: string): readonly string[] {
    const names = new Set([...this.#session.engine.globals, ...this.#scope.keys()]);
    // What has underscores before it is mostly another name of a builtin.
    const hidden = (name: string): boolean => name.startsWith('__') && !start.startsWith('_');
    return [...names].filter((name) => name.startsWith(start) && !hidden(name)).sort();
  }
}

/** `meta.position` of a package: `FILE:LINE`. */
function packagePlace(set: Attrs): Place | undefined {
  const meta = force(set.get('meta') ?? null);
  const position = meta instanceof Attrs ? force(meta.get('position') ?? null) : null;
  const [, file, line] = typeof position === 'string' ? (/^(.*):(\d+)$/.exec(position) ?? []) : [];
  return file === undefined ? undefined : { file, line: Number(line) };
}

function parsed(engine: Engine, text: string, as: Reading = 'expression'): SourcedExpr {
  const source = positions.add({ kind: 'string' }, text);
  return { source, expr: engine.parse(source, as) };
}

const isIncomplete = (message: string): boolean => message.includes('unexpected end of file');
