/** `sysbuild import` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';

export const command: Command = {
  name: 'import',
  summary: 'read store paths from a file that `export` wrote',
  operands: '[FILE]',
  operandsComplete: 'file',
  most: 1,
  description:
    'Reads either form, compressed or not, from FILE or standard input, and prints the paths. Everything is verified ' +
    'before anything becomes valid. What is not addressed by its content must be signed by one of trusted-public-keys.',
  options: [{ long: 'trust-all', values: [], doc: 'Believe what nobody trusted signed.' }],
  examples: [{ command: 'sysbuild import result.tar', what: 'What `sysbuild export` wrote.' }],
  async run(invocation) {
    const { importFile } = await operations.transfer();
    const { paths, known } = await importFile(
      sessionOptions(invocation),
      invocation.operands[0],
      invocation.flag('trust-all'),
    );
    for (const path of [...known, ...paths]) invocation.terminal.out(`${path}\n`);
    return undefined;
  },
};
