/**
 * One of many processes on one store, until a time. What it made is there as long as it runs: looked for all the time.
 * Arguments: the physical root, a seed, when to end (milliseconds since the epoch). Prints how much it did.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { silent } from '../../src/base/events.ts';
import { realise, thisSystem } from '../../src/build/index.ts';
import type { StorePath } from '../../src/formats/index.ts';
import {
  collectGarbage,
  exportTar,
  importClosure,
  type LocalStore,
  openLocalStore,
  optimiseStore,
} from '../../src/store/index.ts';
import { busyboxTree } from '../support/busybox.ts';

const [physicalRoot, seedText, untilText] = process.argv.slice(2) as [string, string, string];
let state = Number(seedText) + 1;
const random = (below: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (state >> 8) % below;
};

const store = openLocalStore({ physicalRoot });
const mine: StorePath[] = [];
const counts: Record<string, number> = {};
const scratch = fs.mkdtempSync(join(physicalRoot, 'scratch-'));
const shell = join(busyboxTree(), 'bin/busybox');
/** Few names, so that processes make the same things at the same time. */
const some = (): number => random(40);

const works: Readonly<Record<string, () => Promise<void> | void>> = {
  text() {
    mine.push(store.addText(`text-${some()}`, `text ${some()}`, mine.slice(Math.max(0, mine.length - random(3)))));
  },
  batch() {
    store.batch(() => {
      for (let i = 0; i < 10; i++) mine.push(store.addText(`batch-${i}`, `batch ${some()}`, mine.slice(-1)));
    });
  },
  tree() {
    const number = some();
    const place = join(scratch, String(number));
    fs.mkdirSync(join(place, 'sub'), { recursive: true });
    for (const name of ['a', 'b', 'sub/c']) fs.writeFileSync(join(place, name), `${name} of ${number}`.repeat(50));
    mine.push(store.addPath({ physicalPath: place, name: `tree-${number}`, ingestion: 'nar' }));
  },
  async build() {
    const number = some();
    const text = store.addText(`input-${number}`, `input ${number}`, []);
    mine.push(text);
    const drvPath = store.addDerivation({
      name: `built-${number}`,
      outputs: new Map([['out', { kind: 'floating', method: 'nar', algorithm: 'sha256' }]]),
      inputDrvs: new Map(),
      inputSrcs: [text],
      system: thisSystem(),
      builder: '/bin/sh',
      args: ['-c', `echo ${number} > "$out"; echo "$in" >> "$out"`],
      env: new Map([
        ['in', text],
        ['out', '/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9'],
      ]),
    });
    const options = { maxJobs: 2, sandboxPaths: { '/bin/sh': { source: shell, optional: false } } };
    const { outputs, failures } = await realise(store, [{ drvPath, outputs: 'all' }], options, silent);
    if (failures.length > 0) throw failures[0]!.error;
    mine.push(drvPath, outputs.get(drvPath)!.get('out')!);
  },
  async import() {
    const other = openLocalStore({ physicalRoot: join(scratch, 'other') });
    try {
      const path = other.addText(`imported-${some()}`, `imported ${some()}`, []);
      await importClosure(store, exportTar(other, [path]), { keys: new Map() });
      store.addTempRoot(path);
      if (store.isValid(path)) mine.push(path);
    } finally {
      other.close();
    }
  },
  async collect() {
    await collectGarbage(store, { batchSize: 20 });
  },
  async optimise() {
    await optimiseStore(store);
  },
  async verify() {
    const problems = await store.verify({ checkContents: random(3) === 0 });
    if (problems.length > 0) throw new Error(`something is wrong: ${JSON.stringify(problems)}`);
  },
};

/** So often each is done, of all that is done. */
const weights: Readonly<Record<string, number>> = {
  text: 8,
  batch: 4,
  tree: 6,
  build: 4,
  import: 2,
  collect: 3,
  optimise: 1,
  verify: 1,
};
const names = Object.entries(weights).flatMap(([name, weight]) => Array.from({ length: weight }, () => name));

function check(held: LocalStore): void {
  for (const path of mine) {
    if (!held.isValid(path) || !fs.existsSync(held.realPath(path))) throw new Error(`'${path}' was taken away`);
  }
}

try {
  // A few things at least, however long they take.
  for (let did = 0; did < 3 || Date.now() < Number(untilText); did++) {
    const name = names[random(names.length)]!;
    await works[name]!();
    counts[name] = (counts[name] ?? 0) + 1;
    check(store);
  }
} finally {
  store.close();
  fs.rmSync(scratch, { recursive: true, force: true });
}
process.stdout.write(JSON.stringify(counts));
