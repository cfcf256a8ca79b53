/** Programs of the host as the realms run them; in tests they are played. */
import { ProcessError, runSync } from '../../../base/process.ts';

export interface ProgramResult {
  /** Undefined when the program is not there. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program on the machine and waits for it. */
export type RunProgram = (program: string, args: readonly string[], input?: string) => ProgramResult;

/** Programs of the machine that this runs on; in the C locale and with nobody to ask. */
export const runHere: RunProgram = (program, args, input = '') => {
  const kept = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|.*_proxy)$/i.test(name)),
  );
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...kept, LC_ALL: 'C.UTF-8' };
  try {
    const { status, signal, stdout, stderr } = runSync(program, args, {
      input,
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_PAGER: '', SYSTEMD_COLORS: '0' },
    });
    return { status: status ?? (signal === null ? 1 : 128), stdout, stderr };
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return { status: undefined, stdout: '', stderr: error.message };
  }
};
