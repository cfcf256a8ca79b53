/** `sysbuild store verify` and `sysbuild store repair` */
import { AppError, operations, type StoreProblem, type StoreRepair } from '../../../app/index.ts';
import { plural } from '../../../base/text.ts';
import type { Command, Invocation } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { exitCodes } from '../../exit-codes.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

export const verify: Command = {
  name: 'store verify',
  summary: 'compare the store with what is known of it',
  operands: '[PATH]…',
  operandsComplete: 'file',
  description: 'Without PATH, the whole store. Changes nothing without --repair. Exits with 1 when something is wrong.',
  options: [
    { long: 'check-contents', values: [], doc: 'Hash every file, rather than only look whether it is there.' },
    { long: 'repair', values: [], doc: 'Bring back what is damaged, as `store repair` does.' },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild store verify --check-contents', what: 'Is every byte as it was registered?' },
    { command: 'sysbuild store verify --check-contents --repair', what: 'And if not, make it so.' },
  ],
  async run(invocation) {
    const { verifyStore } = await operations.store();
    const { terminal, operands } = invocation;
    const request = {
      checkContents: invocation.flag('check-contents'),
      repair: invocation.flag('repair'),
      names: operands,
    };
    const { problems, repairs } = await verifyStore(sessionOptions(invocation), request);
    if (invocation.flag('json')) terminal.out(renderJson(request.repair ? { problems, repairs } : problems));
    else {
      showRepairs(invocation, repairs);
      for (const problem of problems) terminal.out(`${describe(problem)}\n`);
      terminal.out(problems.length === 0 ? 'all is well\n' : `${plural(problems.length, 'problem')}\n`);
    }
    return problems.length === 0 ? exitCodes.ok.code : exitCodes.failed.code;
  },
};

export const repair: Command = {
  name: 'store repair',
  summary: 'bring back the bytes of store paths that are damaged',
  operands: 'PATH…',
  operandsComplete: 'file',
  description:
    'From the file that a path was added from, from a cache of the setting substituters, or by building it again. ' +
    'Only the bytes that were registered are taken. Exits with 1 when something could not be repaired.',
  options: [jsonOption],
  examples: [{ command: 'sysbuild store repair ./result', what: 'Whatever happened to it.' }],
  async run(invocation) {
    const { repairStorePaths } = await operations.store();
    if (invocation.operands.length === 0) throw new AppError('app/usage', 'which paths?');
    const repairs = await repairStorePaths(sessionOptions(invocation), invocation.operands);
    if (invocation.flag('json')) invocation.terminal.out(renderJson(repairs));
    else showRepairs(invocation, repairs);
    return repairs.every(({ by }) => by !== undefined) ? exitCodes.ok.code : exitCodes.failed.code;
  },
};

function showRepairs({ terminal }: Invocation, repairs: readonly StoreRepair[]): void {
  for (const { path, by, failures } of repairs) {
    if (by !== undefined) terminal.out(`${path}: repaired from ${by}\n`);
    else {
      terminal.out(`${path}: could not be repaired\n`);
      for (const failure of failures) terminal.err(`  ${failure}\n`);
    }
  }
}

function describe(problem: StoreProblem): string {
  switch (problem.kind) {
    case 'missing':
      return `${problem.path}: is not there`;
    case 'modified':
      return `${problem.path}: was changed (its hash should be ${problem.expected}, and is ${problem.found})`;
    case 'unreadable':
      return `${problem.path}: cannot be read: ${problem.reason}`;
    case 'wrong-address':
      return `${problem.path}: is not where its content belongs: ${problem.reason}`;
    case 'modified-link':
      return `${problem.file}: a shared file was changed (its hash is ${problem.found})`;
    case 'database':
      return `the database: ${problem.reason}`;
  }
}
