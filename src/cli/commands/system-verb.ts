/** The verbs that build a machine from its text and then do something with it: `switch`, `test`, `boot`, `plan`. */
import * as fs from 'node:fs';
import { relative, resolve } from 'node:path';
import { operations, type Subject, type SwitchSummary } from '../../app/index.ts';
import { toUnicode } from '../../base/bytes.ts';
import type { Invocation, Option } from '../command.ts';
import { machineOptions, programWord } from '../machine.ts';
import { codeOfRun, endingAsMachines, runSettings } from '../machine-run.ts';
import { machineSubject } from '../machine-subject.ts';
import { expressionOptions, jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';
import { type Again, renderSwitch } from '../render/switch-summary.ts';

/** Of all of them. */
export const systemOptions: readonly Option[] = [
  rootOption,
  ...expressionOptions,
  {
    long: 'specialisation',
    values: ['NAME'],
    doc: 'Take this other form of the machine, which its text declares.',
    completes: 'none',
  },
  jsonOption,
];

export const labelOption: Option = {
  long: 'label',
  values: ['TEXT'],
  doc: 'A name for the new generation.',
  completes: 'none',
};

interface Verb {
  readonly verb: 'switch' | 'test' | 'boot';
  readonly dryRun: boolean;
}

/** Evaluates, builds, and does what the verb says. */
export function runSystemVerb(invocation: Invocation, { verb, dryRun }: Verb): Promise<number> {
  return endingAsMachines(invocation, async () => {
    const { switchMachine } = await operations.switch();
    const subject = machineSubject(invocation);
    const explain = invocation.value('explain');
    const summary = await switchMachine(machineOptions(invocation), {
      ...{ verb, subject, dryRun, explain, ...runSettings(invocation) },
      label: invocation.value('label'),
      specialisation: invocation.value('specialisation'),
    });
    const out = invocation.value('out');
    if (out !== undefined) fs.writeFileSync(resolve(invocation.cwd, out), renderJson(summary.plan));
    await show(invocation, subject, summary, explain);
    return codeOfRun(summary.report);
  });
}

async function show(
  invocation: Invocation,
  subject: Subject,
  summary: SwitchSummary,
  explain: string | undefined,
): Promise<void> {
  const { terminal } = invocation;
  const { describePlan, describeUnit } = await operations.switch();
  if (invocation.flag('json')) terminal.out(renderJson(summary));
  else if (summary.report !== undefined) {
    terminal.out(renderSwitch(summary, again(invocation, subject), terminal.outTheme));
  } else {
    const nothing = [`${explain}: no switch has anything to do with it`];
    const lines =
      explain === undefined
        ? describePlan(summary.plan)
        : summary.explained === undefined
          ? nothing
          : describeUnit(explain, summary.explained);
    terminal.out(lines.map((line) => `${line}\n`).join(''));
  }
}

/** What to change, and the words that do the same again from here. */
function again(invocation: Invocation, subject: Subject): Again {
  const source = subject.sources[0];
  const operand = invocation.operands[0] ?? invocation.value('file');
  const program = programWord(invocation.env);
  if (source?.kind !== 'file' || source.path.startsWith('/nix/store/')) return { file: undefined, operand, program };
  // Of a folder, any file in it may be what describes the machine.
  const path = resolve(invocation.cwd, operand ?? toUnicode(source.path));
  const short = relative(invocation.cwd, path);
  return { file: short.startsWith('..') || short === '' ? path : short, operand, program };
}
