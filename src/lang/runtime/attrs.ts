/** Making attribute sets. */
import type { Pos } from '../source.ts';
import { Shape } from './shape.ts';
import { Attrs, emptyAttrs, type Layer, mergeLayers, type Value } from './value.ts';

/** A right operand of up to this many attributes lies on a larger left one instead of being merged with it. */
const layered = 16;
/** From this size of the left operand on. */
const worthLayering = 32;

/** From names that are distinct and in byte order. */
export function attrsFromSorted(
  names: readonly string[],
  values: readonly Value[],
  positions: readonly Pos[] | null = null,
): Attrs {
  if (names.length === 0) return emptyAttrs;
  return new Attrs(new Shape(names, positions === null ? null : { at: (i) => positions[i]! }, false), values);
}

/** From pairs in any order; of equal names the first wins. */
export function attrsFromEntries(entries: readonly (readonly [name: string, value: Value, pos?: Pos])[]): Attrs {
  const builder = new AttrsBuilder();
  for (const [name, value, pos] of entries) if (!builder.has(name)) builder.set(name, value, pos);
  return builder.build();
}

/** From the properties of an object. */
export function attrsOf(record: Readonly<Record<string, Value>>): Attrs {
  const names = Object.keys(record).sort(byteOrder);
  return attrsFromSorted(
    names,
    names.map((name) => record[name]!),
  );
}

const byteOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The same names with other values, without positions: what `mapAttrs` gives. */
export function attrsLike(set: Attrs, values: readonly Value[]): Attrs {
  return values.length === 0 ? emptyAttrs : new Attrs(set.flat().shape.bare, values);
}

/** Those attributes of a set that `keep` (asked with each place) wants, with their positions. */
export function filterAttrs(set: Attrs, keep: (at: number) => boolean): Attrs {
  const { shape, values } = set.flat();
  const places: number[] = [];
  for (let at = 0; at < values.length; at++) if (keep(at)) places.push(at);
  if (places.length === values.length) return set;
  if (places.length === 0) return emptyAttrs;
  return new Attrs(
    shape.choose(places),
    places.map((at) => values[at]!),
  );
}

/** `a // b`. */
export function updateAttrs(a: Attrs, b: Attrs): Attrs {
  if (a.values.length === 0 && a.below === null) return b;
  if (b.values.length === 0 && b.below === null) return a;
  if (b.below === null && b.values.length <= layered && (a.below !== null || a.values.length >= worthLayering)) {
    return layer(a, b);
  }
  const { shape, values } = mergeLayers(a.flat(), b.flat());
  return new Attrs(shape, values);
}

/**
 * Lays `above` on `below`. Each layer is kept at least twice as large as the next above it, so that a set that grows
 * one attribute at a time is copied a logarithmic number of times, and a look-up asks as many layers.
 */
function layer(below: Attrs, above: Attrs): Attrs {
  let upper: Layer = above;
  let lower: Attrs | null = below;
  while (lower !== null && lower.values.length < 2 * upper.values.length) {
    upper = mergeLayers(lower, upper);
    lower = lower.below;
  }
  const result = new Attrs(upper.shape, upper.values);
  result.below = lower;
  return result;
}

/** Collects attributes in any order; of equal names the last wins. */
export class AttrsBuilder {
  readonly #entries = new Map<string, { value: Value; pos: Pos }>();

  set(name: string, value: Value, pos: Pos = 0): this {
    this.#entries.set(name, { value, pos });
    return this;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  get(name: string): Value | undefined {
    return this.#entries.get(name)?.value;
  }

  build(): Attrs {
    const names = [...this.#entries.keys()].sort(byteOrder);
    const entries = names.map((name) => this.#entries.get(name)!);
    const positions = entries.some(({ pos }) => pos !== 0) ? entries.map(({ pos }) => pos) : null;
    return attrsFromSorted(
      names,
      entries.map(({ value }) => value),
      positions,
    );
  }
}
