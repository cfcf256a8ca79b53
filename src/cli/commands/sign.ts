/** `sysbuild sign` */
import { operations } from '../../app/index.ts';
import { plural } from '../../base/text.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'sign',
  summary: 'sign store paths',
  operands: 'PATH…',
  operandsComplete: 'file',
  options: [
    {
      long: 'key-file',
      short: 'k',
      values: ['FILE'],
      doc: 'A file with the key (default: those of the setting secret-key-files).',
      many: true,
      completes: 'file',
    },
    { long: 'recursive', short: 'r', values: [], doc: 'Sign all that the paths need too.' },
    jsonOption,
  ],
  examples: [{ command: 'sysbuild sign ./result --recursive --key-file key', what: 'A result with all it needs.' }],
  async run(invocation) {
    const { sign } = await operations.transfer();
    const request = { keyFiles: invocation.values('key-file'), closure: invocation.flag('recursive') };
    const signed = await sign(sessionOptions(invocation), invocation.operands, request);
    if (invocation.flag('json')) invocation.terminal.out(renderJson(signed));
    else invocation.terminal.out(`${plural(signed.length, 'path')} signed\n`);
    return undefined;
  },
};
