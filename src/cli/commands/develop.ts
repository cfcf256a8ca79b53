/** `sysbuild develop` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { sessionOptions, subjectOf } from '../evaluation.ts';
import { expressionOptions } from '../options.ts';

export const command: Command = {
  name: 'develop',
  summary: 'open a shell where a derivation would be built',
  operands: '[FILE|DERIVATION|FOLDER]',
  operandsComplete: 'file',
  most: 1,
  description:
    'Makes the inputs of a derivation and opens a shell in the sandbox in which its builder would run: the same inputs, ' +
    'variables, files and limits, and nothing else of this machine. `. ./.builder` does there what the builder does. ' +
    'Nothing that is made gets into the store. FOLDER is the folder of a failed build that --keep-failed has kept: the ' +
    'shell then finds everything as the builder left it.',
  options: [
    ...expressionOptions,
    {
      long: 'run',
      values: ['LINE'],
      doc: 'Run this line of shell instead, and end with its status.',
      completes: 'none',
    },
  ],
  examples: [
    { command: 'sysbuild develop -A hello', what: 'A shell in the sandbox of hello.' },
    { command: "sysbuild develop -A hello --run '. ./.builder; ls -l $out'", what: 'Run the builder, and look.' },
    { command: 'sysbuild develop /nix/var/nix/builds/failed-a1b2c3-1', what: 'Look at what a failed build left.' },
  ],
  async run(invocation) {
    const { develop } = await operations.develop();
    return develop(sessionOptions(invocation), { subject: subjectOf(invocation), command: invocation.value('run') });
  },
};
