/** `sysbuild store optimise` */
import { operations } from '../../../app/index.ts';
import { formatBytes, plural } from '../../../base/text.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

export const command: Command = {
  name: 'store optimise',
  summary: 'keep equal files once, as hard links',
  operands: '',
  options: [jsonOption],
  examples: [{ command: 'sysbuild store optimise', what: 'Make room without deleting anything.' }],
  async run(invocation) {
    const { optimise } = await operations.store();
    const result = await optimise(sessionOptions(invocation));
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(result));
    else {
      terminal.out(`${plural(result.linked, 'file')} shared, ${formatBytes(result.freed)} freed\n`);
      for (const { file, reason } of result.skipped) terminal.err(`left as it is: ${file}: ${reason}\n`);
    }
    return undefined;
  },
};
