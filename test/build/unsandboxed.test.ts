/** Without a sandbox: what works, what does not, and what is said. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, runSync } from '../../src/base/process.ts';
import { realise } from '../../src/build/index.ts';
import { removeTree } from '../../src/store/index.ts';
import { busyboxTree } from '../support/busybox.ts';
import { failing, Scratch, sha256 } from './support.ts';

test('builds in the store at its logical place', async () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'build-unsandboxed-'));
  fs.mkdirSync(join(folder, 'scratch'));
  const cache = join(busyboxTree(), '../..');
  // The whole machine, and the folder as /nix, in a mount namespace of its own.
  const binds = fs.readdirSync('/').flatMap((name) => (name === 'nix' ? [] : ['--dev-bind', `/${name}`, `/${name}`]));
  const words = ['--die-with-parent', ...binds, '--bind', folder, '/nix', process.execPath];
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const result = await run('bwrap', [...words, new URL('./unsandboxed-child.ts', import.meta.url).pathname], { env });
  expect(result.stderr).toBe('');
  expect(JSON.parse(result.stdout)).toEqual({
    same: true,
    again: 1,
    self: true,
    checked: [],
    floating: true,
    failed: 'build/builder-failed',
    late: 'build/timed-out',
    problems: [],
    leftovers: [],
    log: ['/nix/var/nix/builds/RUN/1/build', '/nix/var/nix/builds/RUN/1/build', 'home /homeless-shelter'],
  });
  removeTree(folder);
}, 300_000);

test('in a store elsewhere builders would not find their inputs', async () => {
  const scratch = new Scratch();
  const drvPath = scratch.derivation({ script: 'true' });
  const error = await failing(scratch.build(drvPath, { sandbox: 'off' }));
  expect(error.code).toBe('build/no-sandbox');
  expect(error.message).toContain(`'/nix/store', but this store is in '${scratch.store.realStoreDir}'`);
  expect(scratch.leftovers()).toEqual([]);
  // Builders of our own need neither.
  fs.writeFileSync(join(scratch.folder, 'file'), 'x');
  const env = { url: `file://${scratch.folder}/file` };
  const fetch = scratch.derivation({ builder: 'builtin:fetchurl', fixed: { method: 'flat', hash: sha256('x') }, env });
  await scratch.build(fetch, { sandbox: 'off' });
  scratch.remove();
});

test('without bubblewrap: how to install it, and how to do without', async () => {
  const scratch = new Scratch();
  const drvPath = scratch.derivation({ script: 'true' });
  const error = await failing(scratch.build(drvPath, { environment: { PATH: '/nowhere' } }));
  expect(error.code).toBe('build/no-sandbox');
  expect(error.message).toContain('not installed');
  for (const words of ['apt-get install bubblewrap', 'scripts/setup', '--no-sandbox'])
    expect(error.hint).toContain(words);
  expect(scratch.leftovers()).toEqual([]);
  scratch.remove();
});

/** Where a program lies that the tests have: on the path, or in the folder of tools that set-up made. */
const installed = (name: string): string => runSync('sh', ['-c', `command -v ${name}`]).stdout.trim();

test('bubblewrap from the folder of tools', async () => {
  const scratch = new Scratch();
  const tools = join(scratch.folder, 'tools/usr/bin');
  fs.mkdirSync(tools, { recursive: true });
  fs.symlinkSync(installed('bwrap'), join(tools, 'bwrap'));
  const drvPath = scratch.derivation({ script: 'echo > $out' });
  const environment = { PATH: '', SYSBUILD_TOOLS: join(scratch.folder, 'tools') };
  const { built } = await realise(scratch.store, [{ drvPath, outputs: 'all' }], { environment }, scratch.sink);
  expect(built).toEqual([drvPath]);
  scratch.remove();
});

test('a sandbox that cannot be set up says what bubblewrap said', async () => {
  const scratch = new Scratch();
  fs.mkdirSync(join(scratch.folder, 'bin'));
  const script =
    '#!/bin/sh\ncase $1 in --version) echo bubblewrap 0.8.0;; *) echo "bwrap: No permissions to create new namespace" >&2; exit 1;; esac\n';
  fs.writeFileSync(join(scratch.folder, 'bin/bwrap'), script, { mode: 0o755 });
  const drvPath = scratch.derivation({ script: 'echo > $out' });
  const error = await failing(scratch.build(drvPath, { environment: { PATH: join(scratch.folder, 'bin') } }));
  expect(error.code).toBe('build/no-sandbox');
  expect(error.message).toContain('No permissions to create new namespace');
  expect(error.hint).toContain('user namespaces');
  scratch.remove();
});
