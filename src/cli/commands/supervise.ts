/** `sysbuild supervise`: the process that carries out a switch of the real machine. Not for people to call. */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { requiredOperand } from './run-output.ts';

export const command: Command = {
  name: 'supervise',
  summary: 'carry out a run of the machine (started by sysbuild itself)',
  operands: 'FOLDER',
  operandsComplete: 'directory',
  most: 1,
  options: [],
  examples: [
    { command: 'sysbuild supervise /var/lib/sysbuild/runs/RUN', what: 'What a transient unit of a switch runs.' },
  ],
  async run(invocation) {
    const { superviseRun } = await operations.supervise();
    const line = await superviseRun(sessionOptions(invocation), requiredOperand(invocation, 'the folder of a run'));
    // Where a unit's process writes is the machine's own log.
    invocation.terminal.err(`${line}\n`);
    return undefined;
  },
};
