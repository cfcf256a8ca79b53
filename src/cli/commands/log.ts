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
  options: [{ long: 'follow', short: 'f', values: [], doc: 'Go on as long as the build runs.' }],
  examples: [
    { command: 'sysbuild log hello-1.0', what: 'By name.' },
    { command: 'sysbuild log ./result', what: 'Of the result.' },
    { command: 'sysbuild log -f linux', what: 'Of a build that is running in another terminal.' },
  ],
  async run(invocation) {
    const { buildLog } = await operations.log();
    const [name] = invocation.operands;
    if (name === undefined) throw new AppError('app/usage', 'the log of what?');
    const write = (bytes: Uint8Array): void => invocation.terminal.out(bytes);
    await buildLog(sessionOptions(invocation), { name, follow: invocation.flag('follow'), write });
    return undefined;
  },
};
