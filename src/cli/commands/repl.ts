/** `sysbuild repl` */
import { operations, type SessionOptions, version } from '../../app/index.ts';
import type { Command, Invocation } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { expressionOptions } from '../options.ts';
import { dataFolder, History } from '../repl/history.ts';
import { interruptible } from '../repl/interruptible.ts';
import { pipedLines, TerminalLines } from '../repl/lines.ts';
import { attempting, readLines } from '../repl/loop.ts';

const names = new Set(['file', 'expr', 'include', 'impure']);

export const command: Command = {
  name: 'repl',
  summary: 'evaluate expressions line by line',
  operands: '[FILE]…',
  operandsComplete: 'file',
  description:
    'Reads expressions and bindings (NAME = EXPR) and prints values; the attributes of what each FILE holds are ' +
    'variables. What is not whole goes on in the next line. Tab completes names and attributes, Ctrl-C stops an ' +
    'evaluation, Ctrl-D ends; :? lists commands. From a pipe it reads lines as well, without prompts: errors go to ' +
    'standard error and end nothing.',
  options: expressionOptions.filter((option) => names.has(option.long)),
  examples: [
    { command: 'sysbuild repl machine.nix', what: 'Look around in a file.' },
    { command: "printf 'x = 6\\nx * 7\\n' | sysbuild repl", what: 'From a script.' },
  ],
  async run(invocation) {
    const { openRepl } = await operations.repl();
    let controller = new AbortController();
    const abort = (): void => {
      controller.abort();
      controller = new AbortController();
    };
    const session: SessionOptions = {
      ...sessionOptions(invocation),
      abruptly: interruptible,
      get signal() {
        return controller.signal;
      },
    };
    const repl = openRepl(session, invocation.terminal.outTheme.colored);
    const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
    const lines = interactive
      ? new TerminalLines(new History(dataFolder(invocation.env)), repl.complete)
      : pipedLines(process.stdin);
    if (interactive) invocation.terminal.out(`sysbuild ${version()}\nType :? for help.\n\n`);
    const attempt = attempting(invocation, repl, abort);
    try {
      for (const line of firstLines(invocation)) await attempt(() => repl.enter(line));
      await readLines(invocation, repl, lines, attempt);
    } finally {
      lines.close();
      repl.close();
    }
    return undefined;
  },
};

/** What was asked for on the command line, as commands. */
function firstLines(invocation: Invocation): string[] {
  const files = [...invocation.values('file'), ...invocation.operands];
  return [...files.map((file) => `:l ${file}`), ...invocation.values('expr').map((text) => `:a ${text}`)];
}
