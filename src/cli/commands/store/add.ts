/** `sysbuild store add` */
import { operations } from '../../../app/index.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

export const command: Command = {
  name: 'store add',
  summary: 'copy files or folders into the store',
  operands: 'FILE…',
  operandsComplete: 'file',
  options: [
    {
      long: 'name',
      short: 'n',
      values: ['NAME'],
      doc: "The name in the store (default: the file's own).",
      completes: 'none',
    },
    { long: 'flat', values: [], doc: 'Address a file by its bytes alone, as fetchurl does.' },
    jsonOption,
  ],
  examples: [{ command: 'sysbuild store add ./src --name source', what: 'A folder, under a name.' }],
  async run(invocation) {
    const { addToStore } = await operations.store();
    const name = invocation.value('name');
    const flat = invocation.flag('flat');
    const paths = await addToStore(
      sessionOptions(invocation),
      invocation.operands.map((path) => ({ path, name, flat })),
    );
    if (invocation.flag('json')) invocation.terminal.out(renderJson(paths));
    else for (const path of paths) invocation.terminal.out(`${path}\n`);
    return undefined;
  },
};
