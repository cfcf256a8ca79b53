/** What the verbs of machines share: which machine, and numbers of generations. */
import { AppError, type MachineOptions, type SessionOptions } from '../app/index.ts';
import type { Invocation } from './command.ts';
import { sessionOptions } from './evaluation.ts';

export function machineOptions(invocation: Invocation): MachineOptions {
  return machineAt(invocation, invocation.value('root'));
}

export function machineAt(invocation: Invocation, root: string | undefined): MachineOptions {
  // Not spread: the signal is asked for only when it is needed.
  return Object.assign(Object.create(sessionOptions(invocation)) as SessionOptions, { root });
}

/** An operand as the number of a generation. */
export function generationNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new AppError('app/usage', `'${text}' is not the number of a generation`, {
    hint: 'sysbuild generations lists them.',
  });
}

/** A word for a shell, quoted where it has to be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** How sysbuild was called, as a word that calls it again from here: its name where it is on PATH, or its path. */
export function programWord(env: Invocation['env']): string {
  const called = env['SYSBUILD_PROGRAM'] ?? 'sysbuild';
  const slash = called.lastIndexOf('/');
  const folders = (env['PATH'] ?? '').split(':');
  return slash === -1 || folders.includes(called.slice(0, slash)) ? called.slice(slash + 1) : shellWord(called);
}
