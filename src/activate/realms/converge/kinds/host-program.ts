/** Programs of the host, as resources use them: where there is no host, or a program fails, the resource cannot be kept. */

import type { RunProgram } from '../../drift/programs.ts';
import { ResourceError, type World } from '../resource.ts';

/** @throws ResourceError where the machine is a folder */
export function programs({ run }: World): RunProgram {
  if (run === undefined) throw new ResourceError('this needs the running machine, and not a folder');
  return run;
}

/** Runs a program that has to succeed; what it wrote. */
export function must(world: World, program: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = programs(world)(program, args, input);
  if (status === 0) return stdout;
  const why = status === undefined ? 'it is not there' : `it ended with ${status}`;
  // apt tells on its standard output what dpkg said.
  const said = `${stdout.slice(-600)}${stderr}`.trim().split('\n').slice(-8).join('; ').slice(-600);
  throw new ResourceError(`${[program, ...args].join(' ')}: ${why}${said === '' ? '' : `: ${said}`}`);
}
