/** `sysbuild boot` */
import type { Command } from '../command.ts';
import { labelOption, runSystemVerb, systemOptions } from './system-verb.ts';

export const command: Command = {
  name: 'boot',
  summary: 'build a machine from its text, for its next boot',
  operands: '[FILE]',
  operandsComplete: 'file',
  most: 1,
  description:
    'As sysbuild switch, but nothing of the running machine changes: it becomes the new generation early in its next ' +
    'boot, before its services start. sysbuild abort takes that back.',
  options: [
    ...systemOptions,
    labelOption,
    { long: 'wait', values: [], doc: 'Wait while another switch of this machine is under way.' },
  ],
  examples: [{ command: 'sudo sysbuild boot --root /', what: 'Take over ./system.nix when this machine boots.' }],
  run: (invocation) => runSystemVerb(invocation, { verb: 'boot', dryRun: false }),
};
