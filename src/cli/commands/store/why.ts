/** `sysbuild store why-alive` */
import { AppError, operations } from '../../../app/index.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { exitCodes } from '../../exit-codes.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

const words = { reference: 'refers to', deriver: 'was made by', output: 'makes' } as const;

export const command: Command = {
  name: 'store why-alive',
  summary: 'say what keeps a store path from being collected',
  operands: 'PATH',
  operandsComplete: 'file',
  most: 1,
  description: 'Shows the shortest chain from a root to PATH. Exits with 1 when nothing keeps it.',
  options: [jsonOption],
  examples: [{ command: 'sysbuild store why-alive ./result', what: 'Why it is still there.' }],
  async run(invocation) {
    const { whyKept } = await operations.store();
    const [path] = invocation.operands;
    if (path === undefined) throw new AppError('app/usage', 'which path?');
    const because = await whyKept(sessionOptions(invocation), path);
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(because ?? null));
    else if (because === undefined) terminal.out('nothing keeps it: the next collection will delete it\n');
    else {
      for (const { from, kind } of because.roots) terminal.out(`${from} (${kind})\n`);
      for (const link of because.chain) {
        terminal.out(`  ${link.path}${link.holds === undefined ? '' : ` ${words[link.holds]}`}\n`);
      }
    }
    return because === undefined ? exitCodes.failed.code : exitCodes.ok.code;
  },
};
