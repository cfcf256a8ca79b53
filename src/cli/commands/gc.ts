/** `sysbuild gc` */
import { AppError, operations, parseSize } from '../../app/index.ts';
import { formatBytes, plural } from '../../base/text.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'gc',
  summary: 'delete what nothing in the store needs any more',
  operands: '',
  description:
    'Kept are: what links made by build and instantiate lead to, every generation of the machine, what running ' +
    'processes use, and all that these need. Others may build meanwhile.',
  options: [
    { long: 'dry-run', values: [], doc: 'Only say what would be deleted.' },
    {
      long: 'max-freed',
      values: ['BYTES'],
      doc: 'Stop after so many bytes (K, M, G, T are units).',
      completes: 'none',
    },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild gc --dry-run', what: 'What would go.' },
    { command: 'sysbuild --store ~/first-machine gc', what: 'In the store of a machine.' },
  ],
  async run(invocation) {
    const { collect, previewCollection } = await operations.store();
    const { terminal } = invocation;
    const asJson = invocation.flag('json');
    if (invocation.flag('dry-run')) {
      const plan = await previewCollection(sessionOptions(invocation));
      if (asJson) terminal.out(renderJson(plan));
      else {
        for (const { path } of plan.dead) terminal.out(`${path}\n`);
        terminal.err(
          `${plural(plan.dead.length, 'path')} would be deleted, ${formatBytes(plan.deadSize)}; ${plan.alive} stay\n`,
        );
      }
      return undefined;
    }
    const result = await collect(sessionOptions(invocation), sizeOption(invocation.value('max-freed')));
    if (asJson) terminal.out(renderJson(result));
    else {
      for (const path of result.deleted) terminal.out(`${path}\n`);
      terminal.err(`${plural(result.deleted.length, 'path')} deleted, ${formatBytes(result.freed)} freed\n`);
    }
    return undefined;
  },
};

function sizeOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = parseSize(text);
  if (size === undefined) throw new AppError('app/usage', `'${text}' is no number of bytes`);
  return size;
}
