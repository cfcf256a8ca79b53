/** `--profile` and `--stats`: what evaluations cost. */
import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { AppError, operations, type ProfileFormat, profileFormats, type SessionOptions } from '../app/index.ts';
import type { Invocation, Option } from './command.ts';
import { sessionOptions } from './evaluation.ts';
import { renderJson } from './render/json.ts';

export const observeOptions: readonly Option[] = [
  {
    long: 'profile',
    values: ['FILE'],
    doc: 'Write a flame graph of where the time went, in terms of functions and files.',
    completes: 'file',
  },
  {
    long: 'profile-format',
    values: ['FORMAT'],
    doc: 'speedscope, cpuprofile or collapsed; by default as the name of FILE ends, else speedscope.',
    completes: profileFormats,
  },
  {
    long: 'stats',
    values: [],
    doc: 'Print JSON of what was counted to standard error, as NIX_SHOW_STATS=1 does.',
  },
];

/** Runs an operation, observed where that was asked for, and then tells of it. */
export async function observed<T>(invocation: Invocation, run: (session: SessionOptions) => Promise<T>): Promise<T> {
  const { env } = invocation;
  const profile = invocation.value('profile');
  const stats = invocation.flag('stats') || isOn(env['NIX_SHOW_STATS']);
  const session = sessionOptions(invocation);
  if (profile === undefined && !stats) return run(session);
  const format = formatFor(invocation, profile ?? '');
  const { Observation } = await operations.observe();
  const observation = new Observation(profile !== undefined);
  try {
    return await run(Object.defineProperty(session, 'observation', { value: observation }));
  } finally {
    if (profile !== undefined) fs.writeFileSync(resolve(invocation.cwd, profile), observation.profile(format));
    if (stats) tell(invocation, await observation.statistics(isOn(env['NIX_COUNT_CALLS'])));
  }
}

const isOn = (variable: string | undefined): boolean => variable !== undefined && variable !== '' && variable !== '0';

const byEnding: readonly (readonly [string, ProfileFormat])[] = [
  ['.cpuprofile', 'cpuprofile'],
  ['.folded', 'collapsed'],
  ['.collapsed', 'collapsed'],
  ['.txt', 'collapsed'],
];

function formatFor(invocation: Invocation, file: string): ProfileFormat {
  const asked = invocation.value('profile-format');
  if (asked === undefined) return byEnding.find(([ending]) => file.endsWith(ending))?.[1] ?? 'speedscope';
  const format = profileFormats.find((one) => one === asked);
  if (format !== undefined) return format;
  throw new AppError('app/usage', `'${asked}' is no format of profiles`, {
    hint: `There are: ${profileFormats.join(', ')}.`,
  });
}

/** To the file that NIX_SHOW_STATS_PATH names (`-` is standard error), or to standard error. */
function tell({ env, cwd, terminal }: Invocation, statistics: unknown): void {
  const path = env['NIX_SHOW_STATS_PATH'];
  if (path === undefined || path === '' || path === '-') terminal.err(renderJson(statistics));
  else fs.writeFileSync(resolve(cwd, path), renderJson(statistics));
}
