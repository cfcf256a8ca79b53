/** `sysbuild store size` and `sysbuild store tree` */
import { AppError, operations } from '../../../app/index.ts';
import { formatBytes } from '../../../base/text.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';
import { renderTable } from '../../render/table.ts';
import { renderTree } from '../../render/tree.ts';

export const size: Command = {
  name: 'store size',
  summary: 'say how large store paths are, alone and with all that they need',
  operands: 'PATH…',
  operandsComplete: 'file',
  description: 'Sizes are those of archives; files that are shared on disk count as often as they are there.',
  options: [jsonOption],
  examples: [{ command: 'sysbuild store size ./result', what: 'Its own size, and that of its closure.' }],
  async run(invocation) {
    const { pathInfo } = await operations.store();
    const { operands, terminal } = invocation;
    if (operands.length === 0) throw new AppError('app/usage', 'which paths?');
    const infos = await pathInfo(sessionOptions(invocation), operands);
    const sizes = infos.map(({ path, narSize, closureSize }) => ({ path, size: narSize, closureSize }));
    if (invocation.flag('json')) terminal.out(renderJson(sizes));
    else {
      const columns = [{ title: 'size', right: true }, { title: 'closure', right: true }, { title: 'path' }];
      const rows = sizes.map((one) => [formatBytes(one.size), formatBytes(one.closureSize), one.path]);
      terminal.out(renderTable(columns, rows));
    }
    return undefined;
  },
};

export const tree: Command = {
  name: 'store tree',
  summary: 'show what store paths refer to, and that in turn, as trees',
  operands: 'PATH…',
  operandsComplete: 'file',
  description: 'The same as `store requisites --tree`. Each path is unfolded where it is met first.',
  options: [jsonOption],
  examples: [{ command: 'sysbuild store tree ./result', what: 'All that the result needs, and for what.' }],
  async run(invocation) {
    const { tree: treesOf } = await operations.store();
    const { operands, terminal } = invocation;
    if (operands.length === 0) throw new AppError('app/usage', 'which paths?');
    const trees = await treesOf(sessionOptions(invocation), operands);
    if (invocation.flag('json')) terminal.out(renderJson(trees));
    else for (const one of trees) terminal.out(renderTree(one));
    return undefined;
  },
};
