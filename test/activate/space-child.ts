/** Switches a machine whose root is on another disk than its store; prints the code of the error and what is there. */
import * as fs from 'node:fs';
import { openMachine, switchTo } from '../../src/activate/index.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { openLocalStore } from '../../src/store/index.ts';

const [root, storeRoot, system] = process.argv.slice(2) as [string, string, StorePath];
fs.mkdirSync(`${root}/etc`);
fs.writeFileSync(`${root}/etc/motd`, 'theirs');
const store = openLocalStore({ physicalRoot: storeRoot });
const outcome = await switchTo(openMachine({ root, store, by: 'tester' }), system).then(
  () => ({ code: 'done', message: '' }),
  ({ code, message }: { code: string; message: string }) => ({ code, message }),
);
store.close();
const entries = fs.readdirSync(`${root}/etc`).sort();
process.stdout.write(JSON.stringify({ ...outcome, entries, motd: fs.readFileSync(`${root}/etc/motd`, 'utf8') }));
