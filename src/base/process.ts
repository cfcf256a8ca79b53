/**
 * The only place that starts programs. Every start names its working folder and environment or inherits them on
 * purpose, output is bounded, and what a program started can be ended with it (its process group).
 */
import { type ChildProcess, type SpawnOptions, type StdioOptions, spawn, spawnSync } from 'node:child_process';
import { errnoOf, SysbuildError } from './errors.ts';

/** A program could not be started, or ended otherwise than it should. */
export class ProcessError extends SysbuildError {
  readonly code = 'process/failed';
}

export interface RunResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Uint8Array;
  readonly stdio?: StdioOptions;
  /** Most bytes of each of stdout and stderr; more is a ProcessError. */
  readonly maxOutput?: number;
  /** How what the program writes is read; `latin1` gives its bytes, one a character. */
  readonly encoding?: BufferEncoding;
}

/** Runs a short program to its end. A program that cannot be started is a `ProcessError`; its status is the caller's. */
export function runSync(program: string, args: readonly string[], options: RunOptions = {}): RunResult {
  const result = spawnSync(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    input: options.input,
    stdio: options.stdio ?? 'pipe',
    maxBuffer: options.maxOutput ?? 64 * 1024 * 1024,
    encoding: options.encoding ?? 'utf8',
  });
  if (result.error !== undefined) throw startError(program, result.error);
  return { status: result.status, signal: result.signal, stdout: result.stdout ?? '', stderr: result.stderr ?? '' };
}

/** Runs a program to its end and returns what it wrote. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = start(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
    stdio: options.stdio ?? 'pipe',
  });
  const limit = options.maxOutput ?? 64 * 1024 * 1024;
  const stdout = collect(child, 'stdout', limit, options.encoding);
  const stderr = collect(child, 'stderr', limit);
  child.stdin?.on('error', () => {}); // a program that ends without reading is judged by its status
  child.stdin?.end(options.input ?? '');
  const end = await ended(child, program);
  return { ...end, stdout: await stdout, stderr: await stderr };
}

/** Starts a program and returns at once. With `detached` it leads a process group, which `killGroup` ends. */
export function start(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(program, args, options);
}

/** Resolves when the program has ended and its streams are closed. */
export function ended(
  child: ChildProcess,
  program: string,
): Promise<{ status: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(startError(program, error)));
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
}

/** Sends a signal to the whole process group of a detached program; a group that is gone is fine. */
export function killGroup(child: { readonly pid?: number | undefined }, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

async function collect(
  child: ChildProcess,
  name: 'stdout' | 'stderr',
  limit: number,
  encoding: BufferEncoding = 'utf8',
): Promise<string> {
  const stream = child[name];
  if (stream === null) return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > limit) throw new ProcessError(`a program wrote more than ${limit} bytes to ${name}`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString(encoding);
}

/** What a program that could not be started is told as. */
export function startError(program: string, error: Error): ProcessError {
  const missing = errnoOf(error) === 'ENOENT';
  return new ProcessError(
    missing ? `the program '${program}' is not installed` : `cannot run '${program}': ${error.message}`,
    {
      details: { program },
      cause: error,
    },
  );
}
