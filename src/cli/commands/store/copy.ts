/** `sysbuild store copy` */
import { AppError, loadConfig, operations } from '../../../app/index.ts';
import { plural } from '../../../base/text.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

export const command: Command = {
  name: 'store copy',
  summary: 'copy store paths with all that they need to another store',
  operands: 'PATH…',
  operandsComplete: 'file',
  options: [
    { long: 'to', values: ['STORE'], doc: 'The other store: a folder, or local?root=DIR.', completes: 'directory' },
    jsonOption,
  ],
  examples: [{ command: 'sysbuild store copy ./result --to /mnt/machine', what: 'To the store of a machine root.' }],
  async run(invocation) {
    const { copyTo } = await operations.store();
    const to = invocation.value('to');
    if (to === undefined) throw new AppError('app/usage', 'where to? Name a store with --to');
    const config = loadConfig(invocation.env, invocation.cwd, [{ name: 'store', value: to, origin: '--to' }]);
    const options = sessionOptions(invocation);
    const target = Object.assign(Object.create(options) as typeof options, { config });
    const copied = await copyTo(options, invocation.operands, target);
    if (invocation.flag('json')) invocation.terminal.out(renderJson(copied));
    else invocation.terminal.out(`${plural(copied.length, 'path')} copied\n`);
    return undefined;
  },
};
