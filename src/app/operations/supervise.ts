/** The process that carries out a run: it outlives whoever asked for it. */

import { type MachineOptions, withMachine } from '../machine-session.ts';
import { RunFolder } from '../supervise/run-folder.ts';
import { carryOut } from '../supervise/run-request.ts';

/**
 * @param path the folder of the run
 * @returns one line that says how it ended, for the machine's log
 */
export async function superviseRun(options: Omit<MachineOptions, 'root'>, path: string): Promise<string> {
  // Whoever followed may go away at any time, and take the terminal along.
  for (const name of ['SIGHUP', 'SIGPIPE', 'SIGINT'] as const) process.on(name, () => {});
  const controller = new AbortController();
  process.on('SIGTERM', () => controller.abort());
  const folder = new RunFolder(path);
  const request = folder.request();
  folder.begin(process.pid);
  const { config, env } = options;
  const own = { sink: folder.sink(), signal: controller.signal, root: request.root, by: request.by, cwd: '/' };
  try {
    const report = await withMachine({ config, env, ...own }, async (session) =>
      carryOut(await session.machine(), request, controller.signal),
    );
    folder.finish({ report });
    return `${request.verb} by ${request.by}: ${report.outcome}, generation ${report.generation}`;
  } catch (failure) {
    folder.finish({ failure });
    return `${request.verb} by ${request.by}: ${failure instanceof Error ? failure.message : String(failure)}`;
  }
}
