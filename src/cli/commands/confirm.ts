/** `sysbuild confirm` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'confirm',
  summary: 'say that a switched machine can still be reached',
  operands: '',
  description:
    'A switch with --confirm puts everything back unless this is called in time. Call it from a new connection: that ' +
    'it can be called at all is what it says.',
  options: [rootOption, jsonOption],
  examples: [{ command: 'ssh machine sudo sysbuild confirm --root /', what: 'Keep the new generation.' }],
  async run(invocation) {
    const { confirmMachine } = await operations.machineState();
    const waiting = await confirmMachine(machineOptions(invocation));
    if (invocation.flag('json')) invocation.terminal.out(renderJson(waiting));
    else invocation.terminal.out(`generation ${waiting.generation} is confirmed\n`);
    return undefined;
  },
};
