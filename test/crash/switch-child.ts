/**
 * A process that switches a machine and is killed at one point between two steps.
 *
 * Arguments: the machine's root, the system, the number of the point (0: none). Prints how many points it passed.
 */
import { switchTo } from '../../src/activate/index.ts';
import { setFaultHook } from '../../src/base/fault.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { openScratch } from '../activate/support-open.ts';

const [root, system, last] = process.argv.slice(2) as [string, StorePath, string];
const { machine, store } = openScratch(root);
let passed = 0;
setFaultHook((point) => {
  if (!point.startsWith('activate/')) return;
  passed += 1;
  if (passed === Number(last)) process.kill(process.pid, 'SIGKILL');
});
await switchTo(machine, system);
setFaultHook(undefined);
store.close();
process.stdout.write(`${passed}\n`);
