/**
 * Runs a program as a builder: its output, both streams, goes through one named pipe; when told to stop it is killed
 * with its process group.
 */
import * as fs from 'node:fs';
import { Socket } from 'node:net';
import { type SpawnCalls, spawnCalls } from '../base/posix-spawn.ts';
import { ended, killGroup, start, startError } from '../base/process.ts';

export interface ProgramRequest {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly pipe: string;
  readonly output: (chunk: Buffer) => void;
  readonly signal: AbortSignal;
  /**
   * How long what a dead builder left behind may hold its output open, in milliseconds; undefined where it ends with
   * the builder.
   */
  readonly grace: number | undefined;
  /** Descriptors from 3 on: of ours, or `'pipe'` for one whose text is wanted. */
  readonly extra: readonly (number | 'pipe')[];
}

export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What came through the extra pipe, if there is one. */
  readonly text: string;
}

/** A program that runs. */
interface Started {
  /** Undefined when it could not be started: then `end` says why. */
  readonly pid: number | undefined;
  readonly end: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;
  /** What comes through the extra pipe. */
  readonly text: Promise<string>;
}

export async function runBuilder(request: ProgramRequest): Promise<ProgramEnd> {
  const { signal } = request;
  const reader = openReader(request.pipe);
  let stop: (() => void) | undefined;
  try {
    signal.throwIfAborted();
    const started = await startPiped(request);
    stop = () => killGroup(started, 'SIGKILL');
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const read = readAll(reader, request.output);
    const [end, text] = await Promise.all([started.end, started.text]);
    stop();
    await settled(reader, read, request.grace);
    return { ...end, text };
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
    reader.destroy();
  }
}

async function startPiped(request: ProgramRequest): Promise<Started> {
  const writer = fs.openSync(request.pipe, fs.constants.O_WRONLY);
  const nothing = fs.openSync('/dev/null', 'r');
  try {
    const calls = spawnCalls();
    if (calls !== undefined) return await startQuickly(request, calls, nothing, writer);
    const stdio: (number | 'pipe' | 'ignore' | undefined)[] = ['ignore', writer, writer, ...request.extra];
    for (const fd of inherited()) if (fd >= stdio.length) stdio[fd] = nothing;
    for (let fd = 0; fd < stdio.length; fd++) stdio[fd] ??= 'ignore';
    const { program, args, cwd, env } = request;
    const child = start(program, args, { cwd, env, stdio, detached: true });
    const index = request.extra.indexOf('pipe');
    const stream = index < 0 ? undefined : (child.stdio[3 + index] as Socket);
    return { pid: child.pid, end: ended(child, program), text: textOf(stream) };
  } finally {
    fs.closeSync(writer);
    fs.closeSync(nothing);
  }
}

async function startQuickly(
  request: ProgramRequest,
  calls: SpawnCalls,
  nothing: number,
  writer: number,
): Promise<Started> {
  const { program, args, cwd, env, extra } = request;
  const pipe = extra.includes('pipe') ? calls.pipe() : undefined;
  const descriptors = [nothing, writer, writer, ...extra.map((fd) => (fd === 'pipe' ? pipe![1] : fd))];
  try {
    const spawned = await calls.spawn({ program, args, cwd, env, descriptors });
    const stream = pipe && new Socket({ fd: pipe[0], readable: true, writable: false });
    return { pid: spawned.pid, end: spawned.ended, text: textOf(stream) };
  } catch (error) {
    if (pipe !== undefined) fs.closeSync(pipe[0]);
    throw startError(program, error as Error);
  } finally {
    if (pipe !== undefined) fs.closeSync(pipe[1]);
  }
}

let inheritedOnes: readonly number[] | undefined;

/**
 * Descriptors above the standard ones that whoever started us left open for our children: builders must not get
 * them. Ours are closed when a program starts, theirs are not; nothing is found where there is no `/proc`.
 */
function inherited(): readonly number[] {
  inheritedOnes ??= readDescriptors().filter((fd) => {
    try {
      const flags = /^flags:\s*([0-7]+)$/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '';
      return (Number.parseInt(flags, 8) & closeOnExec) === 0;
    } catch {
      return false;
    }
  });
  return inheritedOnes;
}

const closeOnExec = 0o2000000;

function readDescriptors(): number[] {
  try {
    return fs
      .readdirSync('/proc/self/fd')
      .map(Number)
      .filter((fd) => fd > 2);
  } catch {
    return [];
  }
}

/** Without waiting for a writer, and without a thread that would wait for its data. */
function openReader(pipe: string): Socket {
  const fd = fs.openSync(pipe, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

function readAll(reader: Socket, output: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve) => {
    reader.on('data', output);
    reader.once('close', () => resolve());
    reader.once('error', () => resolve());
  });
}

/** Waits for the end of the output, but not for ever where a daemon may have been left outside of the group. */
async function settled(reader: Socket, read: Promise<void>, grace: number | undefined): Promise<void> {
  const timer = grace === undefined ? undefined : setTimeout(() => reader.destroy(), grace);
  await read;
  clearTimeout(timer);
}

async function textOf(stream: Socket | undefined): Promise<string> {
  if (stream === undefined) return '';
  let text = '';
  try {
    for await (const chunk of stream) text += (chunk as Buffer).toString('utf8');
  } catch {
    // A program that dies may break its pipe: its end is told by its status.
  }
  return text;
}
