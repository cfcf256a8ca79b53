/** Options that several commands share, and those that come from settings. */
import { definitionOf, type SettingName, settingNames } from '../app/index.ts';
import type { Option } from './command.ts';

export const fileOption: Option = {
  long: 'file',
  short: 'f',
  values: ['FILE'],
  doc: 'Evaluate this file, or the default.nix of this folder.',
  many: true,
  completes: 'file',
};

/** What to evaluate, and with which arguments. */
export const expressionOptions: readonly Option[] = [
  fileOption,
  {
    long: 'expr',
    short: 'E',
    values: ['TEXT'],
    doc: 'Evaluate this expression instead of a file.',
    many: true,
    completes: 'none',
  },
  {
    long: 'attr',
    short: 'A',
    values: ['PATH'],
    doc: 'Take this attribute of the value; may be given several times.',
    many: true,
    completes: 'none',
  },
  {
    long: 'arg',
    values: ['NAME', 'EXPR'],
    doc: 'Pass the value of an expression to the function that the file contains.',
    many: true,
    completes: 'none',
  },
  {
    long: 'argstr',
    values: ['NAME', 'TEXT'],
    doc: 'Pass a string to the function that the file contains.',
    many: true,
    completes: 'none',
  },
  {
    long: 'include',
    short: 'I',
    values: ['PATH'],
    doc: 'Look <names> up in this folder, or NAME=PATH; comes before NIX_PATH.',
    many: true,
    completes: 'directory',
  },
  { long: 'impure', values: [], doc: 'The opposite of --pure-eval.' },
  { long: 'read-write-mode', values: [], doc: 'Accepted for scripts written for Nix; has no effect.', hidden: true },
];

export const jsonOption: Option = { long: 'json', values: [], doc: 'Print JSON.' };

export const rootOption: Option = {
  long: 'root',
  values: ['DIR'],
  doc: 'The machine: the folder that stands for its "/". The real machine only when asked for: --root /.',
  completes: 'directory',
};

/** Every command has these. */
export const commonOptions: readonly Option[] = [
  { long: 'option', values: ['NAME', 'VALUE'], doc: 'Give a setting a value; see `sysbuild config`.', many: true },
  { long: 'verbose', short: 'v', values: [], doc: 'Show builder output and more.', many: true },
  { long: 'quiet', short: 'q', values: [], doc: 'Show no progress.', many: true },
  { long: 'help', short: 'h', values: [], doc: 'Show this help.' },
];

const shortNames: Partial<Record<SettingName, string>> = {
  'max-jobs': 'j',
  'keep-failed': 'K',
  'keep-going': 'k',
  'print-build-logs': 'L',
};

/** The options of one setting: `--NAME VALUE`, or `--NAME` and `--no-NAME`, and `--extra-NAME`. */
export function settingOptions(name: SettingName): Option[] {
  const { type, doc } = definitionOf(name);
  const short = shortNames[name];
  const base = { doc, ...(short === undefined ? {} : { short }), ...(type.choices ? { completes: type.choices } : {}) };
  if (type.placeholder === 'BOOL') {
    return [
      { ...base, long: name, values: [], completes: 'none' },
      { long: `no-${name}`, values: [], doc: `The opposite of --${name}.`, hidden: true },
    ];
  }
  const options: Option[] = [{ ...base, long: name, values: [type.placeholder] }];
  if (type.append !== undefined) {
    options.push({ long: `extra-${name}`, values: [type.placeholder], doc: `Add to ${name}.`, hidden: true });
  }
  return options;
}

export const allSettingOptions = (): Option[] => settingNames.flatMap(settingOptions);
