/** Builds without a sandbox in the store at `/nix/store`, which is a folder of the test's mounted there. */
import * as fs from 'node:fs';
import { realise } from '../../src/build/index.ts';
import { openLocalStore } from '../../src/store/index.ts';
import { Scratch } from './support.ts';

const scratch = new Scratch('/nix/scratch', openLocalStore({ physicalRoot: '' }));
const options = { sandbox: 'off' as const, keepGoing: true };
const build = (drvPath: Parameters<Scratch['build']>[0], more = {}): ReturnType<Scratch['build']> =>
  realise(scratch.store, [{ drvPath, outputs: 'all' }], { ...options, ...more }, scratch.sink);

const drvPath = scratch.derivation({
  name: 'pair',
  outputs: ['out', 'dev'],
  script: 'echo $dev > $out; mkdir $dev; echo $dev > $dev/self; pwd; echo $NIX_BUILD_TOP; echo home $HOME',
});
const first = await build(drvPath);
if (first.failures.length > 0) throw first.failures[0]!.error;
const dev = first.outputs.get(drvPath)!.get('dev');
// One output is gone: the other one is in the way of the builder, and must stay as it is.
scratch.store.parts.database.exec(`delete from ValidPaths where path = '${first.outputs.get(drvPath)!.get('out')}'`);
const second = await build(drvPath);
const checked = await build(drvPath, { check: true });
const floating = scratch.derivation({
  name: 'floating',
  kind: 'floating',
  script: 'mkdir $out; echo $out > $out/self',
});
const third = await build(floating);
const failed = await build(scratch.derivation({ name: 'failing', script: 'mkdir $out; sleep 100 & exit 3' }));
const late = await build(scratch.derivation({ name: 'late', script: 'sleep 100' }), { timeout: 1 });
const outs = (result: typeof first): string[] =>
  [...result.outputs.values()].flatMap((map) => [...map.values()]).sort();
process.stdout.write(
  JSON.stringify({
    same: JSON.stringify(outs(first)) === JSON.stringify(outs(second)),
    again: second.built.length,
    self: fs.readFileSync(`${dev}/self`, 'utf8') === `${dev}\n`,
    checked: checked.failures.map(({ error }) => error.message),
    floating: fs.readFileSync(`${outs(third)[0]}/self`, 'utf8') === `${outs(third)[0]}\n`,
    failed: failed.failures[0]!.error.code,
    late: late.failures[0]!.error.code,
    problems: await scratch.store.verify({ checkContents: true }),
    leftovers: scratch.leftovers(),
    log: scratch.sink.log.slice(0, 3).map((line) => line.replace(/sysbuild-[^/]*/, 'RUN')),
  }),
);
scratch.store.close();
