/** Reads a line, does what it asks for, says what came of it; until there are no more lines. */
import type { OpenRepl } from '../../app/index.ts';
import { runSync } from '../../base/process.ts';
import type { Invocation } from '../command.ts';
import { isAbort } from '../exit-codes.ts';
import { report } from '../report.ts';
import { isInterruption } from './interruptible.ts';
import type { Lines } from './lines.ts';

export const prompt = 'sysbuild> ';

/** Runs work that Ctrl-C may stop; errors are told of, and then all goes on. */
export type Attempt = <T>(work: () => Promise<T>) => Promise<T | undefined>;

export async function readLines(invocation: Invocation, repl: OpenRepl, lines: Lines, attempt: Attempt): Promise<void> {
  const { terminal } = invocation;
  let text = '';
  for (;;) {
    const line = await lines.next(text === '' ? prompt : ' '.repeat(prompt.length));
    if (line === undefined) break;
    if (typeof line !== 'string') {
      text = '';
      continue;
    }
    text = text === '' ? line : `${text}\n${line}`;
    const entered = text;
    const reply = await attempt(() => repl.enter(entered));
    if (reply?.kind === 'more') continue;
    text = '';
    if (reply?.kind === 'quit') return;
    if (reply?.kind === 'edit') {
      await attempt(async () => {
        edit(invocation, reply.file, reply.line);
        await repl.renew();
      });
    } else if (reply !== undefined) terminal.outBytes(reply.output);
    if (lines.interactive) terminal.out('\n');
  }
  // The input ended in the middle: what is missing is said.
  if (text !== '') await attempt(() => repl.enter(text, true));
  if (lines.interactive) terminal.out('\n');
}

function edit({ env, cwd }: Invocation, file: string, line: number): void {
  const editor = env['VISUAL'] ?? env['EDITOR'] ?? 'nano';
  const [program, ...words] = editor.split(' ').filter((word) => word !== '');
  const place = /emacs|nano|vim?$|kak|micro/.test(program!) && line > 1 ? [`+${line}`] : [];
  runSync(program!, [...words, ...place, file], { cwd, stdio: 'inherit' });
}

/** @param controller asked for anew for each attempt; Ctrl-C aborts it while something is waited for */
export function attempting(invocation: Invocation, repl: OpenRepl, abort: () => void): Attempt {
  const { terminal } = invocation;
  return async (work) => {
    process.on('SIGINT', abort);
    try {
      return await work();
    } catch (error) {
      if (!isInterruption(error) && !isAbort(error)) report(error, terminal, repl.showTrace);
      else {
        terminal.err('interrupted\n');
        await repl.renew();
      }
      return undefined;
    } finally {
      process.off('SIGINT', abort);
    }
  };
}
