/** Finding the command that words name. */
import { AppError, definitionOf, settingNames } from '../../app/index.ts';
import { didYouMean } from '../../base/text.ts';
import type { Command } from '../command.ts';
import { commandTable } from './table.ts';

export { type CommandEntry, commandTable } from './table.ts';

export type Found =
  | { readonly kind: 'help'; readonly asked: boolean }
  | { readonly kind: 'version' }
  | { readonly kind: 'command'; readonly rest: readonly string[]; load(): Promise<Command> };

/** The command that the words name, and the words without it. Options may stand before it. */
export function findCommand(words: readonly string[]): Found {
  let at = 0;
  for (; words[at]?.startsWith('-') === true; at += 1 + valuesOf(words[at]!)) {
    if (words[at] === '--version') return { kind: 'version' };
    if (words[at] === '--help' || words[at] === '-h') return { kind: 'help', asked: true };
  }
  const [verb, second] = words.slice(at);
  if (verb === undefined) return { kind: 'help', asked: false };
  if (verb === 'help') return helpFor(words.slice(at + 1));
  const two = commandTable.find((entry) => entry.name === `${verb} ${second}`);
  const entry = two ?? commandTable.find((one) => one.name === verb);
  if (entry === undefined) throw unknownCommand(verb, second);
  const used = two === undefined ? 1 : 2;
  return { kind: 'command', rest: [...words.slice(0, at), ...words.slice(at + used)], load: entry.load };
}

/** `sysbuild help COMMAND`. */
function helpFor(words: readonly string[]): Found {
  return words.length === 0 ? { kind: 'help', asked: true } : findCommand([...words, '--help']);
}

/** How many values an option before the command has: only settings stand there. */
function valuesOf(word: string): number {
  if (word === '--option') return 2;
  if (word === '-j') return 1;
  const name = settingNames.find((setting) => word === `--${setting}` || word === `--extra-${setting}`);
  return name === undefined || definitionOf(name).type.placeholder === 'BOOL' ? 0 : 1;
}

function unknownCommand(verb: string, second: string | undefined): AppError {
  const ofGroup = commandTable.filter((entry) => entry.name.startsWith(`${verb} `)).map((entry) => entry.name);
  if (ofGroup.length > 0) {
    const what = second === undefined ? `'${verb}' needs a verb` : `unknown verb '${second}' of '${verb}'`;
    return new AppError('app/usage', what, { hint: `There are: ${ofGroup.join(', ')}.` });
  }
  const near = didYouMean(verb, new Set(commandTable.map((entry) => entry.name.split(' ')[0]!)));
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See: sysbuild --help';
  return new AppError('app/usage', `unknown command '${verb}'`, { hint, details: { command: verb } });
}
