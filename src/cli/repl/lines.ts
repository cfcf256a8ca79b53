/** Where lines come from: a person at a terminal, with editing, history and completion, or a pipe. */
import { type CompleterResult, createInterface, type Interface } from 'node:readline';
import type { History } from './history.ts';

/** `interrupt` is Ctrl-C while a line was typed; undefined is the end. */
export type Line = string | { readonly interrupt: true } | undefined;

export interface Lines {
  readonly interactive: boolean;
  /** The next line, asked for with a prompt where somebody sees it. */
  next(prompt: string): Promise<Line>;
  close(): void;
}

export function pipedLines(input: NodeJS.ReadableStream): Lines {
  const reader = createInterface({ input, terminal: false });
  const lines = reader[Symbol.asyncIterator]();
  return {
    interactive: false,
    async next() {
      const { value, done } = await lines.next();
      return done === true ? undefined : (value as string);
    },
    close: () => reader.close(),
  };
}

export type Completer = (text: string) => Promise<readonly string[]>;

/**
 * Lines of a terminal. While none is asked for, the terminal is in its ordinary mode, so that Ctrl-C is a signal;
 * what is typed (or pasted) ahead waits.
 */
export class TerminalLines implements Lines {
  readonly interactive = true;
  readonly #input = process.stdin;
  readonly #reader: Interface;
  readonly #waiting: Line[] = [];
  #wanted: ((line: Line) => void) | undefined;
  #ended = false;

  constructor(history: History, complete: Completer) {
    this.#reader = createInterface({
      input: this.#input,
      output: process.stdout,
      terminal: true,
      history: history.lines,
      historySize: 5000,
      removeHistoryDuplicates: true,
      completer: (text: string, answer: (error?: null | Error, found?: CompleterResult) => void) => {
        void completions(complete, text).then((found) => answer(null, found));
      },
    });
    this.#reader.on('line', (line) => {
      history.add(line);
      this.#give(line);
    });
    this.#reader.on('SIGINT', () => {
      // What was typed of the line is dropped.
      process.stdout.write('^C\n');
      this.#reader.write(null, { ctrl: true, name: 'e' });
      this.#reader.write(null, { ctrl: true, name: 'u' });
      this.#give({ interrupt: true });
    });
    this.#reader.on('close', () => {
      this.#ended = true;
      this.#give(undefined);
    });
    this.#rest();
  }

  #give(line: Line): void {
    if (this.#wanted === undefined) this.#waiting.push(line);
    else {
      const wanted = this.#wanted;
      this.#wanted = undefined;
      this.#rest();
      wanted(line);
    }
  }

  #rest(): void {
    if (this.#ended) return;
    this.#reader.pause();
    this.#input.setRawMode(false);
  }

  next(prompt: string): Promise<Line> {
    if (this.#waiting.length > 0) return Promise.resolve(this.#waiting.shift());
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#wanted = resolve;
      this.#input.setRawMode(true);
      this.#reader.setPrompt(prompt);
      this.#reader.prompt();
    });
  }

  close(): void {
    this.#reader.close();
  }
}

async function completions(complete: Completer, text: string): Promise<CompleterResult> {
  const word = /[^\s(){}[\]]*$/.exec(text)![0];
  try {
    return [[...(await complete(text))], word];
  } catch {
    return [[], word];
  }
}
