/**
 * From words to an invocation. `commander` does the parsing; what it cannot, options with two values, is packed
 * into one word before (`--arg NAME EXPR` becomes `--arg=NAME<NUL>EXPR`) and unpacked after.
 */
import { type CommanderError, Command as Parser, Option as ParserOption } from 'commander';
import { AppError, type Assignment, isSettingName } from '../app/index.ts';
import { didYouMean } from '../base/text.ts';
import type { Command, Option } from './command.ts';
import { allSettingOptions, commonOptions } from './options.ts';

export interface Parsed {
  readonly operands: readonly string[];
  /** In the order given; each with its values. */
  readonly given: ReadonlyMap<string, readonly (readonly string[])[]>;
  /** Settings, in the order given. */
  readonly assignments: readonly Assignment[];
}

const separator = '\0';

/** @throws AppError app/usage */
export function parseWords(command: Command, words: readonly string[]): Parsed {
  const all = optionsOf(command);
  const options = all.filter((option) => words.some((word) => mayBe(option, word)));
  const given = new Map<string, string[][]>();
  const assignments: Assignment[] = [];
  const parser = new Parser(command.name).exitOverride().helpOption(false).allowExcessArguments();
  parser.configureOutput({ writeErr() {}, writeOut() {} });
  parser.argument('[operands...]');
  parser.action(() => {});
  for (const option of options) {
    parser.addOption(new ParserOption(flagsOf(option)));
    parser.on(`option:${option.long}`, (value?: string) => {
      const values = option.values.length === 0 ? [] : (value ?? '').split(separator);
      const assignment = assignmentOf(option, values);
      if (assignment !== undefined) assignments.push(assignment);
      else given.set(option.long, [...(given.get(option.long) ?? []), values]);
    });
  }
  try {
    parser.parse(packPairs(words, options), { from: 'user' });
  } catch (error) {
    throw usageError(command, all, error as CommanderError);
  }
  return checkOperands(command, { operands: parser.args, given, assignments });
}

/** All options of a command: its own, those of every command, those of settings that it does not replace. */
export function optionsOf(command: Command): Option[] {
  const own = [...command.options, ...commonOptions];
  const names = new Set(own.map((option) => option.long));
  const letters = new Set(own.map((option) => option.short));
  const rest = allSettingOptions()
    .filter((option) => !names.has(option.long))
    .map((option) => (letters.has(option.short) && option.short !== undefined ? withoutShort(option) : option));
  return [...own, ...rest];
}

function withoutShort({ short: _, ...option }: Option): Option {
  return option;
}

export function flagsOf(option: Option): string {
  const value = option.values.length === 0 ? '' : ` <${option.values.join(' ')}>`;
  return `${option.short === undefined ? '' : `-${option.short}, `}--${option.long}${value}`;
}

/** Packs the values of options that have several. Stops at `--`, and steps over the values of other options. */
function packPairs(words: readonly string[], options: readonly Option[]): string[] {
  const arity = new Map<string, number>();
  for (const option of options) {
    arity.set(`--${option.long}`, option.values.length);
    if (option.short !== undefined) arity.set(`-${option.short}`, option.values.length);
  }
  const packed: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') return [...packed, ...words.slice(i)];
    const count = arity.get(word) ?? 0;
    const values = words.slice(i + 1, i + 1 + count);
    if (values.length < count) throw missingValues(word, count);
    if (count > 1) packed.push(`${word}=${values.join(separator)}`);
    else packed.push(word, ...values);
    i += count;
  }
  return packed;
}

/** The setting that an option changes, if it is one of those. */
function assignmentOf(option: Option, values: readonly string[]): Assignment | undefined {
  const { long } = option;
  if (long === 'option') return { name: values[0]!, value: values[1]!, origin: '--option' };
  if (long === 'impure') return { name: 'pure-eval', value: 'false', origin: '--impure' };
  const origin = `--${long}`;
  if (isSettingName(long.replace(/^extra-/, ''))) return { name: long, value: values[0] ?? 'true', origin };
  const negated = /^no-(.*)$/.exec(long)?.[1];
  return negated !== undefined && isSettingName(negated) ? { name: negated, value: 'false', origin } : undefined;
}

function checkOperands(command: Command, parsed: Parsed): Parsed {
  const most = command.operands === '' ? 0 : command.most;
  if (most === undefined || parsed.operands.length <= most || parsed.given.has('help')) return parsed;
  throw new AppError('app/usage', `unexpected argument '${parsed.operands[most]}'`, { hint: seeHelp(command) });
}

function missingValues(option: string, count: number): AppError {
  const what = count === 1 ? 'an argument' : `${count} arguments`;
  return new AppError('app/usage', `'${option}' requires ${what}`, { details: { option } });
}

function usageError(command: Command, options: readonly Option[], error: CommanderError): AppError {
  const message = error.message.replace(/^error: /, '');
  const unknown = /^unknown option '-*([^']*)'/.exec(message)?.[1];
  if (unknown === undefined) return new AppError('app/usage', message, { hint: seeHelp(command), cause: error });
  const flag = /'([^']*)'/.exec(message)![1];
  const near = didYouMean(
    unknown,
    options.map((option) => option.long),
    1,
  )[0];
  const hint = near === undefined ? seeHelp(command) : `Did you mean --${near}?`;
  return new AppError('app/usage', `unrecognised flag '${flag}'`, { hint, details: { option: flag } });
}

/** Whether a word may be the option: those that cannot be any are not worth a parser's while. */
function mayBe(option: Option, word: string): boolean {
  if (word.startsWith('--')) return word.startsWith(option.long, 2);
  return option.short !== undefined && word.startsWith('-') && word.includes(option.short, 1);
}

function seeHelp(command: Command): string {
  return `See: sysbuild ${command.name} --help`;
}
