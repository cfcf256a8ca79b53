/** `sysbuild drift` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'drift',
  summary: 'show what on a machine is not as somebody said, judged by its realm',
  operands: '',
  description:
    'What is congruent and deviates is an alarm, and the exit code is 8. What is convergent is put right by sysbuild ' +
    'converge, or reported with its owner: the exit code is 1. What is left alone is counted, and of what nobody ' +
    'answers for, growth since the last look is told: the exit code is 0.',
  options: [
    rootOption,
    { long: 'all', values: [], doc: 'Show everything, what is left alone as well.' },
    { long: 'no-diff', values: [], doc: 'Do not show the lines of texts that differ.' },
    { long: 'no-resources', values: [], doc: 'Do not run the checks of convergent resources.' },
    { long: 'read-all', values: [], doc: 'Read contents again whose inodes did not change.' },
    { long: 'forget', values: [], doc: 'Do not keep this look for the next one to compare with.' },
    jsonOption,
  ],
  examples: [{ command: 'sudo sysbuild drift --root /', what: 'What changed on this machine behind our back?' }],
  async run(invocation) {
    const { describeDrift, driftOfMachine } = await operations.realms();
    const report = await driftOfMachine(machineOptions(invocation), {
      readAll: invocation.flag('read-all'),
      resources: !invocation.flag('no-resources'),
      remember: !invocation.flag('forget'),
    });
    const { terminal } = invocation;
    if (invocation.flag('json')) {
      const { survey, ...rest } = report;
      terminal.out(renderJson({ ...rest, looked: survey.counts }));
    } else {
      const lines = describeDrift(report, { all: invocation.flag('all'), diff: !invocation.flag('no-diff') });
      terminal.out(lines.map((line) => `${line}\n`).join(''));
    }
    const verdicts = new Set(report.deviations.map(({ verdict }) => verdict));
    if (verdicts.has('alarm')) return exitCodes.alarm.code;
    return verdicts.has('repair') || verdicts.has('report') ? exitCodes.failed.code : exitCodes.ok.code;
  },
};
