/** What is known of a function: what a builtin says of itself, or the documentation comment before its definition. */
import type { BuiltinDef } from '../builtins/registry.ts';
import { type Pos, positions } from '../source.ts';

/** How a builtin is called, and what it does. */
export function builtinDocumentation({ name, args, doc }: BuiltinDef): string {
  return `Synopsis: builtins.${name} ${args.join(' ')}\n\n${doc}\n`;
}

/** What was written about the definition at a place; a byte string. */
export function writtenDocumentation(name: string, pos: Pos): string {
  const place = `${name}\n\n  defined at ${positions.show(pos)}\n\n`;
  return `${place}${commentBefore(pos) ?? 'No documentation found.'}\n`;
}

/**
 * The documentation comment of the function or attribute at a place: the one right before it, or, of a value, right
 * before the name that it is bound to.
 */
export function commentBefore(pos: Pos): string | undefined {
  const source = positions.sourceOf(pos);
  if (source === undefined) return undefined;
  const before = source.text.slice(0, pos - source.base).replace(/[\s(]+$/, '');
  const comment = lastComment(before);
  if (comment !== undefined) return comment;
  const name = /[\w'"][\w.'"${}-]*\s*=$/.exec(before);
  return name === null ? undefined : lastComment(before.slice(0, name.index).trimEnd());
}

/** The comment that a text ends with, without its frame. */
function lastComment(text: string): string | undefined {
  if (!text.endsWith('*/')) return undefined;
  const start = text.lastIndexOf('/*');
  if (text[start + 2] !== '*' || start + 3 >= text.length - 1) return undefined;
  return withoutIndentation(text.slice(start + 3, -2));
}

/** Least indentation of all lines but the first, taken away; a frame of asterisks as well. */
function withoutIndentation(text: string): string {
  const lines = text.split('\n');
  const framed = lines.slice(1).every((line) => /^\s*(\*|$)/.test(line));
  const bare = framed ? lines.map((line, index) => (index === 0 ? line : line.replace(/^\s*\* ?/, ''))) : lines;
  const indents = bare.slice(1).flatMap((line) => (line.trim() === '' ? [] : [/^ */.exec(line)![0].length]));
  const least = Math.min(...indents, Infinity);
  const stripped = bare.map((line, index) => (index === 0 ? line.trim() : line.slice(Math.min(least, line.length))));
  return stripped.join('\n').trim();
}
