/** `sysbuild apply` */
import { resolve } from 'node:path';
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { machineOptions } from '../machine.ts';
import { codeOfRun, endingAsMachines, runOptions, runSettings } from '../machine-run.ts';
import { jsonOption, rootOption } from '../options.ts';
import { requiredOperand, showRun } from './run-output.ts';
import { labelOption } from './system-verb.ts';

export const command: Command = {
  name: 'apply',
  summary: 'carry out a plan that was made before',
  operands: 'PLAN',
  operandsComplete: 'file',
  most: 1,
  description:
    'PLAN is what sysbuild plan --out wrote. It is carried out as it stands, or refused (2) when the machine has changed ' +
    'since: when something else would be done now. Nothing is evaluated or built.',
  options: [rootOption, labelOption, ...runOptions, jsonOption],
  examples: [{ command: 'sudo sysbuild apply plan.json --root /', what: 'What was looked at, and nothing else.' }],
  run: (invocation) =>
    endingAsMachines(invocation, async () => {
      const { applyPlanFile } = await operations.generations();
      const file = resolve(invocation.cwd, requiredOperand(invocation, 'a plan'));
      const label = invocation.value('label');
      const summary = await applyPlanFile(machineOptions(invocation), file, { label, ...runSettings(invocation) });
      await showRun(invocation, summary);
      return codeOfRun(summary.report);
    }),
};
