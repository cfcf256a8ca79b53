/** `sysbuild store verify` */
import { operations, type StoreProblem } from '../../../app/index.ts';
import { plural } from '../../../base/text.ts';
import type { Command } from '../../command.ts';
import { sessionOptions } from '../../evaluation.ts';
import { exitCodes } from '../../exit-codes.ts';
import { jsonOption } from '../../options.ts';
import { renderJson } from '../../render/json.ts';

export const command: Command = {
  name: 'store verify',
  summary: 'compare the store with what is known of it',
  operands: '',
  description: 'Changes nothing. Exits with 1 when something is wrong.',
  options: [
    { long: 'check-contents', values: [], doc: 'Hash every file, rather than only look whether it is there.' },
    jsonOption,
  ],
  examples: [{ command: 'sysbuild store verify --check-contents', what: 'Is every byte as it was registered?' }],
  async run(invocation) {
    const { verifyStore } = await operations.store();
    const problems = await verifyStore(sessionOptions(invocation), invocation.flag('check-contents'));
    if (invocation.flag('json')) invocation.terminal.out(renderJson(problems));
    else {
      for (const problem of problems) invocation.terminal.out(`${describe(problem)}\n`);
      invocation.terminal.out(problems.length === 0 ? 'all is well\n' : `${plural(problems.length, 'problem')}\n`);
    }
    return problems.length === 0 ? exitCodes.ok.code : exitCodes.failed.code;
  },
};

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
