/** The language line by line. */
import { fromUnicode, toUnicode } from '../../base/bytes.ts';
import { done, type Reply, runCommand } from '../repl/commands.ts';
import { Interactive } from '../repl/interactive.ts';
import type { SessionOptions } from '../session.ts';

export interface OpenRepl {
  /** Whether errors are shown with their whole trace. */
  readonly showTrace: boolean;
  /** Makes the attributes of what a file holds variables. */
  load(name: string): Promise<void>;
  /** Does what a line (or several) asks for; to the `last` one nothing is added. Texts are Unicode. */
  enter(text: string, last?: boolean): Promise<Reply>;
  /** The whole words that the last word of a text may become. */
  complete(text: string): Promise<readonly string[]>;
  /** After an evaluation was interrupted, or files were changed. */
  renew(): Promise<void>;
  close(): void;
}

/** @param colored whether values are printed with terminal colours */
export function openRepl(options: SessionOptions, colored: boolean): OpenRepl {
  const repl = new Interactive(options, colored);
  return {
    get showTrace() {
      return repl.showTrace;
    },
    load: (name) => repl.load(name),
    enter: (text, last = false) => enter(repl, fromUnicode(text).trim(), last),
    complete: async (text) => (await repl.run((lines) => lines.completions(fromUnicode(text)))).map(toUnicode),
    renew: () => repl.renew(),
    close: () => repl.close(),
  };
}

async function enter(repl: Interactive, text: string, last: boolean): Promise<Reply> {
  if (text === '') return done();
  if (text.startsWith(':')) return runCommand(repl, text);
  const kind = await repl.run((lines) => lines.kindOf(text));
  if (kind === 'incomplete' && !last) return { kind: 'more' };
  if (kind === 'bindings') {
    await repl.bind(text);
    return done();
  }
  return done(`${await repl.pretty(await repl.evaluate(text), 1)}\n`);
}
