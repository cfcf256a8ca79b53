/** Generated programs as trees, so that what shows a difference can be made smaller without losing its grammar. */

export interface Tree {
  readonly parts: readonly (string | Tree)[];
}

/** `tree` of a template: text and subtrees in turn. */
export function tree(texts: TemplateStringsArray, ...inside: readonly (string | Tree)[]): Tree {
  return { parts: texts.flatMap((text, index) => (index < inside.length ? [text, inside[index]!] : [text])) };
}

/** Trees with text between them. */
export function joined(trees: readonly Tree[], between: string): Tree {
  return { parts: trees.flatMap((one, index) => (index === 0 ? [one] : [between, one])) };
}

export function textOf(program: Tree): string {
  return program.parts.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');
}

export function sizeOf(program: Tree): number {
  return textOf(program).length;
}

const leaves = ['1', '""', '[ ]', '{ }', 'null', 'true', 'x: x'].map((text): Tree => ({ parts: [`(${text})`] }));

/**
 * Smaller programs: every subtree replaced by one of its own subtrees or by a constant, the largest changes first.
 * What is made in this way need not be well scoped; whoever asks will see.
 */
export function smaller(program: Tree): Tree[] {
  const size = sizeOf(program);
  return replacements(program)
    .filter((one) => sizeOf(one) < size)
    .sort((a, b) => sizeOf(a) - sizeOf(b));
}

function replacements(program: Tree): Tree[] {
  const below = subtrees(program);
  const inside = program.parts.flatMap((part, index) =>
    typeof part === 'string'
      ? []
      : replacements(part).map((one): Tree => ({ parts: program.parts.map((old, at) => (at === index ? one : old)) })),
  );
  return [...below, ...leaves, ...inside];
}

function subtrees(program: Tree): Tree[] {
  return program.parts.flatMap((part) => (typeof part === 'string' ? [] : [part, ...subtrees(part)]));
}
