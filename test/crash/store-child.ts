/**
 * A process that changes stores and is killed at one point between two steps.
 *
 * Arguments: the root, a folder with sources, the number of the point (0: none). Prints how many points it passed.
 */
import { setFaultHook } from '../../src/base/fault.ts';
import { changeStores } from './store-scenario.ts';

const [root, sources, last] = process.argv.slice(2) as [string, string, string];
let passed = 0;
setFaultHook(() => {
  passed += 1;
  if (passed === Number(last)) process.kill(process.pid, 'SIGKILL');
});
await changeStores(root, sources);
process.stdout.write(`${passed}\n`);
