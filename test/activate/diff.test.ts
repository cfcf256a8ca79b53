/** What differs between two generations, as a value and as text. */
import { expect, test } from 'vitest';
import { compareGenerations, compareSystems, describeDiff, switchTo } from '../../src/activate/index.ts';
import { expectGolden } from '../support/golden.ts';
import { addTree, makeSystem, scratchMachine } from './support.ts';

test('packages, files with their lines, and the closure', async () => {
  const { store, machine } = scratchMachine({ owners: false });
  const tool = (version: string) => ({
    name: 'tool',
    version,
    path: addTree(store, `tool-${version}`, { 'bin/tool': { program: `${version}\n`.repeat(1000) } }),
  });
  const gone = { name: 'gone', version: '1', path: addTree(store, 'gone-1', { x: 'x' }) };
  const built = (text: string) => ({ name: 'built', version: '3', path: addTree(store, 'built-3', { x: text }) });
  const old = makeSystem(store, {
    packages: [tool('1.0'), gone, built('a')],
    files: {
      '/etc/same': 'same',
      '/etc/conf': 'one\ntwo\nthree\n',
      '/etc/mode': 'm',
      '/etc/binary': 'a\0b',
      '/etc/removed': 'r',
      '/srv/www': { link: '/x' },
      '/srv/site': { link: addTree(store, 'site', { 'a.html': 'a\n', 'in/b.html': 'one\ntwo\n', c: 'c' }) },
      '/srv/kind': 'a file',
    },
  });
  const fresh = makeSystem(store, {
    packages: [tool('1.1'), built('b'), { name: 'new', version: '', path: addTree(store, 'new', {}) }],
    files: {
      '/etc/same': 'same',
      '/etc/conf': 'one\n2\nthree\nfour\n',
      '/etc/mode': { text: 'm', mode: '0600' },
      '/etc/binary': 'a\0c',
      '/etc/added': 'a',
      '/srv/www': { link: '/y' },
      '/srv/site': { link: addTree(store, 'site', { 'a.html': 'a\n', 'in/b.html': 'one\n2\n', d: 'd' }) },
      '/srv/kind': { folder: '0755' },
    },
  });
  await switchTo(machine, old);
  await switchTo(machine, fresh);
  const diff = compareGenerations(machine);
  expect(diff).toEqual(compareSystems(machine, old, fresh));
  expect(diff.packages.changed.map((change) => change.name)).toEqual(['tool', 'built']);
  const short = describeDiff(diff)
    .join('\n')
    .replaceAll(/[0-9a-df-np-sv-z]{32}-/g, '…-');
  expectGolden('text/generation-diff.txt', `${short}\n`);
});

test('a system does not differ from itself', async () => {
  const { store, machine } = scratchMachine();
  const system = makeSystem(store, { files: { '/etc/a': 'a' } });
  await switchTo(machine, system);
  expect(describeDiff(compareSystems(machine, system, system))).toEqual(['no difference']);
  expect(compareGenerations(machine, 1, 1).files).toEqual([]);
});
