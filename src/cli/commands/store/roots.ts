/** `sysbuild store roots` */
import { operations } from '../../../app/index.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

export const command: Command = {
  name: 'store roots',
  summary: 'list what keeps store paths from being collected',
  operands: '',
  options: [jsonOption],
  examples: [{ command: 'sysbuild store roots', what: 'Links, generations and running processes.' }],
  async run(invocation) {
    const { listRoots } = await operations.store();
    const roots = await listRoots(sessionOptions(invocation));
    if (invocation.flag('json')) invocation.terminal.out(renderJson(roots));
    else {
      for (const { path, reasons } of roots) {
        for (const { from, kind } of reasons) invocation.terminal.out(`${from} (${kind}) -> ${path}\n`);
      }
    }
    return undefined;
  },
};
