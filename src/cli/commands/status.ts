/** `sysbuild status` */
import { type MachineStatus, operations } from '../../app/index.ts';
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
    const { describeOverride, describePlan, machineStatus } = await operations.machineState();
    const status = await machineStatus(machineOptions(invocation));
    const { interrupted, deviations } = status;
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(status));
    else {
      const overrides = status.overrides.map(describeOverride);
      const lines = [
        ...describeStatus(status),
        ...overrides,
        ...(deviations === undefined ? [] : describePlan(deviations)),
      ];
      terminal.out(lines.map((line) => `${line}\n`).join(''));
    }
    const { files = [], users = [], units = [] } = deviations ?? {};
    const deviates = files.length + users.length + units.filter((step) => step.action !== 'skip').length > 0;
    return interrupted === undefined && !deviates ? exitCodes.ok.code : exitCodes.failed.code;
  },
};

function describeStatus(status: MachineStatus): string[] {
  const { root, current, trial, next, busy, waiting, interrupted, last } = status;
  return [
    current ? `${root} is generation ${current.number}: ${current.system}` : `${root} has no current generation`,
    ...(trial === undefined ? [] : [`it is on trial until it boots: ${trial}`]),
    ...(next === undefined ? [] : [`it becomes generation ${next} when it boots`]),
    ...(busy === undefined ? [] : [`it is being switched by ${busy}`]),
    ...(waiting ? [`generation ${waiting.generation} waits for sysbuild confirm until ${waiting.until}`] : []),
    ...(interrupted
      ? [
          `a switch to generation ${interrupted.generation} was interrupted (it began ${interrupted.startedAt}):`,
          'the next switch goes on with it, sysbuild abort undoes it',
        ]
      : []),
    ...(last === undefined ? [] : [`the last run: ${last.verb}, ${last.outcome} (sysbuild history ${last.number})`]),
  ];
}
