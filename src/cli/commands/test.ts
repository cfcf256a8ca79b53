/** `sysbuild test` */
import type { Command } from '../command.ts';
import { runOptions } from '../machine-run.ts';
import { runSystemVerb, systemOptions } from './system-verb.ts';

export const command: Command = {
  name: 'test',
  summary: 'build a machine from its text and try it out until it boots',
  operands: '[FILE]',
  operandsComplete: 'file',
  most: 1,
  description:
    'As sysbuild switch, but no generation is made: the machine is the new system until it boots, and then what is ' +
    'current again. sysbuild abort ends the trial at once.',
  options: [...systemOptions, ...runOptions],
  examples: [{ command: 'sudo sysbuild test --root /', what: 'Try out ./system.nix on this machine.' }],
  run: (invocation) => runSystemVerb(invocation, { verb: 'test', dryRun: false }),
};
