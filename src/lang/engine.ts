/** One evaluation: files read, parsed, compiled and evaluated once; what builtins ask of their surroundings. */
import { byteString } from '../base/bytes.ts';
import type { StorePath } from '../formats/index.ts';
import { type CodeCache, CodeStore, type Identity } from './code-cache.ts';
import { compile } from './compile/compile.ts';
import { UndefinedVariable } from './compile/compile-error.ts';
import { helperNames, observedHelperNames, tracedHelperNames } from './compile/helper-names.ts';
import { type Library, Linker, scriptOf } from './compile/link.ts';
import { compileObserved } from './compile/observed.ts';
import { compileTraced } from './compile/traced.ts';
import { derivationText } from './derivation.ts';
import { addTrace, EvalError } from './errors.ts';
import type { Host } from './host.ts';
import { canonicalPath } from './runtime/coerce.ts';
import { Module } from './runtime/module.ts';
import type { Observer } from './runtime/observer.ts';
import type { Runtime } from './runtime/runtime.ts';
import { type SearchEntry, SearchPath } from './runtime/search-path.ts';
import { stack } from './runtime/stack.ts';
import { inOrderMet, meetNames, placeMet } from './runtime/symbols.ts';
import { force } from './runtime/thunk.ts';
import { type Attrs, type Forced, type Path, Thunk } from './runtime/value.ts';
import { type Origin, positions, type Source } from './source.ts';
import type { Expr } from './syntax/ast.ts';
import { parse, type Reading } from './syntax/parse.ts';
import { ParseError } from './syntax/parse-errors.ts';
import { printExpr } from './syntax/print-expr.ts';
import { shownPosition } from './trace.ts';

/** A syntax tree and the folder that its paths are relative to. */
export interface Parsed {
  readonly expr: Expr;
  readonly basePath: string;
}

/** A syntax tree and the source that its positions are in. */
export interface SourcedExpr {
  readonly expr: Expr;
  readonly source: Source;
}

export class Engine implements Runtime {
  readonly host: Host;
  readonly #traced: boolean;
  readonly #observer: Observer | undefined;
  readonly #linker: Linker;
  readonly #searchPath: SearchPath;
  readonly #codes: CodeStore | undefined;
  /** By the path as it was asked for. */
  readonly #resolved = new Map<string, string>();
  readonly #files = new Map<string, Thunk>();
  readonly #copied = new Map<string, StorePath>();
  readonly #remembered = new Map<symbol, unknown>();
  /** How often the evaluator had something to say of a program. */
  #lints = 0;

  /** `cache` keeps what is compiled; traced code is not kept, nor is code that tells an observer of itself. */
  constructor(host: Host, library: Library, traced: boolean, cache?: CodeCache, observer?: Observer) {
    this.host = host;
    this.#traced = traced;
    this.#observer = observer;
    this.#searchPath = new SearchPath(host);
    const derivation = new Thunk(() =>
      this.#text({ kind: 'internal', name: 'derivation-internal.nix' }, derivationText, '/'),
    );
    this.#linker = new Linker(this, library, derivation, traced, observer);
    if (cache !== undefined && !traced && observer === undefined)
      this.#codes = new CodeStore(cache, this.#codeOptions());
    stack.limit = host.settings.maxCallDepth;
  }

  /** All that code depends on besides the text it was compiled from. */
  #codeOptions(): string {
    const { experimental, pure, lints } = this.host.settings;
    const { globals } = this.#linker.options;
    return JSON.stringify([[...globals], experimental.has('pipe-operators'), pure, lints]);
  }

  get builtins(): Attrs {
    return this.#linker.builtins;
  }

  importFile(path: string, scope?: Attrs): Forced {
    const file = this.resolve(path);
    if (scope !== undefined) return this.#file(file, scope);
    let thunk = this.#files.get(file);
    if (thunk === undefined) {
      thunk = new Thunk((name: string) => this.#file(name), file);
      this.#files.set(file, thunk);
    }
    return force(thunk);
  }

  /** Follows a path that is a link itself, and adds `default.nix` to a folder. */
  resolve(path: string): string {
    let file = this.#resolved.get(path);
    if (file === undefined) {
      file = this.#follow(path);
      this.#resolved.set(path, file);
    }
    return file;
  }

  #follow(path: string): string {
    let at = path;
    for (let i = 0; i < 1024; i++) {
      const kind = this.host.kindOf(at);
      if (kind === undefined) {
        // Says why there is nothing to see, where that is a rule.
        this.host.realPath(at);
        throw new EvalError('import', `path '${at}' does not exist`);
      }
      if (kind === 'directory') return canonicalPath(`${at}/default.nix`);
      if (kind !== 'symlink') return at;
      const target = this.host.readLink(at);
      at = canonicalPath(target.startsWith('/') ? target : `${at.slice(0, at.lastIndexOf('/'))}/${target}`);
    }
    throw new EvalError('import', `too many symbolic links encountered while traversing the path '${path}'`);
  }

  #file(path: string, scope?: Attrs): Forced {
    const run = this.#loadFile(path, scope);
    try {
      return run();
    } catch (error) {
      throw addTrace(error, `while evaluating the file '${path}':`);
    }
  }

  /** The value of a file that the user named: no line of trace tells of it. */
  mainFile(path: string): Forced {
    return this.#loadFile(this.resolve(path))();
  }

  #loadFile(path: string, scope?: Attrs): () => Forced {
    const bytes = this.host.readFile(path);
    const source = positions.add({ kind: 'file', path }, byteString(bytes));
    const id = scope === undefined ? this.#codes?.identify(path, bytes) : undefined;
    const run = this.#load(source, folderOf(path), scope, id);
    const observer = this.#observer;
    return observer === undefined ? run : () => observer.file(path, run);
  }

  /** Keeps what was compiled for the next evaluation of the same files. */
  saveCode(): void {
    this.#codes?.save();
  }

  evalText(text: string, basePath: string, origin: Origin = { kind: 'string' }): Forced {
    return this.#text(origin, text, basePath);
  }

  #text(origin: Origin, text: string, folder: string): Forced {
    const source = positions.add(origin, text);
    return this.#load(source, folder)();
  }

  /** The syntax tree of a file and its folder. */
  parseFile(path: string): Parsed {
    const file = this.resolve(path);
    const source = positions.add({ kind: 'file', path: file }, byteString(this.host.readFile(file)));
    return this.#checked(source, folderOf(file));
  }

  parseText(text: string, basePath: string, origin: Origin): Parsed {
    return this.#checked(positions.add(origin, text), basePath);
  }

  /** Parsed, and every variable found. */
  #checked(source: Source, basePath: string): Parsed {
    const expr = this.parse(source);
    this.#compile(source, expr, basePath, []);
    return { expr, basePath };
  }

  /** Compiles a tree in which the attributes of `scope` are variables; the result evaluates it. */
  prepare({ expr, source }: SourcedExpr, folder: string, scope: Attrs): () => Forced {
    const { code, tables } = this.#compile(source, expr, folder, scope.names());
    const module = new Module(this, source, folder, tables);
    const script = scriptOf(code, source.label);
    return () => this.#linker.run(script, module, scope.flat().values);
  }

  /** The names that are variables of every file. */
  get globals(): Iterable<string> {
    return this.#linker.options.globals.keys();
  }

  parse(source: Source, as: Reading = 'expression'): Expr {
    const { experimental, pure, lints } = this.host.settings;
    try {
      return parse(
        source,
        {
          pipeOperators: experimental.has('pipe-operators'),
          pureEval: pure,
          ...lints,
          metBefore: placeMet,
          warn: ({ message, pos }) => {
            this.#lints += 1;
            this.host.emit('lint', message, pos === undefined ? undefined : shownPosition(source.base + pos));
          },
        },
        as,
      );
    } catch (error) {
      if (error instanceof ParseError) throw new EvalError('parse', error.message, { pos: source.base + error.pos });
      throw error;
    }
  }

  /** Parses and compiles, if the code is not kept under `id`; the result evaluates. */
  #load(source: Source, folder: string, scope?: Attrs, id?: Identity): () => Forced {
    const kept = id === undefined ? undefined : this.#codes?.find(id);
    const lints = this.#lints;
    const { code, tables } = kept ?? this.#compile(source, this.parse(source), folder, scope?.names() ?? []);
    const module = new Module(this, source, folder, tables);
    const script = scriptOf(code, source.label, kept?.compiled);
    // What had something to say says it again the next time.
    if (id !== undefined && this.#lints === lints) this.#codes?.use(id, { code, tables }, script);
    return () => this.#linker.run(script, module, scope?.flat().values ?? []);
  }

  #compile(source: Source, ast: Expr, folder: string, scope: readonly string[]): { code: string; tables: string } {
    try {
      const { options } = this.#linker;
      if (this.#observer !== undefined) return compileObserved(ast, options, observedHelperNames, scope);
      if (!this.#traced) return compile(ast, options, helperNames, scope);
      const show = (e: Expr): string => printExpr(e, { basePath: folder, home: this.host.settings.home });
      return compileTraced(
        ast,
        { ...options, show, meet: (names) => meetNames(() => names), order: inOrderMet },
        tracedHelperNames,
        scope,
      );
    } catch (error) {
      if (!(error instanceof UndefinedVariable)) throw error;
      throw new EvalError('undefined-variable', error.message, { pos: source.base + error.offset });
    }
  }

  copyPathToStore(path: string): StorePath {
    let copied = this.#copied.get(path);
    if (copied === undefined) {
      if (path.endsWith('.drv')) throw new EvalError('other', "file names are not allowed to end in '.drv'");
      const slash = path.lastIndexOf('/');
      const name = path.slice(slash + 1);
      const parent = slash <= 0 ? '/' : this.host.realPath(path.slice(0, slash));
      copied = this.host.addSource({ path: canonicalPath(`${parent}/${name}`), name, ingestion: 'nar' });
      this.#copied.set(path, copied);
    }
    return copied;
  }

  findFile(text: string, searchPath: readonly SearchEntry[] = this.host.settings.searchPath): Path {
    return this.#searchPath.find(text, searchPath);
  }

  remember<T>(key: symbol, make: () => T): T {
    if (!this.#remembered.has(key)) this.#remembered.set(key, make());
    return this.#remembered.get(key) as T;
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
