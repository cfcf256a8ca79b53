/** `sysbuild log` */
import { AppError, operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';

export const command: Command = {
  name: 'log',
  summary: 'show what a build wrote',
  operands: 'NAME|PATH',
  operandsComplete: 'file',
  most: 1,
  description:
    'By the name of a derivation (its newest log), by the path of a derivation or an output, or by a link to one.',
  options: [],
  examples: [
    { command: 'sysbuild log hello-1.0', what: 'By name.' },
    { command: 'sysbuild log ./result', what: 'Of the result.' },
  ],
  async run(invocation) {
    const { buildLog } = await operations.log();
    const [name] = invocation.operands;
    if (name === undefined) throw new AppError('app/usage', 'the log of what?');
    invocation.terminal.out(await buildLog(sessionOptions(invocation), name));
    return undefined;
  },
};
