/** A process that switches a machine and takes its time: says when it holds the lock, and ends when its input does. */
import { switchTo } from '../../src/activate/index.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { openScratch } from './support-open.ts';

const [root, system] = process.argv.slice(2) as [string, StorePath];
const wait = async (): Promise<void> => {
  process.stdout.write('holding\n');
  for await (const _ of process.stdin);
};
const nothing = (): Promise<void> => Promise.resolve();
const slow = { name: 'slow', beforeFiles: wait, afterFiles: nothing, beforeUndo: async () => {}, afterUndo: nothing };
const { machine, store } = openScratch(root, { by: 'somebody (pid 4711)', phases: [slow] });
await switchTo(machine, system);
store.close();
