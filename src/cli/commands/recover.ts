/** `sysbuild recover` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'recover',
  summary: 'undo what an interrupted switch left of a machine',
  operands: '',
  description:
    'A switch whose process was killed is undone; one whose machine had been found well is finished. The machine does ' +
    'this by itself, after a kill and when it boots; sysbuild switch goes on with an interrupted switch instead.',
  options: [
    rootOption,
    { long: 'booting', values: [], doc: 'The machine boots at this moment; for its own use.', hidden: true },
    jsonOption,
  ],
  examples: [{ command: 'sudo sysbuild recover --root /', what: 'One whole generation again.' }],
  async run(invocation) {
    const { recoverLeft } = await operations.machineState();
    const booting = invocation.flag('booting');
    const done = await recoverLeft(Object.assign(machineOptions(invocation), { booting }));
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(done));
    else if (!invocation.flag('quiet')) {
      const { recovered, trialEnded, staged } = done;
      const lines = [
        ...(recovered ? [`the switch to generation ${recovered.generation} is ${recovered.outcome}`] : []),
        ...(trialEnded ? [`the trial has ended: generation ${trialEnded.generation} is current`] : []),
        ...(staged ? [`generation ${staged.generation} is current`] : []),
      ];
      terminal.out(`${lines.length === 0 ? 'nothing was left' : lines.join('\n')}\n`);
    }
    return undefined;
  },
};
