/**
 * What attribute sets with the same names share: the names in byte order, where each was defined, and how to merge
 * with another shape. A set literal makes its shape once, so a set costs one array of values.
 */
import { noPos, type Pos } from '../source.ts';

/** Up to this many names a scan is faster than a hash table. */
const scanned = 8;
/** Merges remembered for one shape: literals meet few others, and what is dynamic must not pile up. */
const remembered = 64;

/** How to fill a merged set: at each place an index into the left values, or the complement of one into the right. */
export interface Merge {
  readonly shape: Shape;
  readonly plan: readonly number[];
}

/** Where the names of a shape were defined: asked for rarely, so it is worked out when asked. */
export interface Places {
  at(index: number): Pos;
  /** How many merges are asked one after the other; 0 unless it says so. */
  readonly depth?: number;
}

export class Shape {
  readonly names: readonly string[];
  /** Made once and used by many sets: worth remembering merges for. */
  readonly lasting: boolean;
  /** Where the literal is that this is the shape of; 0 for any other. */
  readonly pos: Pos;
  // Not `#private`: look-ups run before anything is optimised, and there these are slower.
  private readonly places: Places | null;
  private index: Map<string, number> | null = null;
  private merges: Map<Shape, Merge> | null = null;
  private chosen: Map<string, Shape> | null = null;
  private withoutPlaces: Shape | null = null;

  /** `names` must be distinct and in byte order. */
  constructor(names: readonly string[], places: Places | null, lasting: boolean, pos: Pos = noPos) {
    this.names = names;
    this.places = places;
    this.lasting = lasting;
    this.pos = pos;
  }

  get hasPlaces(): boolean {
    return this.places !== null;
  }

  get depth(): number {
    return this.places?.depth ?? 0;
  }

  /** Where the name at this place was defined, 0 where unknown. */
  positionAt(index: number): Pos {
    return this.places === null ? noPos : this.places.at(index);
  }

  /** The place of a name, or -1. */
  find(name: string): number {
    const names = this.names;
    if (names.length > scanned) return this.lookUp(name);
    for (let i = 0; i < names.length; i++) if (names[i] === name) return i;
    return -1;
  }

  private lookUp(name: string): number {
    let index = this.index;
    if (index === null) {
      index = new Map();
      const names = this.names;
      for (let i = 0; i < names.length; i++) index.set(names[i]!, i);
      this.index = index;
    }
    return index.get(name) ?? -1;
  }

  /** The same names without positions. */
  get bare(): Shape {
    if (this.places === null) return this;
    this.withoutPlaces ??= new Shape(this.names, null, this.lasting);
    return this.withoutPlaces;
  }

  /** How `this // other` is filled. */
  mergeWith(other: Shape): Merge {
    const known = this.merges?.get(other);
    if (known !== undefined) return known;
    const merge = computeMerge(this, other);
    if (this.lasting && other.lasting) {
      this.merges ??= new Map();
      if (this.merges.size < remembered) this.merges.set(other, merge);
    }
    return merge;
  }

  /** The names at some places, in order. */
  choose(indexes: readonly number[]): Shape {
    if (!this.lasting) return this.makeChoice(indexes, false);
    const key = indexes.join(',');
    const known = this.chosen?.get(key);
    if (known !== undefined) return known;
    this.chosen ??= new Map();
    const room = this.chosen.size < remembered;
    const choice = this.makeChoice(indexes, room);
    if (room) this.chosen.set(key, choice);
    return choice;
  }

  private makeChoice(indexes: readonly number[], lasting: boolean): Shape {
    const names = indexes.map((index) => this.names[index]!);
    return new Shape(
      names,
      this.places === null ? null : { at: (i) => this.positionAt(indexes[i]!), depth: this.depth + 1 },
      lasting,
    );
  }
}

export const emptyShape: Shape = new Shape([], null, true);

function computeMerge(left: Shape, right: Shape): Merge {
  const plan: number[] = [];
  const names: string[] = [];
  const a = left.names;
  const b = right.names;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && a[i]! < b[j]!)) {
      names.push(a[i]!);
      plan.push(i++);
    } else {
      if (i < a.length && a[i] === b[j]) i++;
      names.push(b[j]!);
      plan.push(~j++);
    }
  }
  const lasting = left.lasting && right.lasting;
  const places = left.hasPlaces || right.hasPlaces ? mergePlaces(left, right, plan) : null;
  return { shape: new Shape(names, places, lasting), plan };
}

/** Merges of merges ask their parts so many times in a row; then the positions are copied, and the parts let go. */
const deepest = 6;

/** The places of a merge, which are rarely asked for: worked out of those of its parts. */
class MergedPlaces implements Places {
  private readonly left: Shape;
  private readonly right: Shape;
  private readonly plan: readonly number[];
  readonly depth: number;

  constructor(left: Shape, right: Shape, plan: readonly number[], depth: number) {
    this.left = left;
    this.right = right;
    this.plan = plan;
    this.depth = depth;
  }

  at(index: number): Pos {
    const from = this.plan[index]!;
    return from >= 0 ? this.left.positionAt(from) : this.right.positionAt(~from);
  }
}

function mergePlaces(left: Shape, right: Shape, plan: readonly number[]): Places {
  const depth = 1 + Math.max(left.depth, right.depth);
  const merged = new MergedPlaces(left, right, plan, depth);
  if (depth <= deepest) return merged;
  const copied = plan.map((_, index) => merged.at(index));
  return { depth: 0, at: (index) => copied[index]! };
}
