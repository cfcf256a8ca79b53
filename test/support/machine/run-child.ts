/**
 * Run inside a machine: switches it to a system and, at the Nth point between two steps whose name begins so, ends at once
 * (`kill`) or stays there for ever (`hang`). Arguments: system, action, name, N. Without an action it lists the points.
 */
import { writeFileSync } from 'node:fs';
import { openMachine, Systemd, switchTo } from '../../../src/activate/index.ts';
import { setFaultHook } from '../../../src/base/fault.ts';
import type { StorePath } from '../../../src/formats/index.ts';
import { openLocalStore } from '../../../src/store/index.ts';
import { program } from '../program.ts';

const [system, action, name, count] = process.argv.slice(2) as [StorePath, string?, string?, string?];
const store = openLocalStore({ physicalRoot: '' });
const machine = openMachine({ root: '/', store, by: 'tester', manager: new Systemd(), program });
const passed: string[] = [];
setFaultHook((point) => {
  if (!point.startsWith('activate/')) return;
  passed.push(point);
  if (name === undefined || passed.filter((one) => one.startsWith(name)).length !== Number(count)) return;
  if (!point.startsWith(name)) return;
  writeFileSync('/run/reached', point);
  if (action === 'kill') process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
await switchTo(machine, system);
setFaultHook(undefined);
store.close();
process.stdout.write(`${passed.join('\n')}\n`);
