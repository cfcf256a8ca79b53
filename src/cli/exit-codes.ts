/** How a run of sysbuild ends: the one table of exit codes, and which error leads to which. */
import { SysbuildError } from '../base/errors.ts';

export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

export const exitCodes = {
  ok: { code: 0, meaning: 'It worked.' },
  failed: { code: 1, meaning: 'An error: of evaluation, of the store, of a switch, or any that has no code below.' },
  planRefused: { code: 2, meaning: 'The plan of a switch cannot be carried out, or is not what would be done now.' },
  preflight: { code: 3, meaning: 'Something that is known before the first change stands against a switch.' },
  unitsFailed: { code: 4, meaning: 'A switch went through, and units or probes are not well.' },
  reverted: { code: 5, meaning: 'A switch failed, and everything is as it was before.' },
  revertFailed: { code: 6, meaning: 'A switch failed and could not be undone entirely; the next one tries again.' },
  alarm: { code: 8, meaning: 'Of `drift`: something that must be as the generation is, is not.' },
  usage: { code: 64, meaning: 'The command line makes no sense: an unknown command or option, a missing operand.' },
  bug: { code: 70, meaning: 'A bug in sysbuild; the message says how to report it.' },
  busy: { code: 75, meaning: 'Another process holds the lock that is needed; trying again later may work.' },
  build: {
    code: 100,
    meaning: 'A build failed. Of a verb of machines, where that is 1: the generation waits for the next boot.',
  },
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
  ['activate/plan-refused', exitCodes.planRefused],
  ['activate/changed-meanwhile', exitCodes.planRefused],
  ['activate/in-the-way', exitCodes.planRefused],
  ['activate/path', exitCodes.planRefused],
  ['activate/unresolvable', exitCodes.planRefused],
  ['activate/id-change', exitCodes.planRefused],
  ['activate/preflight', exitCodes.preflight],
  ['activate/no-space', exitCodes.preflight],
  ['activate/budget', exitCodes.preflight],
  ['activate/reverted', exitCodes.reverted],
  ['activate/revert-failed', exitCodes.revertFailed],
  ['internal', exitCodes.bug],
]);

export function exitCodeOf(error: unknown): ExitCode {
  if (isAbort(error)) return exitCodes.interrupted;
  if (!(error instanceof SysbuildError)) return exitCodes.bug;
  return byErrorCode.get(error.code) ?? statusOf(error) ?? exitCodes.failed;
}

/**
 * Errors of builds carry a status of their own, as Nix's do. That of several is put together of theirs: 96, and bits
 * for each kind.
 */
function statusOf(error: SysbuildError): ExitCode | undefined {
  const status = 'exitStatus' in error ? error.exitStatus : undefined;
  const known = Object.values<ExitCode>(exitCodes).find(({ code }) => code === status);
  if (known !== undefined || typeof status !== 'number' || (status & 96) !== 96) return known;
  return { code: status, meaning: 'Several builds failed in different ways.' };
}

/** What an AbortSignal makes functions throw. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'ABORT_ERR'));
}
