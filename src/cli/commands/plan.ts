/** `sysbuild plan` */
import type { Command } from '../command.ts';
import { runSystemVerb, systemOptions } from './system-verb.ts';

export const command: Command = {
  name: 'plan',
  summary: 'build a machine from its text and say what a switch would do',
  operands: '[FILE]',
  operandsComplete: 'file',
  most: 1,
  description:
    'Prints every change of files, accounts and units with its reason, and which option declared it; the machine stays ' +
    'as it is. With --out the plan is kept: sysbuild apply carries out that very plan, and refuses when the machine ' +
    'has changed in between.',
  options: [
    ...systemOptions,
    { long: 'out', short: 'o', values: ['PLAN'], doc: 'Write the plan to this file, for apply.', completes: 'file' },
    { long: 'explain', values: ['UNIT'], doc: 'Say why this unit is treated as it is.', completes: 'none' },
  ],
  examples: [
    { command: 'sysbuild plan --root / --out plan.json', what: 'Keep the plan, to look at and apply.' },
    { command: 'sysbuild plan --root / --explain nginx.service', what: 'Why is it restarted?' },
  ],
  run: (invocation) => runSystemVerb(invocation, { verb: 'switch', dryRun: true }),
};
