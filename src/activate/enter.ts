/**
 * Opening a machine that is a folder: its root as `/`, its store read-only where programs expect it, and root inside,
 * whoever runs it. The network is the host's. Pure: gives the words of a bubblewrap command.
 */
import { ActivateError } from './errors.ts';
import { currentSystemPath } from './layout.ts';
import type { Machine } from './machine.ts';
import { readManifest } from './system-store.ts';

export interface EnterSpec {
  readonly program: 'bwrap';
  readonly args: readonly string[];
}

export interface EnterRequest {
  /** Program and arguments; the machine's shell when empty. */
  readonly command: readonly string[];
  /** The caller's terminal type, if there is one. */
  readonly term?: string | undefined;
  /** The folder that holds the store's paths. */
  readonly realStoreDir: string;
  /** Whether the caller is root already. */
  readonly root: boolean;
}

/**
 * The command that runs a program on a machine.
 * @throws ActivateError `activate/no-generation` when nothing was switched there yet
 */
export function enterSpec(machine: Machine, request: EnterRequest): EnterSpec {
  const current = machine.generations.current();
  const root = machine.layout.root || '/';
  if (current === undefined) {
    throw new ActivateError('activate/no-generation', `no machine was switched at '${root}' yet`, {
      details: { root },
      hint: `sysbuild switch --root ${root} FILE`,
    });
  }
  const { hostName } = readManifest(machine.store, current.system);
  const environment = {
    PATH: `${currentSystemPath}/sw/bin`,
    HOME: '/root',
    USER: 'root',
    TERM: request.term ?? 'dumb',
  };
  const args = [
    ...['--bind', root, '/', '--ro-bind', request.realStoreDir, machine.store.storeDir],
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...(request.root ? [] : ['--unshare-user', '--uid', '0', '--gid', '0']),
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--hostname', hostName],
    ...['--die-with-parent', '--chdir', '/', '--clearenv'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--', ...(request.command.length > 0 ? request.command : ['sh', '-l'])],
  ];
  return { program: 'bwrap', args };
}
