/**
 * Starts programs by posix_spawn(3) of the C library. Node forks, which takes the longer the more memory it has: 5 to
 * 60 ms, of which the kernel computes most; this takes a tenth of one. Undefined where there are no calls of the C
 * library, or it lacks one of these: then programs are started by Node.
 */
import { constants } from 'node:os';
import { foreignLibrary } from './system-calls.ts';

export interface SpawnRequest {
  /** Looked up on our own path when it has no slash. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Our descriptors that become 0, 1, 2 …; all others are closed. */
  readonly descriptors: readonly number[];
}

export interface Spawned {
  /** Also the id of its process group and session. */
  readonly pid: number;
  readonly ended: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface SpawnCalls {
  /**
   * Rejects with an error with `code` (`ENOENT` …) when the program cannot be started. The descriptors must stay open
   * until then.
   */
  spawn(request: SpawnRequest): Promise<Spawned>;
  /** A pipe: what is written to the second can be read from the first. Other programs do not inherit them. */
  pipe(): readonly [number, number];
}

type Strings = readonly (string | null)[];

type Value = number | string | Uint8Array | Strings;

interface CFunction {
  (...values: Value[]): number;
  async(...values: [...Value[], (error: unknown, result: number) => void]): void;
}

interface Library {
  load(file: null): { func(prototype: string): CFunction };
}

let loaded: { readonly calls: SpawnCalls | undefined } | undefined;

export function spawnCalls(): SpawnCalls | undefined {
  loaded ??= { calls: load() };
  return loaded.calls;
}

/** For tests: do without, until called with false. */
export function withoutSpawnCalls(without: boolean): void {
  loaded = without ? { calls: undefined } : undefined;
}

function load(): SpawnCalls | undefined {
  try {
    const library = foreignLibrary();
    return library === undefined ? undefined : bind(library as unknown as Library);
  } catch {
    return undefined;
  }
}

// The flags and sizes of the GNU C library on Linux; the structures are larger than what it needs of them.
const flags = { setSignalDefaults: 0x04, setSignalMask: 0x08, setSession: 0x80 } as const;
const structureSize = 1024;
const signalSetSize = 128;
const closeOnExec = 0o2000000;
const noHang = 1;

function bind(library: Library): SpawnCalls {
  const self = library.load(null);
  const actions = bindActions(self);
  const start = self.func(
    'int posix_spawnp(uint8_t *pid, const char *file, const uint8_t *actions, const uint8_t *attributes, const char **argv, const char **envp)',
  );
  const pipe2 = self.func('int pipe2(uint8_t *fds, int flags)');
  const attributes = newAttributes(self);
  const children = new Children(self.func('int waitpid(int pid, uint8_t *status, int options)'));
  return {
    async spawn(request) {
      const pid = Buffer.alloc(4);
      const list = actions(request);
      const argv = [request.program, ...request.args, null];
      const entries = Object.entries(request.env);
      const envp = entries.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`));
      // In another thread: this one would wait until the program has begun.
      const errno = await new Promise<number>((resolve, reject) => {
        const done = (error: unknown, result: number): void => (error ? reject(error) : resolve(result));
        start.async(pid, request.program, list.structure, attributes, argv, [...envp, null], done);
      }).finally(() => list.free());
      if (errno !== 0) throw spawnError(request.program, errno);
      return { pid: pid.readInt32LE(), ended: children.wait(pid.readInt32LE()) };
    },
    pipe() {
      const fds = Buffer.alloc(8);
      if (pipe2(fds, closeOnExec) !== 0) throw new Error('no pipe could be made');
      return [fds.readInt32LE(0), fds.readInt32LE(4)];
    },
  };
}

type Self = ReturnType<Library['load']>;

/** A session of its own, no signal ignored or blocked. */
function newAttributes(self: Self): Buffer {
  const init = self.func('int posix_spawnattr_init(uint8_t *attributes)');
  const setFlags = self.func('int posix_spawnattr_setflags(uint8_t *attributes, short flags)');
  const setDefaults = self.func('int posix_spawnattr_setsigdefault(uint8_t *attributes, const uint8_t *set)');
  const setMask = self.func('int posix_spawnattr_setsigmask(uint8_t *attributes, const uint8_t *set)');
  const attributes = Buffer.alloc(structureSize);
  init(attributes);
  setFlags(attributes, flags.setSignalDefaults | flags.setSignalMask | flags.setSession);
  setDefaults(attributes, Buffer.alloc(signalSetSize, 0xff));
  setMask(attributes, Buffer.alloc(signalSetSize));
  return attributes;
}

function bindActions(self: Self): (request: SpawnRequest) => { structure: Buffer; free(): void } {
  const init = self.func('int posix_spawn_file_actions_init(uint8_t *actions)');
  const duplicate = self.func('int posix_spawn_file_actions_adddup2(uint8_t *actions, int from, int to)');
  const closeFrom = self.func('int posix_spawn_file_actions_addclosefrom_np(uint8_t *actions, int from)');
  const changeDirectory = self.func('int posix_spawn_file_actions_addchdir_np(uint8_t *actions, const char *path)');
  const destroy = self.func('int posix_spawn_file_actions_destroy(uint8_t *actions)');
  return ({ descriptors, cwd }) => {
    const structure = Buffer.alloc(structureSize);
    init(structure);
    changeDirectory(structure, cwd);
    // First to places that are nobody's source, so that none is overwritten before it was copied.
    const free = Math.max(descriptors.length, ...descriptors) + 1;
    for (const [index, fd] of descriptors.entries()) duplicate(structure, fd, free + index);
    for (const index of descriptors.keys()) duplicate(structure, free + index, index);
    closeFrom(structure, descriptors.length);
    return { structure, free: () => destroy(structure) };
  };
}

/** Children that run. Node's own are left to it: each is asked for by its id. */
class Children {
  readonly #waitpid: (pid: number, status: Uint8Array, options: number) => number;
  readonly #running = new Map<number, (status: number) => void>();
  /** Keeps the process alive, and finds who ended without a signal that came through. */
  #timer: NodeJS.Timeout | undefined;
  readonly #onSignal = (): void => this.#reap();

  constructor(waitpid: (pid: number, status: Uint8Array, options: number) => number) {
    this.#waitpid = waitpid;
  }

  wait(pid: number): Spawned['ended'] {
    return new Promise((resolve) => {
      this.#running.set(pid, (status) => resolve(endOf(status)));
      if (this.#timer === undefined) {
        this.#timer = setInterval(this.#onSignal, 1000);
        process.on('SIGCHLD', this.#onSignal);
      }
      // It may have ended before anybody listened.
      setImmediate(this.#onSignal);
    });
  }

  #reap(): void {
    const status = Buffer.alloc(4);
    for (const [pid, settle] of this.#running) {
      const result = this.#waitpid(pid, status, noHang);
      if (result === 0) continue;
      this.#running.delete(pid);
      // Somebody else has taken its status: it must not count as a success.
      settle(result === pid ? status.readInt32LE() : constants.signals.SIGKILL);
    }
    if (this.#running.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.off('SIGCHLD', this.#onSignal);
  }
}

/** The status word of wait(2). */
function endOf(status: number): Awaited<Spawned['ended']> {
  const signal = status & 0x7f;
  if (signal === 0) return { status: (status >> 8) & 0xff, signal: null };
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  return { status: null, signal: (name ?? 'SIGKILL') as NodeJS.Signals };
}

function spawnError(program: string, errno: number): Error {
  const code = Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
  return Object.assign(new Error(`spawn ${program} ${code}`), { code, errno, syscall: 'posix_spawn' });
}
