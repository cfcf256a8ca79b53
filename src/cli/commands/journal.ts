/** `sysbuild journal` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'journal',
  summary: 'show every change that was made to a machine, in order',
  operands: '',
  description:
    'Each entry holds the digest of the one before, so that nothing can be changed, removed or put in unseen. With ' +
    '--verify only what is wrong is shown, and the exit code is 1 when anything is.',
  options: [
    rootOption,
    { long: 'verify', values: [], doc: 'Check the chain and say where it is broken.' },
    { long: 'last', values: ['N'], doc: 'Show the last N entries.', completes: 'none' },
    jsonOption,
  ],
  examples: [{ command: 'sysbuild journal --root / --verify', what: 'Was the record tampered with?' }],
  async run(invocation) {
    const { journalOfMachine } = await operations.realms();
    const { entries, problems, head, torn } = await journalOfMachine(machineOptions(invocation));
    const { terminal } = invocation;
    const last = Number(invocation.value('last') ?? entries.length);
    const verify = invocation.flag('verify');
    if (invocation.flag('json'))
      terminal.out(renderJson({ entries: entries.slice(-last), problems, head, torn: torn !== '' }));
    else {
      const shown = verify ? [] : last === 0 ? [] : entries.slice(-last);
      for (const { number, at, by, kind, what } of shown) terminal.out(`${number}  ${at}  ${kind}  ${what}  (${by})\n`);
      for (const { line, problem } of problems) terminal.out(`line ${line}: ${problem}\n`);
      if (verify && problems.length === 0) terminal.out(`${entries.length} entries, an unbroken chain\n`);
      if (torn !== '') terminal.out('the last line was cut off; the next change removes it\n');
    }
    return problems.length === 0 ? undefined : exitCodes.failed.code;
  },
};
