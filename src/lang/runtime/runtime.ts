/** What evaluation has around it: the host, the files already evaluated, and room for what builtins remember. */
import type { StorePath } from '../../formats/index.ts';
import type { Host } from '../host.ts';
import type { Attrs, Forced, Path } from './value.ts';

export interface Runtime {
  readonly host: Host;
  /** The set `builtins`. */
  readonly builtins: Attrs;
  /**
   * The value of a file (of `default.nix` for a folder), evaluated once. With `scope`, its attributes are variables
   * of the file, and nothing is remembered.
   */
  importFile(path: string, scope?: Attrs): Forced;
  /** The value of a text; relative paths in it are below `basePath`. */
  evalText(text: string, basePath: string): Forced;
  /** Adds a path of the program to the store under its own name, once; what `"${./x}"` and derivations do. */
  copyPathToStore(path: string): StorePath;
  /** `<text>` looked up in a search path, which defaults to that of the settings. */
  findFile(text: string, searchPath?: readonly { readonly prefix: string; readonly path: string }[]): Path;
  /** What a builtin remembers for the rest of the evaluation: one value for each key, made when first asked for. */
  remember<T>(key: symbol, make: () => T): T;
}
