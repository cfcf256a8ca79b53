/**
 * The only way out of the language. Evaluation is synchronous and pure but for what it asks of a `Host`: files,
 * environment, store and fetches. The room never touches `fs`; `app` joins a host over a store and a builder.
 *
 * Paths are absolute, canonical byte strings as the program sees them (`/nix/store/…` for store paths, wherever
 * the store physically is: mapping is the host's work). Methods throw `HostError` members; `Suspend` passes
 * through everything, `tryEval` included.
 */
import type { Position } from '../base/diagnostic.ts';
import { type ErrorDetails, SysbuildError } from '../base/errors.ts';
import type { Derivation, Hash, HashAlgorithm, StorePath } from '../formats/index.ts';

export type FileKind = 'regular' | 'directory' | 'symlink' | 'unknown';

/** How a tree or file becomes the content of a store path. */
export type Ingestion = 'flat' | 'nar' | 'text';

export interface SourceRequest {
  readonly path: string;
  /** The name in the store. */
  readonly name: string;
  readonly ingestion: Ingestion;
  /** Called for each entry below `path` (not `path` itself), in readDir order, depth first; false leaves it out. */
  readonly filter?: ((path: string, kind: FileKind) => boolean) | undefined;
  readonly expected?: Hash | undefined;
  /** What the copy refers to, where it is one of something in the store. */
  readonly references?: readonly StorePath[] | undefined;
}

/**
 * What evaluation needs before it can go on and that takes time: a build, a download, a store to be opened. Host
 * methods throw it; it passes through everything, `tryEval` included, and what was being forced can be forced
 * again. Whoever started the evaluation awaits `resume()` and asks again: then the same call returns.
 */
export class Suspend {
  /** For people: `building /nix/store/…drv`. */
  readonly what: string;
  readonly resume: () => Promise<void>;
  constructor(what: string, resume: () => Promise<void>) {
    this.what = what;
    this.resume = resume;
  }
}

export type HostErrorCode =
  | 'host/missing'
  | 'host/restricted'
  | 'host/io'
  | 'host/store'
  | 'host/fetch'
  | 'host/unsupported';

/** What a host cannot do or may not do. The message is in the words that Nix uses; `tryEval` does not catch it. */
export class HostError extends SysbuildError {
  readonly code: HostErrorCode;
  constructor(code: HostErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, options);
    this.code = code;
  }
}

/** What happens at a construct that a lint names. */
export type LintLevel = 'ignore' | 'warn' | 'fatal';

export interface FetchRequest {
  readonly kind: 'url' | 'tarball' | 'git' | 'tree' | 'mercurial' | 'closure';
  /** The fetcher's arguments, already checked: plain data of byte strings, numbers and booleans. */
  readonly args: Readonly<Record<string, unknown>>;
}
export interface FetchResult {
  readonly path: StorePath;
  /** Attributes of the result besides `outPath`: rev, shortRev, lastModified, narHash… */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

export interface HostSettings {
  readonly storeDir: string;
  readonly currentSystem: string;
  readonly pure: boolean;
  readonly restricted: boolean;
  readonly experimental: ReadonlySet<string>;
  readonly maxCallDepth: number;
  readonly traceVerbose: boolean;
  readonly abortOnWarn: boolean;
  readonly allowImportFromDerivation: boolean;
  /** NIX_PATH and -I, in order of precedence. */
  readonly searchPath: readonly { readonly prefix: string; readonly path: string }[];
  /** Looked up after everything in `searchPath`, and not part of `builtins.nixPath`: `<nix/…>`, `<sysbuild/…>`. */
  readonly builtinPath: readonly { readonly prefix: string; readonly path: string }[];
  readonly home: string;
  readonly lints: {
    readonly urlLiterals: LintLevel;
    readonly shortPathLiterals: LintLevel;
    readonly absolutePathLiterals: LintLevel;
  };
}

export interface Host {
  readonly settings: HostSettings;

  /** Follows symbolic links. */
  readFile(path: string): Uint8Array;
  /** Of the path itself, not of what a link points at; undefined when nothing is there. */
  kindOf(path: string): FileKind | undefined;
  /** Entries sorted by name. Follows a symbolic link to the directory. */
  readDir(path: string): readonly (readonly [name: string, kind: FileKind])[];
  readLink(path: string): string;
  /** Resolves all symbolic links. */
  realPath(path: string): string;

  getEnv(name: string): string | undefined;
  /** Seconds since the epoch: one value for a whole evaluation. */
  currentTime(): number;

  addText(name: string, content: string, references: readonly StorePath[]): StorePath;
  addSource(request: SourceRequest): StorePath;
  /** Writes the `.drv` file (in read-only mode only computes its path). */
  addDerivation(derivation: Derivation): StorePath;
  readDerivation(path: StorePath): Derivation;
  /** What a store path refers to; empty where that is not known. */
  references(path: StorePath): readonly StorePath[];
  /** Makes sure that a store path is there (may substitute). */
  ensurePath(path: StorePath): void;
  /** The paths of these outputs, when they are built; throws `Suspend` when they have to be built first. */
  realise(drvPath: StorePath, outputs: readonly string[]): ReadonlyMap<string, StorePath>;
  /** Throws `Suspend` for as long as it takes to download. */
  fetch(request: FetchRequest): FetchResult;
  hashFile(algorithm: HashAlgorithm, path: string): Hash;
  /** The store path (the first component after the store's folder) that `path` is in, if any. */
  storePathOf(path: string): StorePath | undefined;

  /**
   * Text for the user, without a newline at its end: `trace` from `builtins.trace`, `warn` from `builtins.warn`,
   * `lint` for what the evaluator itself has to say about a program.
   */
  emit(level: 'trace' | 'warn' | 'lint', text: string, position?: Position): void;
}
