/** `sysbuild rollback` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { generationNumber, machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'rollback',
  summary: 'make an older generation of a machine current again',
  operands: '[N]',
  operandsComplete: 'none',
  most: 1,
  description: 'Goes back to generation N (default: the one before the current one). Nothing is evaluated or built.',
  options: [
    rootOption,
    { long: 'wait', values: [], doc: 'Wait while another switch of this machine is under way.' },
    { long: 'dry-run', values: [], doc: 'Say what would be changed; leave the machine as it is.' },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild rollback --root ~/first-machine', what: 'One generation back.' },
    { command: 'sysbuild rollback 3 --root ~/first-machine', what: 'To generation 3.' },
  ],
  async run(invocation) {
    const { describePlan, rollbackMachine } = await operations.generations();
    const { root, plan, report } = await rollbackMachine(machineOptions(invocation), {
      generation: generationNumber(invocation.operands[0]),
      wait: invocation.flag('wait'),
      dryRun: invocation.flag('dry-run'),
    });
    const { terminal } = invocation;
    const lines = describePlan(plan).map((line) => `${line}\n`);
    if (invocation.flag('json')) terminal.out(renderJson({ root, plan, report }));
    else if (report === undefined) terminal.out(lines.join(''));
    else {
      const outcome = report.outcome === 'unchanged' ? 'already' : 'again';
      const number = terminal.outTheme.strong(`generation ${report.generation}`);
      terminal.out(`${terminal.outTheme.good('✓')} ${root} is ${number} ${outcome}\n${lines.join('')}`);
      for (const { path, place } of report.saved) terminal.out(`kept: what was at ${path} is now ${place}\n`);
    }
    return undefined;
  },
};
