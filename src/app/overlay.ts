/**
 * What an evaluation has added to the store so far, kept in memory: evaluation only computes paths. Whoever needs
 * the objects for real (a build, `instantiate`) writes them out afterwards, and an evaluation that ends in an error
 * has changed nothing.
 */
import { bytesOf } from '../base/bytes.ts';
import {
  type Derivation,
  derivationReferences,
  hashBytes,
  makeTextPath,
  printDerivation,
  type StorePath,
} from '../formats/index.ts';
import type { Ingestion } from '../lang/index.ts';

/** A text that was made during evaluation. */
export interface OverlayText {
  readonly kind: 'text';
  readonly name: string;
  /** Byte string. */
  readonly content: string;
  readonly references: readonly StorePath[];
}

/** A file or tree of the disk that is to be copied. */
export interface OverlaySource {
  readonly kind: 'source';
  readonly name: string;
  /** Logical: may itself be a path in the store. */
  readonly origin: string;
  readonly ingestion: Ingestion;
  /** Paths below `origin` (each with its leading slash) that a filter let through; undefined: all. */
  readonly included: ReadonlySet<string> | undefined;
  /** Of what is copied from the store itself. */
  readonly references?: readonly StorePath[];
}

export type OverlayEntry = OverlayText | OverlaySource;

export class Overlay {
  readonly storeDir: string;
  readonly #entries = new Map<StorePath, OverlayEntry>();
  readonly #derivations = new Map<StorePath, Derivation>();

  constructor(storeDir: string) {
    this.storeDir = storeDir;
  }

  get(path: string): OverlayEntry | undefined {
    return this.#entries.get(path as StorePath);
  }

  derivation(path: StorePath): Derivation | undefined {
    return this.#derivations.get(path);
  }

  addText(name: string, content: string, references: readonly StorePath[]): StorePath {
    const path = makeTextPath(this.storeDir, name, hashBytes('sha256', bytesOf(content)), references);
    if (!this.#entries.has(path)) this.#entries.set(path, { kind: 'text', name, content, references });
    return path;
  }

  addDerivation(derivation: Derivation): StorePath {
    const content = printDerivation(this.storeDir, derivation);
    const path = this.addText(`${derivation.name}.drv`, content, derivationReferences(derivation));
    this.#derivations.set(path, derivation);
    return path;
  }

  addSource(path: StorePath, source: OverlaySource): void {
    if (!this.#entries.has(path)) this.#entries.set(path, source);
  }

  /** The paths of this evaluation that stand in a text. */
  mentionedIn(text: string): StorePath[] {
    const found = new Set<StorePath>();
    for (let at = text.indexOf(this.storeDir); at !== -1; at = text.indexOf(this.storeDir, at + 1)) {
      const [name] = /^[\w+\-.?=]*/.exec(text.slice(at + this.storeDir.length + 1, at + this.storeDir.length + 256))!;
      const path = `${this.storeDir}/${name}` as StorePath;
      if (this.#entries.has(path)) found.add(path);
    }
    return [...found];
  }

  /** Forgets what has been written out: from now on it is read from the store. */
  drop(path: StorePath): void {
    this.#entries.delete(path);
  }
}
