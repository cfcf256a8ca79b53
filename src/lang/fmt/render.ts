/** Documents to text. */
import type { Doc } from './doc.ts';

const mostColumns = 100;
const indentation = 2;

interface Command {
  readonly doc: Doc;
  readonly indent: number;
  readonly flat: boolean;
}

export function render(doc: Doc): string {
  return new Renderer().run(doc);
}

class Renderer {
  readonly #out: string[] = [];
  /** Of the current line; the indentation is written with its first text. */
  #column = 0;
  #empty = true;
  #pendingIndent = 0;
  #suffixes: string[] = [];
  /** How many line ends stand at the end of the text. */
  #ends = 2;

  run(doc: Doc): string {
    const stack: Command[] = [{ doc, indent: 0, flat: false }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) this.#step(next, stack);
    this.#flush();
    return this.#out.join('');
  }

  #step({ doc, indent, flat }: Command, stack: Command[]): void {
    if (typeof doc === 'string') {
      this.#text(doc);
      return;
    }
    switch (doc.kind) {
      case 'all':
        for (let i = doc.docs.length; i-- > 0; ) stack.push({ doc: doc.docs[i]!, indent, flat });
        return;
      case 'nest':
        stack.push({ doc: doc.doc, indent: indent + indentation, flat });
        return;
      case 'group':
        stack.push({ doc: doc.doc, indent, flat: !doc.hard && (flat || this.#fits(doc, stack)) });
        return;
      case 'choice':
        stack.push({ doc: this.#choose(doc.docs, stack), indent, flat });
        return;
      case 'suffix':
        // Behind a comment to the end of the line there is no room for another.
        if (doc.text !== '' && this.#suffixes.some((one) => one.startsWith('#'))) this.#newLine(indent);
        this.#suffixes.push(doc.text);
        return;
      case 'raw':
        this.#raw(doc.text);
        return;
      case 'line':
        if (flat && !doc.hard) this.#text(doc.flat);
        else this.#newLine(indent);
        return;
      case 'fresh':
        if (!this.#empty || this.#suffixes.length > 0) this.#newLine(indent);
        else this.#pendingIndent = indent;
        return;
      case 'settle':
        if (this.#suffixes.length > 0) this.#newLine(indent);
        return;
      case 'blank':
        if (!this.#empty) this.#newLine(indent);
        if (this.#ends < 2) this.#newLine(indent);
    }
  }

  #text(text: string): void {
    if (text === '') return;
    if (this.#empty) {
      this.#out.push(' '.repeat(this.#pendingIndent));
      this.#column = this.#pendingIndent;
      this.#empty = false;
    }
    this.#out.push(text);
    this.#column += widthOf(text);
    this.#ends = 0;
  }

  #raw(text: string): void {
    const at = text.lastIndexOf('\n');
    this.#text(text);
    if (at >= 0) this.#column = widthOf(text.slice(at + 1));
  }

  #newLine(indent: number): void {
    this.#flush();
    this.#out.push('\n');
    this.#ends++;
    this.#empty = true;
    this.#column = 0;
    this.#pendingIndent = indent;
  }

  /** Comments at the end of the line. */
  #flush(): void {
    for (const text of this.#suffixes.splice(0)) if (text !== '') this.#text(this.#empty ? text : ` ${text}`);
  }

  #choose(docs: readonly Doc[], stack: readonly Command[]): Doc {
    return docs.find((doc) => this.#fits(doc, stack)) ?? docs.at(-1)!;
  }

  /** Whether what is written up to the first line that breaks fits on the current line. */
  #fits(doc: Doc, rest: readonly Command[]): boolean {
    let left = mostColumns - (this.#empty ? this.#pendingIndent : this.#column);
    const todo: Command[] = [{ doc, indent: 0, flat: typeof doc !== 'string' && !doc.hard }];
    let after = rest.length;
    while (left >= 0) {
      const next = todo.pop() ?? rest[--after];
      if (next === undefined) return true;
      const measured = measure(next, todo);
      if (measured === undefined) return true;
      left -= measured;
    }
    return false;
  }
}

/** The columns that a document takes; undefined where a line breaks. Its parts are put on `todo`. */
function measure({ doc, flat }: Command, todo: Command[]): number | undefined {
  if (typeof doc === 'string') return widthOf(doc);
  switch (doc.kind) {
    case 'all':
      for (let i = doc.docs.length; i-- > 0; ) todo.push({ doc: doc.docs[i]!, indent: 0, flat });
      return 0;
    case 'nest':
      todo.push({ doc: doc.doc, indent: 0, flat });
      return 0;
    case 'group':
      todo.push({ doc: doc.doc, indent: 0, flat: !doc.hard });
      return 0;
    case 'choice':
      todo.push({ doc: doc.docs[0]!, indent: 0, flat });
      return 0;
    case 'line':
      return flat && !doc.hard ? doc.flat.length : undefined;
    case 'raw': {
      const end = doc.text.indexOf('\n');
      if (end < 0) return widthOf(doc.text);
      return widthOf(doc.text.slice(0, end)) > mostColumns ? mostColumns : undefined;
    }
    default:
      return doc.kind === 'suffix' || doc.kind === 'settle' ? 0 : undefined;
  }
}

/** Columns of a byte string of UTF-8. */
function widthOf(text: string): number {
  let width = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xc0) !== 0x80) width++;
  return width;
}
