/** `sysbuild switch` */
import * as fs from 'node:fs';
import { relative, resolve } from 'node:path';
import { operations, type Subject } from '../../app/index.ts';
import { toUnicode } from '../../base/bytes.ts';
import type { Command, Invocation } from '../command.ts';
import { subjectOf } from '../evaluation.ts';
import { machineOptions, programWord } from '../machine.ts';
import { expressionOptions, jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';
import { type Again, renderSwitch } from '../render/switch-summary.ts';

export const command: Command = {
  name: 'switch',
  summary: 'build a machine from its text and make it current',
  operands: '[FILE]',
  operandsComplete: 'file',
  most: 1,
  description:
    'FILE (default: ./system.nix; for a folder, the system.nix in it) describes the machine: a module of options, or ' +
    'an expression that gives a system. It is built, and becomes a new generation of the machine whose root is DIR by ' +
    'one rename; the generations before it stay, for sysbuild rollback. When nothing differs, nothing is done.',
  options: [
    rootOption,
    ...expressionOptions,
    { long: 'label', values: ['TEXT'], doc: 'A name for the new generation.', completes: 'none' },
    { long: 'wait', values: [], doc: 'Wait while another switch of this machine is under way.' },
    { long: 'dry-run', values: [], doc: 'Build, and say what would be changed; leave the machine as it is.' },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild switch --root ~/first-machine examples/first-machine', what: 'A machine in a folder.' },
    { command: 'sysbuild switch --root ~/first-machine --dry-run', what: 'What would change.' },
    { command: 'sudo sysbuild switch --root / /etc/sysbuild', what: 'This machine itself.' },
  ],
  async run(invocation) {
    const { describePlan, switchMachine } = await operations.switch();
    const subject = machineSubject(invocation);
    const summary = await switchMachine(machineOptions(invocation), {
      subject,
      label: invocation.value('label'),
      wait: invocation.flag('wait'),
      dryRun: invocation.flag('dry-run'),
    });
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(summary));
    else if (summary.report === undefined)
      terminal.out(
        describePlan(summary.plan)
          .map((line) => `${line}\n`)
          .join(''),
      );
    else terminal.out(renderSwitch(summary, again(invocation, subject), terminal.outTheme));
    return undefined;
  },
};

/** As for `eval`, but with `system.nix` where that takes `default.nix`. */
function machineSubject(invocation: Invocation): Subject {
  const subject = subjectOf(invocation, './system.nix');
  const sources = subject.sources.map((source) => {
    if (source.kind !== 'file') return source;
    const inFolder = `${source.path}/system.nix`;
    return fs.existsSync(Buffer.from(inFolder, 'latin1')) ? ({ kind: 'file', path: inFolder } as const) : source;
  });
  return { ...subject, sources };
}

/** What to change, and the words that do the same again from here. */
function again(invocation: Invocation, subject: Subject): Again {
  const source = subject.sources[0];
  const operand = invocation.operands[0] ?? invocation.value('file');
  const program = programWord(invocation.env);
  if (source?.kind !== 'file') return { file: undefined, operand, program };
  // Of a folder, any file in it may be what describes the machine.
  const path = resolve(invocation.cwd, operand ?? toUnicode(source.path));
  const short = relative(invocation.cwd, path);
  return { file: short.startsWith('..') || short === '' ? path : short, operand, program };
}
