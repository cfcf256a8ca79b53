/** How a run of sysbuild ends: the one table of exit codes, and which error leads to which. */
import { SysbuildError } from '../base/errors.ts';

export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

export const exitCodes = {
  ok: { code: 0, meaning: 'It worked.' },
  failed: { code: 1, meaning: 'An error: of evaluation, of the store, of a switch, or any that has no code below.' },
  reverted: { code: 5, meaning: 'A switch failed, and everything is as it was before.' },
  revertFailed: { code: 6, meaning: 'A switch failed and could not be undone entirely; the next one tries again.' },
  usage: { code: 64, meaning: 'The command line makes no sense: an unknown command or option, a missing operand.' },
  bug: { code: 70, meaning: 'A bug in sysbuild; the message says how to report it.' },
  busy: { code: 75, meaning: 'Another process holds the lock that is needed; trying again later may work.' },
  build: { code: 100, meaning: 'A build failed.' },
  timeout: { code: 101, meaning: 'A build took too long, or was silent for too long.' },
  hash: { code: 102, meaning: 'A fixed output has another hash than declared.' },
  nondeterministic: { code: 104, meaning: 'With --check, a rebuild gave another result.' },
  interrupted: { code: 130, meaning: 'Ended by Ctrl-C, SIGTERM or SIGHUP, and cleaned up.' },
  brokenPipe: { code: 141, meaning: 'The reader of standard output went away.' },
} as const satisfies Record<string, ExitCode>;

/** Codes of errors, by the `code` that they carry. */
const byErrorCode: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['app/usage', exitCodes.usage],
  ['app/config-syntax', exitCodes.usage],
  ['app/config-value', exitCodes.usage],
  ['app/no-root', exitCodes.usage],
  ['app/interrupted', exitCodes.interrupted],
  ['activate/locked', exitCodes.busy],
  ['build/cancelled', exitCodes.interrupted],
  ['activate/locked', exitCodes.busy],
  ['activate/reverted', exitCodes.reverted],
  ['activate/revert-failed', exitCodes.revertFailed],
  ['internal', exitCodes.bug],
]);

export function exitCodeOf(error: unknown): ExitCode {
  if (isAbort(error)) return exitCodes.interrupted;
  if (!(error instanceof SysbuildError)) return exitCodes.bug;
  return byErrorCode.get(error.code) ?? statusOf(error) ?? exitCodes.failed;
}

/** Errors of builds carry a status of their own, as Nix's do. */
function statusOf(error: SysbuildError): ExitCode | undefined {
  const status = 'exitStatus' in error ? error.exitStatus : undefined;
  return Object.values<ExitCode>(exitCodes).find(({ code }) => code === status);
}

/** What an AbortSignal makes functions throw. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'ABORT_ERR'));
}
