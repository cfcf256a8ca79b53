/** Runs a program that must end within a time. */
import { ended, killGroup, start } from '../../base/process.ts';

export interface BoundedResult {
  /** Null for a program that was ended. */
  readonly status: number | null;
  readonly timedOut: boolean;
  /** What it wrote to standard output, and to standard error. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface BoundedOptions {
  readonly seconds: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Most characters of each stream that are kept: their ends. */
const longest = 1 << 20;

export async function boundedRun(
  program: string,
  args: readonly string[],
  { seconds, env, cwd }: BoundedOptions,
): Promise<BoundedResult> {
  const child = start(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: env ?? process.env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const streams = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8');
    child[name]!.on('data', (text: string) => {
      streams[name] = (streams[name] + text).slice(-longest);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child, 'SIGKILL');
  }, seconds * 1000);
  try {
    const { status } = await ended(child, program);
    return { status, timedOut, ...streams };
  } finally {
    clearTimeout(timer);
  }
}
