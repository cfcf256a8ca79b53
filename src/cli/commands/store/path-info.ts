/** `sysbuild store path-info` */
import { operations } from '../../../app/index.ts';
import { formatBytes } from '../../../base/text.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';
import { renderTable } from '../../render/table.ts';

export const command: Command = {
  name: 'store path-info',
  summary: 'say what is known of store paths',
  operands: '[PATH]…',
  operandsComplete: 'file',
  description: 'PATH is a store path, or a link to one; without any, all paths of the store are told.',
  options: [jsonOption],
  examples: [
    { command: 'sysbuild store path-info ./result', what: 'Size, and size with all that it needs.' },
    { command: 'sysbuild store path-info --json', what: 'Everything about every path, for a program.' },
  ],
  async run(invocation) {
    const { pathInfo } = await operations.store();
    const infos = await pathInfo(sessionOptions(invocation), invocation.operands);
    if (invocation.flag('json')) invocation.terminal.out(renderJson(infos));
    else {
      const columns = [{ title: 'size', right: true }, { title: 'closure', right: true }, { title: 'path' }];
      const rows = infos.map(({ path, narSize, closureSize }) => [
        formatBytes(narSize),
        formatBytes(closureSize),
        path,
      ]);
      invocation.terminal.out(renderTable(columns, rows));
    }
    return undefined;
  },
};
