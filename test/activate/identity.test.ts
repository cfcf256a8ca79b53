/** The example's derivations are the same on sysbuild and on the real Nix, bit for bit. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { run } from '../../src/base/process.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { scratchDiskFolder, snapshot } from './support.ts';

const root = new URL('../..', import.meta.url).pathname;
const system = join(root, 'examples/first-machine/system.nix');
const webServer = join(root, 'examples/web-server/system.nix');

/** Every text, derivation and source of a store below a folder, by name. */
function storeOf(folder: string): Record<string, unknown> {
  const store = join(folder, 'nix/store');
  const names = fs.readdirSync(store).filter((name) => /^[0-9a-z]{32}-.*(?<!\.lock)$/.test(name));
  const contentOf = (path: string): unknown =>
    fs.statSync(path).isDirectory() ? snapshot(path) : fs.readFileSync(path, 'utf8');
  return Object.fromEntries(names.map((name) => [name, contentOf(join(store, name))]));
}

async function instantiateBoth(file: string): Promise<{ ours: string; theirs: string; folders: [string, string] }> {
  const folders: [string, string] = [scratchDiskFolder(), scratchDiskFolder()];
  const ours = await run(join(root, 'bin/sysbuild'), ['instantiate', '--store', folders[0], file]);
  expect(ours).toMatchObject({ status: 0 });
  const theirs = await oracle(['nix-instantiate', '--store', `local?root=${folders[1]}`, file]);
  expect(theirs).toMatchObject({ status: 0 });
  return { ours: ours.stdout.trim(), theirs: theirs.stdout.trim(), folders };
}

oracleTest('the first machine', async () => {
  const { ours, theirs, folders } = await instantiateBoth(system);
  expect(ours).toBe(theirs);
  const [our, their] = folders.map(storeOf);
  expect(Object.keys(our!).length).toBeGreaterThan(15);
  expect(our).toEqual(their);
});

oracleTest('the web server', async () => {
  const { ours, theirs, folders } = await instantiateBoth(webServer);
  expect(ours).toBe(theirs);
  const [our, their] = folders.map(storeOf);
  expect(our).toEqual(their);
});

oracleTest('the same folder elsewhere, with the library from the search path', async () => {
  const copy = join(scratchDiskFolder(), 'elsewhere');
  fs.cpSync(join(root, 'examples/first-machine'), copy, { recursive: true });
  const here = await run(join(root, 'bin/sysbuild'), ['instantiate', '--store', scratchDiskFolder(), system]);
  const there = await run(join(root, 'bin/sysbuild'), [
    'instantiate',
    '--store',
    scratchDiskFolder(),
    join(copy, 'system.nix'),
  ]);
  expect(there).toMatchObject({ status: 0, stdout: here.stdout });
  const words = ['-I', `sysbuild=${join(root, 'src/activate/modules')}`, join(copy, 'system.nix')];
  const theirs = await oracle(['nix-instantiate', '--store', `local?root=${scratchDiskFolder()}`, ...words]);
  expect(theirs).toMatchObject({ status: 0, stdout: here.stdout });
});
