/**
 * A process that builds and is killed at one point between two steps, or from outside.
 *
 * Arguments: the folder, the seconds of each build, the mark of its builders, the number of the point (0: none).
 * Prints the names of the points that it passed.
 */
import { setFaultHook } from '../../src/base/fault.ts';
import { buildGraph } from './build-scenario.ts';

const [folder, seconds, mark, last] = process.argv.slice(2) as [string, string, string, string];
const passed: string[] = [];
setFaultHook((point) => {
  if (!/^(build|workspace|outputs)\//.test(point)) return;
  passed.push(point);
  if (passed.length === Number(last)) process.kill(process.pid, 'SIGKILL');
});
await buildGraph(folder, Number(seconds), mark);
process.stdout.write(JSON.stringify(passed));
