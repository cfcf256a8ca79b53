/** Help texts, from the declarations of commands. */
import { definitionOf, settingNames } from '../app/index.ts';
import type { Command, Option } from './command.ts';
import { commonOptions } from './options.ts';
import type { Theme } from './render/theme.ts';

const width = 100;

export interface CommandSummary {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  readonly hidden?: boolean;
}

/** `sysbuild --help`. */
export function renderOverview(all: readonly CommandSummary[], theme: Theme): string {
  const commands = all.filter((command) => command.hidden !== true);
  const column = Math.max(...commands.map((command) => command.name.length)) + 4;
  const lines = [
    `${theme.strong('sysbuild')}: a functional system builder: text to derivation graph to store to generation.`,
    '',
    `${theme.strong('Usage:')} sysbuild COMMAND [OPTION]… [OPERAND]…`,
  ];
  for (const group of new Set(commands.map((command) => command.group))) {
    lines.push('', theme.strong(`${group}:`));
    for (const command of commands.filter((one) => one.group === group)) {
      lines.push(`  ${command.name.padEnd(column - 2)}${command.summary}`);
    }
  }
  lines.push('', 'sysbuild COMMAND --help says more about a command, with examples.');
  return `${lines.join('\n')}\n`;
}

/** `sysbuild COMMAND --help`. */
export function renderHelp(command: Command, theme: Theme): string {
  const operands = command.operands === '' ? '' : ` ${command.operands}`;
  const lines = [
    `${theme.strong(`sysbuild ${command.name}`)}: ${command.summary}.`,
    '',
    `${theme.strong('Usage:')} sysbuild ${command.name} [OPTION]…${operands}`,
  ];
  if (command.description !== undefined) {
    for (const paragraph of command.description.split('\n\n')) lines.push('', ...wrap(paragraph, width));
  }
  lines.push('', theme.strong('Options:'));
  for (const option of [...command.options, ...commonOptions]) {
    if (option.hidden !== true) lines.push(...optionLines(option));
  }
  lines.push('', ...wrap(settingsNote(), width));
  lines.push('', theme.strong('Examples:'));
  for (const example of command.examples) lines.push(`  ${theme.good(example.command)}`, `      ${example.what}`);
  return `${lines.join('\n')}\n`;
}

function settingsNote(): string {
  const words = settingNames.map((name) =>
    definitionOf(name).type.placeholder === 'BOOL' ? `--${name}` : `--${name} ${definitionOf(name).type.placeholder}`,
  );
  return `Every setting is an option too (sysbuild config explains them): ${words.join(', ')}.`;
}

function optionLines(option: Option): string[] {
  const letter = option.short === undefined ? '    ' : `-${option.short}, `;
  const term = `  ${letter}--${option.long}${option.values.map((value) => ` ${value}`).join('')}`;
  const column = 30;
  const doc = wrap(option.doc, width - column).map((line) => ' '.repeat(column) + line);
  return term.length < column - 1 ? [term.padEnd(column) + doc[0]!.trimStart(), ...doc.slice(1)] : [term, ...doc];
}

/** Breaks a text at spaces; lines that begin with a space stay as they are. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const paragraph of text.split('\n')) {
    if (paragraph.startsWith(' ')) {
      if (line !== '') lines.push(line);
      line = '';
      lines.push(paragraph);
      continue;
    }
    for (const word of paragraph.split(/\s+/)) {
      if (line !== '' && line.length + 1 + word.length > columns) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
