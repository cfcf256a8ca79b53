/** A way to an expression of a type, and the short way to write one. */
import type { Generator } from './generator.ts';
import { bool, float, int, string, type Type } from './program-types.ts';
import type { Tree } from './tree.ts';

/** `d` is how deep what is inside may be. */
export type Form = (g: Generator, type: Type, d: number) => Tree;

type Shape = 'i' | 'f' | 's' | 'b' | '*';

/** Of text in which `#i`, `#f`, `#s`, `#b` and `#*` stand for an int, float, string, bool or anything. */
export function form(text: string): Form {
  const pieces = text.split(/(#[ifsb*])/);
  return (g, _, d) => ({
    parts: pieces.map((piece) => (/^#[ifsb*]$/.test(piece) ? g.expression(shaped(g, piece[1] as Shape), d) : piece)),
  });
}

function shaped(g: Generator, shape: Shape): Type {
  switch (shape) {
    case 'i':
      return int;
    case 'f':
      return float;
    case 's':
      return string;
    case 'b':
      return bool;
    case '*':
      return g.someType();
  }
}
