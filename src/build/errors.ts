/**
 * The closed error family of the build room: one code for each way in which a build can fail.
 *
 * `codes` also says which of Nix's exit statuses a failure belongs to: 100 a build failed, 101 it took too long,
 * 102 a fixed output has another hash than promised, 104 a rebuild differs; 1 for everything that is not the
 * builder's doing.
 */
import { type ErrorDetails, errnoOf, SysbuildError } from '../base/errors.ts';

export const codes = {
  'build/builder-failed': 100,
  'build/timed-out': 101,
  'build/log-too-long': 100,
  'build/hash-mismatch': 102,
  'build/output-missing': 100,
  'build/output-rejected': 100,
  'build/reference-not-allowed': 100,
  'build/output-too-large': 100,
  'build/not-deterministic': 104,
  'build/fetch-failed': 100,
  'build/unpack-failed': 100,
  'build/disk-full': 100,
  'build/substitute-failed': 1,
  'build/dependency-failed': 100,
  'build/several-failed': 100,
  'build/cancelled': 1,
  'build/no-sandbox': 1,
  'build/unsupported': 1,
  'build/missing-input': 1,
  'build/unknown-output': 1,
  'build/invalid-derivation': 1,
  'build/not-built': 1,
  'build/setting': 1,
  'build/io': 1,
} as const;

export type BuildErrorCode = keyof typeof codes;

export class BuildError extends SysbuildError {
  readonly code: BuildErrorCode;

  constructor(code: BuildErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, options);
    this.code = code;
  }

  /** Nix's exit status for this kind of failure; for several of them, that of all. */
  get exitStatus(): number {
    const { status } = this.details ?? {};
    return this.code === 'build/several-failed' && typeof status === 'number' ? status : codes[this.code];
  }
}

/**
 * The exit status for several failures, put together as Nix does: bits for a failed build (4), a time-out (1), a hash
 * mismatch (2) and a difference (8) over 96; 1 when there is none of these.
 */
export function exitStatusOf(errors: Iterable<BuildError>): number {
  let status = 0;
  for (const { exitStatus } of errors) if (exitStatus >= 100) status |= exitStatus;
  return status === 0 ? 1 : status;
}

/** A failure as one of the build of `drvPath`. What no file system, and none of us, has reported is thrown on. */
export function failureOf(error: unknown, drvPath: string): BuildError {
  if (error instanceof BuildError) return error;
  if (isDiskFull(error)) return diskFull(drvPath, error);
  if (error instanceof Error && error.name === 'AbortError') return cancelled(drvPath);
  if (error instanceof SysbuildError && error.code !== 'internal') {
    return new BuildError(codeFor(error.code), `cannot build '${drvPath}': ${error.message}`, {
      hint: error.hint,
      details: { ...error.details, drvPath, rule: error.code },
      cause: error,
    });
  }
  const errno = errnoOf(error);
  if (errno === undefined || errno.startsWith('ERR_')) throw error;
  const why = error instanceof Error ? error.message : errno;
  return new BuildError('build/io', `cannot build '${drvPath}': ${why}`, { details: { drvPath, errno }, cause: error });
}

/** Errors of the other rooms, as a build meets them. */
function codeFor(code: string): BuildErrorCode {
  if (/^formats\/(derivation|structured)/.test(code)) return 'build/invalid-derivation';
  if (code.startsWith('formats/') || code === 'store/unsupported-file-type') return 'build/output-rejected';
  return 'build/io';
}

export function isDiskFull(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof SysbuildError && at.code === 'store/disk-full') return true;
    const errno = errnoOf(at);
    if (errno === 'ENOSPC' || errno === 'EDQUOT') return true;
  }
  return false;
}

export function diskFull(drvPath: string, cause: unknown): BuildError {
  return new BuildError('build/disk-full', `the disk became full while building '${drvPath}'`, {
    hint: 'Free some space (old generations keep their closures), then run the same command again.',
    details: { drvPath },
    cause,
  });
}

export function cancelled(drvPath: string): BuildError {
  return new BuildError('build/cancelled', `the build of '${drvPath}' was interrupted`, { details: { drvPath } });
}
