/**
 * Books of programs: text files in which programs and what becomes of them alternate.
 *
 *     Words about what follows, kept as they are.
 *
 *     > 1 + 2
 *     3
 *
 *     > throw
 *     > "no"
 *     error: no
 *
 * A block (what stands between empty lines) whose lines begin with `>` is a program; the lines after it, up to the
 * end of the block, are the answer: a value, or an error without its trace.
 */

export interface Program {
  readonly text: string;
  readonly answer: string;
}

type Block = Program | string;

export function readBook(text: string): Block[] {
  return text
    .trimEnd()
    .split(/\n\n+/)
    .map((block) => (block.startsWith('>') ? readProgram(block) : block));
}

function readProgram(block: string): Program {
  const lines = block.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('>'));
  const program = end < 0 ? lines : lines.slice(0, end);
  const text = program.map((line) => line.replace(/^> ?/, '')).join('\n');
  return { text: `${text}\n`, answer: end < 0 ? '' : lines.slice(end).join('\n') };
}

export function programsIn(book: readonly Block[]): Program[] {
  return book.filter((block) => typeof block !== 'string');
}

/** The book with other answers, in the order of its programs. */
export function writeBook(book: readonly Block[], answers: readonly string[]): string {
  const left = [...answers];
  const blocks = book.map((block) => {
    if (typeof block === 'string') return block;
    const lines = block.text.trimEnd().split('\n');
    // An empty line would end the block.
    const answer = left.shift()!.replace(/\n(?=\n)/g, '\n ');
    return `${lines.map((line) => `> ${line}`.trimEnd()).join('\n')}\n${answer}`;
  });
  return `${blocks.join('\n\n')}\n`;
}
