/** `sysbuild abort` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'abort',
  summary: 'give up the switch of a machine that is under way, interrupted, on trial or staged',
  operands: '',
  description:
    'A switch that is under way is undone at its next safe point; one that was interrupted is undone as far as it had ' +
    'not been found well; a trial ends; what was staged for the next boot is not taken over.',
  options: [rootOption, jsonOption],
  examples: [{ command: 'sudo sysbuild abort --root /', what: 'Back to the current generation.' }],
  async run(invocation) {
    const { abortMachine } = await operations.machineState();
    const given = await abortMachine(machineOptions(invocation));
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(given));
    else {
      const { asked, recovered, trial, staged, generation } = given;
      const lines = [
        ...(asked ? ['the switch that was under way was asked to give up'] : []),
        ...(recovered ? [`the switch to generation ${recovered.generation} is ${recovered.outcome}`] : []),
        ...(trial ? [`the trial of ${trial} has ended`] : []),
        ...(staged ? [`generation ${staged} is not taken over by the next boot`] : []),
      ];
      if (lines.length === 0) lines.push('there was nothing to give up');
      lines.push(generation === undefined ? 'no generation is current' : `generation ${generation} is current`);
      terminal.out(lines.map((line) => `${line}\n`).join(''));
    }
    return undefined;
  },
};
