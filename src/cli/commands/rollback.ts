/** `sysbuild rollback` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { generationNumber, machineOptions } from '../machine.ts';
import { codeOfRun, dryRunOption, endingAsMachines, runOptions, runSettings } from '../machine-run.ts';
import { jsonOption, rootOption } from '../options.ts';
import { showRun } from './run-output.ts';

export const command: Command = {
  name: 'rollback',
  summary: 'make an older generation of a machine current again',
  operands: '[N]',
  operandsComplete: 'none',
  most: 1,
  description: 'Goes back to generation N (default: the one before the current one). Nothing is evaluated or built.',
  options: [rootOption, ...runOptions, dryRunOption, jsonOption],
  examples: [
    { command: 'sysbuild rollback --root ~/first-machine', what: 'One generation back.' },
    { command: 'sysbuild rollback 3 --root ~/first-machine', what: 'To generation 3.' },
  ],
  run: (invocation) =>
    endingAsMachines(invocation, async () => {
      const { rollbackMachine } = await operations.generations();
      const summary = await rollbackMachine(machineOptions(invocation), {
        generation: generationNumber(invocation.operands[0]),
        dryRun: invocation.flag('dry-run'),
        ...runSettings(invocation),
      });
      await showRun(invocation, summary);
      return codeOfRun(summary.report);
    }),
};
