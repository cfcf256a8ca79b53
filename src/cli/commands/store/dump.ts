/** `sysbuild store dump` */
import { AppError, operations } from '../../../app/index.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';

export const command: Command = {
  name: 'store dump',
  summary: 'write a store path as an archive (NAR) to standard output',
  operands: 'PATH',
  operandsComplete: 'file',
  most: 1,
  options: [],
  examples: [{ command: 'sysbuild store dump ./result > result.nar', what: 'The archive that its hash is of.' }],
  async run(invocation) {
    const { dump } = await operations.store();
    const [path] = invocation.operands;
    if (path === undefined) throw new AppError('app/usage', 'which path?');
    await dump(sessionOptions(invocation), path, (bytes) => invocation.terminal.out(bytes));
    return undefined;
  },
};
