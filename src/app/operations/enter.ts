/** Running programs on a machine that is a folder. */
import { enterSpec } from '../../activate/index.ts';
import { ended, start } from '../../base/process.ts';
import { findBubblewrap } from '../../build/index.ts';
import { type MachineOptions, withMachine } from '../machine-session.ts';
import { realStoreDir } from '../store-location.ts';

/** Runs a command with the caller's standard streams; returns its exit status, 128 and more for a signal. */
export async function enterMachine(options: MachineOptions, command: readonly string[]): Promise<number> {
  const spec = await withMachine(options, async (session) =>
    enterSpec(await session.existingMachine(), {
      command,
      term: options.env['TERM'],
      realStoreDir: realStoreDir(session.location),
      root: process.geteuid?.() === 0,
    }),
  );
  const { path } = findBubblewrap(options.env);
  const child = start(path, spec.args, { stdio: 'inherit' });
  // The program inside gets Ctrl-C from the terminal itself; when we are told to end, so is it.
  options.signal.addEventListener('abort', () => child.kill('SIGTERM'));
  const { status, signal } = await ended(child, path);
  return status ?? 128 + signalNumber(signal);
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === 'SIGKILL' ? 9 : signal === 'SIGINT' ? 2 : 15;
}
