/** `sysbuild diff` */
import { operations } from '../../app/index.ts';
import type { Command } from '../command.ts';
import { generationNumber, machineOptions } from '../machine.ts';
import { jsonOption, rootOption } from '../options.ts';
import { renderJson } from '../render/json.ts';
import type { Theme } from '../render/theme.ts';

export const command: Command = {
  name: 'diff',
  summary: 'show what differs between two generations of a machine',
  operands: '[A [B]]',
  operandsComplete: 'none',
  most: 2,
  description:
    'Packages, files and store paths. Without numbers: the generation before the current one, and the current one; ' +
    'with one: that one, and the current one.',
  options: [rootOption, jsonOption],
  examples: [
    { command: 'sysbuild diff --root ~/first-machine', what: 'What the last switch changed.' },
    { command: 'sysbuild diff 1 4 --root ~/first-machine', what: 'From generation 1 to generation 4.' },
  ],
  async run(invocation) {
    const { describeDiff, diffGenerations } = await operations.generations();
    const [before, after] = invocation.operands.map(generationNumber);
    const diff = await diffGenerations(machineOptions(invocation), before, after);
    const { terminal } = invocation;
    if (invocation.flag('json')) terminal.out(renderJson(diff));
    else for (const line of describeDiff(diff)) terminal.out(`${painted(line, terminal.outTheme)}\n`);
    return undefined;
  },
};

/** Lines of text have their sign at their begin, all others after the kind of thing. */
function painted(line: string, theme: Theme): string {
  const sign = /^(?:\w+ +| +)([+-])/.exec(line)?.[1];
  return sign === undefined ? line : sign === '+' ? theme.added(line) : theme.removed(line);
}
