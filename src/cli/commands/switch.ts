/** `sysbuild switch` */
import type { Command } from '../command.ts';
import { dryRunOption, runOptions } from '../machine-run.ts';
import { labelOption, runSystemVerb, systemOptions } from './system-verb.ts';

export const command: Command = {
  name: 'switch',
  summary: 'build a machine from its text and make it current',
  operands: '[FILE]',
  operandsComplete: 'file',
  most: 1,
  description:
    'FILE (default: ./system.nix; for a folder, the system.nix in it) describes the machine: a module of options, or ' +
    'an expression that gives a system; or it is a system in the store that was built before. It becomes a new ' +
    'generation of the machine whose root is DIR by one rename; the generations before it stay, for sysbuild rollback. ' +
    'When nothing differs, nothing is done.\n\n' +
    'On the real machine (--root /) services are stopped, reloaded, restarted and started as their changes ask for, by ' +
    'a process that survives this one. The generation becomes current when no unit fails that did not fail before and ' +
    'every declared probe succeeds; otherwise everything is put back.',
  options: [...systemOptions, labelOption, ...runOptions, dryRunOption],
  examples: [
    { command: 'sysbuild switch --root ~/first-machine examples/first-machine', what: 'A machine in a folder.' },
    { command: 'sysbuild switch --root ~/first-machine --dry-run', what: 'What would change.' },
    { command: 'sudo sysbuild switch --root / /etc/sysbuild', what: 'This machine itself.' },
    { command: 'sudo sysbuild switch --root / --confirm 60', what: 'Back in a minute, unless confirmed.' },
  ],
  run: (invocation) => runSystemVerb(invocation, { verb: 'switch', dryRun: invocation.flag('dry-run') }),
};
