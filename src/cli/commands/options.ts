/** `sysbuild options` */
import { operations } from '../../app/index.ts';
import type { Command, Invocation } from '../command.ts';
import { sessionOptions } from '../evaluation.ts';
import { machineSubject } from '../machine-subject.ts';
import { expressionOptions, jsonOption } from '../options.ts';
import { renderJson } from '../render/json.ts';
import { renderOption, renderOptionList } from '../render/option.ts';

export const command: Command = {
  name: 'options',
  summary: 'show what a machine can be told, and what it is told',
  operands: '[QUERY]…',
  operandsComplete: 'none',
  description:
    'QUERY is the name of an option (`services.nginx.enable`), or of a place inside of one ' +
    '(`systemd.services.nginx.script`): shown are its type, default and description, where it is declared and, of a ' +
    'machine (--file), its value with everybody who sets it. Other words are looked for in names and descriptions. ' +
    'Without QUERY all options are listed.',
  options: [
    ...expressionOptions,
    { long: 'internal', values: [], doc: 'List also options that are not for configurations to set.' },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild options nginx', what: 'All that has to do with nginx.' },
    { command: 'sysbuild options services.nginx.virtualHosts', what: 'One option, and those inside of it.' },
    {
      command: 'sysbuild options -f system.nix networking.hostName',
      what: 'What this machine is called, and who says so.',
    },
  ],
  async run(invocation) {
    const { findOptions } = await operations.options();
    const query = invocation.operands.join(' ');
    const answer = await findOptions(sessionOptions(invocation), {
      subject: namesMachine(invocation) ? machineSubject(withoutOperands(invocation)) : undefined,
      query: query === '' ? undefined : query,
      internal: invocation.flag('internal'),
    });
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(answer.kind === 'one' ? [answer.option] : answer.options));
    else if (answer.kind === 'one') terminal.out(renderOption(answer.option, invocation.cwd, terminal.outTheme));
    else terminal.out(renderOptionList(answer.options, terminal.outTheme));
    return undefined;
  },
};

const namesMachine = (invocation: Invocation): boolean =>
  invocation.values('file').length + invocation.values('expr').length > 0;

/** The operands are the query, and no files. */
function withoutOperands(invocation: Invocation): Invocation {
  return Object.assign(Object.create(invocation) as Invocation, { operands: [] });
}
