/** Types of generated expressions, as far as the generator has to know them. */
import type { Random } from './random.ts';

export type Type =
  | { readonly kind: 'int' | 'float' | 'string' | 'bool' | 'null' }
  | { readonly kind: 'list'; readonly item: Type }
  /** At least these attributes. */
  | { readonly kind: 'set'; readonly attrs: Readonly<Record<string, Type>> }
  | { readonly kind: 'function'; readonly from: Type; readonly to: Type };

export const int: Type = { kind: 'int' };
export const float: Type = { kind: 'float' };
export const string: Type = { kind: 'string' };
export const bool: Type = { kind: 'bool' };
export const nothing: Type = { kind: 'null' };
export const list = (item: Type): Type => ({ kind: 'list', item });
export const set = (attrs: Readonly<Record<string, Type>>): Type => ({ kind: 'set', attrs });
export const fn = (from: Type, to: Type): Type => ({ kind: 'function', from, to });

const names = ['a', 'b', 'c', 'd', 'x y', 'or', "e'"];

export function randomName(random: Random): string {
  return random.pick(names);
}

/** A name as it is written in a set. */
export const written = (name: string): string => (/^[a-z']+$/.test(name) ? name : JSON.stringify(name));

export function randomType(random: Random, depth: number): Type {
  const kind = random.int(depth > 0 ? 12 : 7);
  if (kind < 3) return int;
  if (kind < 5) return string;
  if (kind === 5) return bool;
  if (kind === 6) return random.pick([float, nothing]);
  if (kind < 9) return list(randomType(random, depth - 1));
  if (kind < 11) return set(randomAttrs(random, depth - 1));
  return fn(randomType(random, depth - 1), randomType(random, depth - 1));
}

export function randomAttrs(random: Random, depth: number): Record<string, Type> {
  return Object.fromEntries(random.times(random.int(4), () => [randomName(random), randomType(random, depth)]));
}

/** Whether an expression of type `is` can stand where `wanted` is needed. */
export function fits(is: Type, wanted: Type): boolean {
  if (is.kind === 'list' && wanted.kind === 'list') return fits(is.item, wanted.item);
  if (is.kind === 'function' && wanted.kind === 'function') return fits(wanted.from, is.from) && fits(is.to, wanted.to);
  if (is.kind === 'set' && wanted.kind === 'set') {
    return Object.entries(wanted.attrs).every(([name, type]) => {
      const has = is.attrs[name];
      return has !== undefined && fits(has, type);
    });
  }
  return is.kind === wanted.kind;
}
