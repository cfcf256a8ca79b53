/** The kinds of values that settings have, each with its way from text and back. */

export interface SettingType<T> {
  /** As shown in help: `BOOL`, `N`, `TEXT`. */
  readonly placeholder: string;
  /** Returns undefined for a text that is no such value. */
  parse(text: string): T | undefined;
  print(value: T): string;
  /** How `extra-NAME` joins; absent where it makes no sense. */
  readonly append?: (old: T, more: T) => T;
  /** The values there are, for completion, where there are few. */
  readonly choices?: readonly string[];
}

export const boolean: SettingType<boolean> = {
  placeholder: 'BOOL',
  parse: (text) =>
    ['true', 'yes', '1'].includes(text) ? true : ['false', 'no', '0'].includes(text) ? false : undefined,
  print: String,
  choices: ['true', 'false'],
};

/** A whole number from 0, with the units K, M, G, T of 1024. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,15})([KMGT]?)$/i.exec(text);
  if (match === null) return undefined;
  const power = match[2] === '' ? 0 : 'KMGT'.indexOf(match[2]!.toUpperCase()) + 1;
  const value = Number(match[1]) * 1024 ** power;
  return Number.isSafeInteger(value) ? value : undefined;
}

export const number: SettingType<number> = { placeholder: 'N', parse: parseSize, print: String };

/** A number of parallel jobs; `auto`, which is 0, is the number of processors. */
export const jobs: SettingType<number> = {
  placeholder: 'N|auto',
  parse: (text) => (text === 'auto' ? 0 : number.parse(text)),
  print: (value) => (value === 0 ? 'auto' : String(value)),
};

export const text: SettingType<string> = { placeholder: 'TEXT', parse: (value) => value, print: (value) => value };

/** Words separated by white space. */
export const list: SettingType<readonly string[]> = {
  placeholder: 'WORDS',
  parse: (value) => value.split(/\s+/).filter((word) => word !== ''),
  print: (value) => value.join(' '),
  append: (old, more) => [...old, ...more],
};

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): SettingType<Choice> {
  return {
    placeholder: choices.join('|'),
    parse: (value) => choices.find((choice) => choice === value),
    print: (value) => value,
    choices,
  };
}
