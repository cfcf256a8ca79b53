/** `sysbuild history` */
import { AppError, operations, type RunReport } from '../../app/index.ts';
import { formatDuration, plural } from '../../base/text.ts';
import type { Command, Invocation } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';
import { renderTable } from '../render/table.ts';

export const command: Command = {
  name: 'history',
  summary: 'show what was done to a machine',
  operands: '[N]',
  operandsComplete: 'none',
  most: 1,
  description:
    'Lists the runs on a machine with how they ended; with N, the whole report of one: what was done, put right, kept ' +
    'aside, skipped or not kept, each with its reason, and how long each part took.',
  options: [rootOption, jsonOption],
  examples: [
    { command: 'sysbuild history --root /', what: 'All runs that are remembered.' },
    { command: 'sysbuild history 12 --root /', what: 'The report of run 12.' },
  ],
  async run(invocation) {
    const [operand] = invocation.operands;
    if (operand === undefined) await showAll(invocation);
    else await showOne(invocation, operand);
    return exitCodes.ok.code;
  },
};

async function showAll(invocation: Invocation): Promise<void> {
  const { machineHistory } = await operations.machineState();
  const all = await machineHistory(machineOptions(invocation));
  if (invocation.flag('json')) {
    invocation.terminal.out(renderJson(all));
    return;
  }
  const columns = ['N', 'began', 'verb', 'by', 'generation', 'outcome', 'changes', 'time'].map((title) => ({ title }));
  const rows = all.map((run) => [
    String(run.number),
    run.startedAt.replace('T', ' ').slice(0, 19),
    run.verb,
    run.by.replace(/ \(pid \d+\)$/, ''),
    run.to === undefined ? '' : `${run.from?.generation ?? '-'} -> ${run.to.generation ?? 'new'}`,
    run.outcome,
    plural(run.lines.length, 'line'),
    formatDuration(run.milliseconds),
  ]);
  invocation.terminal.out(renderTable(columns, rows));
}

async function showOne(invocation: Invocation, operand: string): Promise<void> {
  if (!/^\d+$/.test(operand)) {
    throw new AppError('app/usage', `'${operand}' is not the number of a report`, {
      hint: 'sysbuild history lists them.',
    });
  }
  const { machineReport } = await operations.machineState();
  const report = await machineReport(machineOptions(invocation), Number(operand));
  if (invocation.flag('json')) invocation.terminal.out(renderJson(report));
  else invocation.terminal.out(`${describeReport(report).join('\n')}\n`);
}

function describeReport(report: RunReport): string[] {
  const width = Math.max(0, ...report.lines.map((line) => line.outcome.length));
  const parts = report.parts.map((part) => `${part.name} ${formatDuration(part.milliseconds)}`).join(', ');
  return [
    `run ${report.number}: ${report.verb} by ${report.by}, ${report.startedAt}`,
    `outcome: ${report.outcome}, after ${formatDuration(report.milliseconds)}${parts === '' ? '' : ` (${parts})`}`,
    ...(report.to === undefined ? [] : [`system: ${report.to.system}`]),
    ...(report.error === undefined ? [] : [`error: ${report.error.message} [${report.error.code}]`]),
    ...report.lines.map((line) => `  ${line.outcome.padEnd(width)}  ${line.what}: ${line.why}`),
  ];
}
