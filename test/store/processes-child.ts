/** A process that adds to a store at the same time as others. Arguments: the physical root, a number. */
import { join } from 'node:path';
import type { StorePath } from '../../src/formats/index.ts';
import { openLocalStore } from '../../src/store/index.ts';

const [physicalRoot, number] = process.argv.slice(2) as [string, string];
const store = openLocalStore({ physicalRoot });
const shared: StorePath[] = [];
for (let i = 0; i < 20; i++) {
  shared.push(store.addText(`shared-${i}`, `shared ${i}`, shared.slice(-2)));
  store.addText(`own-${number}-${i}`, 'text', shared.slice(-1));
  store.registerRealisation({ drvPath: shared[0]!, outputName: `${number}-${i}`, outPath: shared[i]! });
  if (i % 5 === 0) store.addPath({ physicalPath: join(physicalRoot, 'source'), name: `tree-${i}`, ingestion: 'nar' });
}
store.batch(() => {
  for (let i = 0; i < 50; i++) store.addText(`batch-${i}`, `${i}`, []);
});
store.close();
