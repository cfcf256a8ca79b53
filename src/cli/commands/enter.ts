/** `sysbuild enter` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { machineAt } from '../machine.ts';
import { rootOption } from '../options.ts';

export const command: Command = {
  name: 'enter',
  summary: 'run a program on a machine that is a folder',
  operands: '[DIR] [-- CMD…]',
  operandsComplete: 'directory',
  description:
    'Opens the machine whose root is DIR (or that of --root): its files as /, its store read-only at /nix/store, root ' +
    'inside. Runs CMD (default: a shell) and exits with its status.',
  options: [rootOption],
  examples: [
    { command: 'sysbuild enter ~/first-machine', what: 'A shell.' },
    { command: 'sysbuild enter ~/first-machine -- cat /etc/motd', what: 'One program.' },
  ],
  async run(invocation) {
    const { enterMachine } = await operations.enter();
    const { operands } = invocation;
    const named = invocation.value('root');
    if (named !== undefined) return enterMachine(machineAt(invocation, named), operands);
    const [root, ...words] = operands;
    return enterMachine(machineAt(invocation, root), words);
  },
};
