/**
 * String contexts: which store paths a string refers to. Immutable sets of encoded elements:
 *
 *   `/nix/store/HASH-name`            the path itself (a source, or a `.drv` as a file)
 *   `=/nix/store/HASH-name.drv`       a derivation with its whole closure, outputs included
 *   `!out!/nix/store/HASH-name.drv`   one output of a derivation
 */

export type ContextElement =
  | { readonly kind: 'opaque'; readonly path: string }
  | { readonly kind: 'drv-deep'; readonly drvPath: string }
  | { readonly kind: 'built'; readonly drvPath: string; readonly output: string };

export function parseElement(encoded: string): ContextElement {
  if (encoded.startsWith('=')) return { kind: 'drv-deep', drvPath: encoded.slice(1) };
  if (!encoded.startsWith('!')) return { kind: 'opaque', path: encoded };
  const end = encoded.indexOf('!', 1);
  return { kind: 'built', output: encoded.slice(1, end), drvPath: encoded.slice(end + 1) };
}

export function formatElement(element: ContextElement): string {
  switch (element.kind) {
    case 'opaque':
      return element.path;
    case 'drv-deep':
      return `=${element.drvPath}`;
    case 'built':
      return `!${element.output}!${element.drvPath}`;
  }
}

/** An element as error messages show it. */
export function showElement(encoded: string): string {
  const element = parseElement(encoded);
  switch (element.kind) {
    case 'opaque':
      return element.path;
    case 'drv-deep':
      return `${element.drvPath} (deep)`;
    case 'built':
      return `${element.drvPath}^${element.output}`;
  }
}

/** Of outputs, by the derivation first. */
function firstBuilt(encoded: readonly string[]): string {
  const key = (one: string): string => one.slice(one.indexOf('!', 1) + 1);
  return encoded.reduce((a, b) => (key(b) < key(a) ? b : a));
}

/** Never empty: a string without context is a plain JavaScript string. */
export class Context {
  readonly #elements: ReadonlySet<string>;
  /** The last union made with another context: the same two meet again and again. */
  #lastOther: Context | undefined;
  #lastUnion: Context | undefined;

  private constructor(elements: ReadonlySet<string>) {
    this.#elements = elements;
  }

  static of(...encoded: readonly string[]): Context {
    return new Context(new Set(encoded));
  }

  /** A context of these elements, or undefined when there is none. */
  static from(encoded: Iterable<string>): Context | undefined {
    const elements = new Set(encoded);
    return elements.size === 0 ? undefined : new Context(elements);
  }

  get size(): number {
    return this.#elements.size;
  }

  has(encoded: string): boolean {
    return this.#elements.has(encoded);
  }

  /** Encoded, in no particular order. */
  elements(): IterableIterator<string> {
    return this.#elements.values();
  }

  /** Encoded, in byte order. */
  sorted(): string[] {
    return [...this.#elements].sort((a, b) => (a < b ? -1 : 1));
  }

  /** The one that messages name: paths come before derivations, and these before their outputs. */
  first(): string {
    const sorted = this.sorted();
    return sorted.find((one) => one.startsWith('/')) ?? sorted.find((one) => one.startsWith('=')) ?? firstBuilt(sorted);
  }

  parsed(): ContextElement[] {
    return this.sorted().map(parseElement);
  }

  union(other: Context): Context {
    if (this === other || other === this.#lastOther) return this === other ? this : this.#lastUnion!;
    const [small, large] = this.size < other.size ? [this, other] : [other, this];
    let result = large;
    for (const element of small.#elements) {
      if (large.#elements.has(element)) continue;
      result = new Context(new Set([...large.#elements, ...small.#elements]));
      break;
    }
    this.#lastOther = other;
    this.#lastUnion = result;
    return result;
  }
}

/** The union of two contexts of which either may be absent. */
export function joinContexts(a: Context | undefined, b: Context | undefined): Context | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : a.union(b);
}

/** The union of many contexts, one after the other: in one set, where `joinContexts` would make one for each. */
export class ContextSum {
  #first: Context | undefined;
  #all: Set<string> | undefined;

  add(context: Context | undefined): void {
    if (context === undefined || context === this.#first) return;
    if (this.#first === undefined) {
      this.#first = context;
      return;
    }
    this.#all ??= new Set(this.#first.elements());
    for (const element of context.elements()) this.#all.add(element);
  }

  get total(): Context | undefined {
    return this.#all === undefined ? this.#first : Context.from(this.#all);
  }
}
