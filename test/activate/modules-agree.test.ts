/** What the modules write and what the switch reads are the same things. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseManifest } from '../../src/activate/manifest.ts';
import { convergeKinds } from '../../src/activate/manifest-checks.ts';
import { defaultBudgets } from '../../src/activate/realms/index.ts';
import { run } from '../../src/base/process.ts';
import { goldenRoot } from '../support/golden.ts';

const root = new URL('../..', import.meta.url).pathname;

async function evaluate(expression: string): Promise<unknown> {
  const words = ['eval', '--strict', '--json', '--store', 'dummy://', '-E', expression];
  const result = await run(`${root}bin/sysbuild`, words);
  expect(result).toMatchObject({ status: 0 });
  return JSON.parse(result.stdout) as unknown;
}

test('kinds of what converges, and budgets', async () => {
  const modules = `${root}src/activate/modules`;
  const found = await evaluate(`{
    kinds = builtins.attrNames (import ${modules}/converge-settings.nix { lib = import ${modules}/lib; });
    budgets = builtins.filter (name: name != "_type") (builtins.attrNames
      (((import ${modules}).machine { networking.hostName = "x"; }).options.switch.budgets));
  }`);
  expect(found).toEqual({ kinds: [...convergeKinds].sort(), budgets: Object.keys(defaultBudgets).sort() });
});

test('every field of a manifest of version 2 that modules write is read', () => {
  const fields = JSON.parse(readFileSync(`${goldenRoot}modules/machine-accounts.exp`, 'utf8')) as object;
  const text = JSON.stringify({
    ...{ format: 'sysbuild-manifest', version: 2, name: 'box', hostName: 'box', platform: 'x86_64-linux' },
    ...{ sw: `/nix/store/${'0'.repeat(32)}-sw`, packages: [], files: [] },
    ...{ ...fields, specialisations: [], mounts: [], secrets: [], boot: null },
  });
  const manifest = parseManifest(text, '/nix/store', 'the golden file');
  expect(manifest.users.map(({ name }) => name)).toEqual(['ada', 'old', 'shop']);
  expect(manifest.users.find(({ name }) => name === 'old')).toMatchObject({ locked: true });
  expect(manifest.groups.find(({ name }) => name === 'editors')).toMatchObject({ gid: 2000 });
  expect(manifest.users.find(({ name }) => name === 'ada')?.groups).toEqual(['sudo', 'editors']);
  expect(manifest.probes.map(({ name }) => name)).toEqual(['database', 'port', 'site', 'unit']);
  expect(manifest.converge.map(({ name }) => name)).toEqual(['check', 'nginx']);
  expect(manifest.settings).toEqual({ confirm: 120, waits: 90, budgets: { disk: 1 << 30 } });
});
