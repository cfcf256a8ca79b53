/** Locks a path and takes a temporary root for it, says so, and waits to be killed. Arguments: the root, the path. */
import type { StorePath } from '../../src/formats/index.ts';
import { openLocalStore } from '../../src/store/index.ts';

const [physicalRoot, path] = process.argv.slice(2) as [string, StorePath];
const store = openLocalStore({ physicalRoot });
store.addTempRoot(path);
await store.lockOutputs([path]);
process.stdout.write('ready\n');
setInterval(() => {}, 1000);
