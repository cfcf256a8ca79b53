/** Builds the graph of the crash tests in a store that others build in too; prints the names of what it built itself. */
import { realise } from '../../src/build/index.ts';
import { graph } from '../crash/build-scenario.ts';
import { Scratch } from './support.ts';

const [folder, seconds] = process.argv.slice(2) as [string, string];
const scratch = new Scratch(folder);
const top = graph(scratch, Number(seconds), 'clients');
const { built, outputs } = await realise(
  scratch.store,
  [{ drvPath: top, outputs: 'all' }],
  { maxJobs: 2 },
  scratch.sink,
);
const waited = scratch.sink.events.some((event) => event.type === 'message' && event.text.startsWith('waiting'));
scratch.store.close();
process.stdout.write(JSON.stringify({ built, waited, out: outputs.get(top)!.get('out') }));
