/** What the verbs that change a machine share: their options, what they say, and how they end. */
import type { SwitchReport } from '../app/index.ts';
import { AppError } from '../app/index.ts';
import type { Invocation, Option } from './command.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { Theme } from './render/theme.ts';
import { report as reportError } from './report.ts';

/** Of all that change a machine. */
export const runOptions: readonly Option[] = [
  { long: 'wait', values: [], doc: 'Wait while another switch of this machine is under way.' },
  {
    long: 'confirm',
    values: ['SECONDS'],
    doc: 'Put everything back unless `sysbuild confirm` is called in time; the machine itself keeps the time.',
    completes: 'none',
  },
  { long: 'no-revert', values: [], doc: 'Keep the new generation although units fail; ends with 4 then.' },
  { long: 'ignore-inhibitors', values: [], doc: 'Go on although something holds the machine back (systemd-inhibit).' },
];

export const dryRunOption: Option = {
  long: 'dry-run',
  values: [],
  doc: 'Say what would be changed; leave the machine as it is.',
};

/** The values of `runOptions`. */
export function runSettings(invocation: Invocation) {
  return {
    wait: invocation.flag('wait'),
    confirm: seconds(invocation.value('confirm')),
    revert: !invocation.flag('no-revert'),
    ignoreInhibitors: invocation.flag('ignore-inhibitors'),
  };
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new AppError('app/usage', `'${text}' is not a number of seconds`);
}

/** How a run ends that went through: what is not well, and what still waits for the next boot, has a code of its own. */
export function codeOfRun(report: SwitchReport | undefined): number {
  if (report === undefined) return exitCodes.ok.code;
  if (report.unwell.length > 0) return exitCodes.unitsFailed.code;
  // Of a verb of machines, 100 says that a boot is needed.
  return report.inhibitors.length > 0 ? exitCodes.build.code : exitCodes.ok.code;
}

/** Runs a verb of machines: 100 says of them that a boot is needed, so that a build that fails ends otherwise. */
export async function endingAsMachines(invocation: Invocation, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (exitCodeOf(error).code !== exitCodes.build.code) throw error;
    reportError(error, invocation.terminal, invocation.config.settings['show-trace']);
    return exitCodes.failed.code;
  }
}

/** One line: which generation the machine is now. */
export function headline(report: SwitchReport, where: string, theme: Theme): string {
  const number = theme.strong(`generation ${report.generation}`);
  const good = report.unwell.length === 0 ? theme.good('✓') : theme.warning('!');
  switch (report.outcome) {
    case 'switched':
      return `${good} ${where} is now ${number}`;
    case 'repaired':
      return `${good} ${where} is ${number} already; what was not as declared has been put right`;
    case 'unchanged':
      return `${good} ${where} is ${number} already, and everything is as declared: nothing was done`;
    case 'on trial':
      return `${good} ${where} is on trial until it boots; ${number} stays current`;
    case 'staged':
      return `${good} ${where} becomes ${number} when it boots; until then nothing changes`;
  }
}

/** What a run leaves to be told besides: bytes set aside, what is not well, what holds the machine back. */
export function afterwords(report: SwitchReport, theme: Theme): string[] {
  return [
    ...report.saved.map(({ path, place }) => `  ${theme.warning('kept')}  what was at ${path} is now ${place}`),
    ...report.unwell.map((line) => `  ${theme.warning('not well')}  ${line}`),
    ...report.inhibitors.map((line) => `  ${theme.warning('held back')} by ${line}`),
  ];
}
