/** `sysbuild status` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'status',
  summary: 'show which generation a machine is, and what is not as declared',
  operands: '',
  description:
    'Compares the declared files with what is there. Exits with 1 when something deviates or a switch was interrupted.',
  options: [rootOption, jsonOption],
  examples: [{ command: 'sysbuild status --root ~/first-machine', what: 'Is everything as declared?' }],
  async run(invocation) {
    const { describePlan, machineStatus } = await operations.generations();
    const status = await machineStatus(machineOptions(invocation));
    const { root, current, interrupted, deviations } = status;
    const { terminal } = invocation;
    const good = interrupted === undefined && (deviations?.files.length ?? 0) === 0;
    if (invocation.flag('json')) terminal.out(renderJson(status));
    else {
      terminal.out(
        current
          ? `${root} is generation ${current.number}: ${current.system}\n`
          : `${root} has no current generation\n`,
      );
      if (interrupted !== undefined) {
        terminal.out(
          `a switch to generation ${interrupted.generation} was interrupted (it began ${interrupted.startedAt}):\n`,
        );
        terminal.out('the next switch or rollback finishes or undoes it\n');
      }
      if (deviations !== undefined) for (const line of describePlan(deviations)) terminal.out(`${line}\n`);
    }
    return good ? exitCodes.ok.code : exitCodes.failed.code;
  },
};
