/** The language as the rest of the program uses it. Texts in and out are byte strings. */
import { type Arguments, autoCall, selectPath } from './auto-call.ts';
import type { CodeCache } from './code-cache.ts';
import type { Library } from './compile/link.ts';
import { deepForce } from './deep-force.ts';
import { derivationsIn, type FoundDerivation } from './derivations.ts';
import type { Engine, Parsed } from './engine.ts';
import type { Host } from './host.ts';
import { Repl } from './repl/repl.ts';
import { attrsFromEntries } from './runtime/attrs.ts';
import { coerceToString } from './runtime/coerce.ts';
import type { Context } from './runtime/context.ts';
import { contextOf, textOf } from './runtime/expect.ts';
import type { Observer } from './runtime/observer.ts';
import { printValue } from './runtime/print.ts';
import { force, peek } from './runtime/thunk.ts';
import { toJson } from './runtime/to-json.ts';
import { toXml, type XmlOptions } from './runtime/to-xml.ts';
import { Attrs, Thunk, type Value } from './runtime/value.ts';
import { type Operation, Session } from './session.ts';
import { printExpr } from './syntax/print-expr.ts';

type TextOrigin = 'string' | 'stdin';

export interface TextWithContext {
  readonly text: string;
  readonly context: Context | undefined;
}

/** Every method may throw what the host throws (`Suspend` among it), and can then be called again. */
export class Evaluator {
  readonly #host: Host;
  readonly #session: Session;
  readonly #library: Library;
  /** Values that were evaluated with everything in them. */
  readonly #deep = new WeakSet<object>();

  constructor(host: Host, library: Library, cache?: CodeCache, observer?: Observer) {
    this.#host = host;
    this.#library = library;
    this.#session = new Session(host, library, cache, observer);
  }

  /** The value of a file; of `default.nix` for a folder. */
  evalFile(path: string): Value {
    return this.#session.value((engine) => engine.mainFile(path));
  }

  evalText(text: string, basePath: string, origin: TextOrigin = 'string'): Value {
    return this.#session.value((engine) => engine.evalText(text, basePath, { kind: origin }));
  }

  /** A text that is evaluated when its value is needed. */
  lazyText(text: string, basePath: string): Value {
    return this.#session.value((engine) => new Thunk(() => engine.evalText(text, basePath)));
  }

  /** A set of values. */
  attrs(values: Arguments): Value {
    return this.#session.value((_, again) =>
      attrsFromEntries([...values].map(([name, value]) => [name, again(value)])),
    );
  }

  force(value: Value): Value {
    return this.#session.value((_, again) => force(again(value)));
  }

  /** The value at an attribute path, evaluated; functions on the way are called with `args`. */
  select(value: Value, path: string, args: Arguments = new Map()): Value {
    return this.#session.value((_, again) => selectPath(again(value), path, repeated(args, again)));
  }

  /** Calls a function that takes a set with what it knows of `args`; any other value is left as it is. */
  autoCall(value: Value, args: Arguments): Value {
    return this.#session.value((_, again) => autoCall(again(value), repeated(args, again)));
  }

  /** Evaluates a value and everything in it. */
  deepForce(value: Value): void {
    this.#session.run((_, again) => deepForce(again(value)));
    if (typeof value === 'object' && value !== null) this.#deep.add(value);
  }

  /** What `nix-instantiate --eval` prints. What is not evaluated stays so, and is printed as `<CODE>`. */
  print(value: Value): string {
    const text = this.#session.run((_, again) => printValue(again(value)));
    // Which parts count as evaluated, and which are the same one, is exact only where no thunk was saved.
    const deep = typeof value === 'object' && value !== null && this.#deep.has(value);
    const inexact = deep ? /\xabrepeated/ : /\xabrepeated|<(CODE|LAMBDA)>./;
    if (!inexact.test(text)) return text;
    return this.#session.traced((_, again) => {
      const exact = again(value);
      if (deep) deepForce(exact);
      return printValue(exact);
    });
  }

  toJson(value: Value, strict = true): TextWithContext {
    return this.#show(value, strict, (engine, shown) => toJson(engine, shown, { strict, copyToStore: true }));
  }

  toXml(value: Value, options: XmlOptions): string {
    return this.#show(value, options.strict, (_, shown) => toXml(shown, options).text);
  }

  /** Where nothing is to be evaluated, what is a thunk and what not must be as the language has it. */
  #show<R>(value: Value, strict: boolean, show: (engine: Engine, value: Value) => R): R {
    const found = peek(value);
    const exact = !strict && (found instanceof Attrs || Array.isArray(found));
    const operation: Operation<R> = (engine, again) => show(engine, again(value));
    return exact ? this.#session.traced(operation) : this.#session.run(operation);
  }

  /** What interpolation makes of the value. */
  toStringValue(value: Value): TextWithContext {
    return this.#session.run((engine, again) => {
      const what = 'while generating the nix-instantiate output';
      const string = coerceToString(engine, again(value), { coerceMore: false, copyToStore: true, what });
      return { text: textOf(string), context: contextOf(string) };
    });
  }

  derivations(value: Value, args: Arguments = new Map()): FoundDerivation[] {
    return this.#session.run((engine, again) => derivationsIn(engine, again(value), repeated(args, again)));
  }

  /** Keeps what was compiled; to be called when there is nothing more to evaluate. */
  saveCode(): void {
    this.#session.engine.saveCode();
  }

  parseFile(path: string): Parsed {
    return this.#session.run((engine) => engine.parseFile(path));
  }

  parseText(text: string, basePath: string, origin: TextOrigin = 'string'): Parsed {
    return this.#session.run((engine) => engine.parseText(text, basePath, { kind: origin }));
  }

  /** The language line by line, on top of this evaluator; relative paths are below `basePath`. */
  repl(basePath: string): Repl {
    return new Repl(this.#session, this.#library.builtins, basePath);
  }

  /** In canonical form, as `nix-instantiate --parse` prints it. */
  printExpr({ expr, basePath }: Parsed): string {
    return printExpr(expr, { basePath, home: this.#host.settings.home });
  }
}

function repeated(args: Arguments, again: (value: Value) => Value): Arguments {
  return new Map([...args].map(([name, value]) => [name, again(value)]));
}
