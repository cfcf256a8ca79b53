/** `sysbuild parse` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { sessionOptions, subjectOf } from '../evaluation.ts';
import { expressionOptions } from '../options.ts';

const names = new Set(['file', 'expr']);

export const command: Command = {
  name: 'parse',
  summary: 'print how a file is understood',
  operands: '[FILE]…',
  operandsComplete: 'file',
  description:
    'Parses FILE (default: ./default.nix; - reads standard input) and prints the expression in a canonical form, with ' +
    'all parentheses. Nothing is evaluated.',
  options: expressionOptions.filter((option) => names.has(option.long)),
  examples: [
    { command: 'sysbuild parse default.nix', what: 'Check the syntax of a file.' },
    { command: "sysbuild parse -E 'a.b or c d'", what: 'See how something binds.' },
  ],
  async run(invocation) {
    const { parse } = await operations.parse();
    const printed = parse(sessionOptions(invocation), subjectOf(invocation).sources);
    for await (const text of printed) invocation.terminal.outBytes(`${text}\n`);
    return undefined;
  },
};
