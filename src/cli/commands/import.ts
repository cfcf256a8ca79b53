/** `sysbuild import` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'import',
  summary: 'read store paths from what `export` wrote',
  operands: '[FILE|DIR]',
  operandsComplete: 'file',
  most: 1,
  description:
    'Reads either form of file, compressed or not, from FILE or standard input, or a folder that is a cache, and ' +
    'prints the paths. Everything is verified ' +
    'before anything becomes valid. What is not addressed by its content must be signed by one of trusted-public-keys.',
  options: [{ long: 'trust-all', values: [], doc: 'Believe what nobody trusted signed.' }, jsonOption],
  examples: [{ command: 'sysbuild import result.tar', what: 'What `sysbuild export` wrote.' }],
  async run(invocation) {
    const { importFile } = await operations.transfer();
    const { paths, known } = await importFile(
      sessionOptions(invocation),
      invocation.operands[0],
      invocation.flag('trust-all'),
    );
    if (invocation.flag('json')) invocation.terminal.out(renderJson({ imported: paths, known }));
    else for (const path of [...known, ...paths]) invocation.terminal.out(`${path}\n`);
    return undefined;
  },
};
