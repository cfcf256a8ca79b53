/** The example with services: what its manifest declares, as the switch reads it. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseManifest } from '../../src/activate/manifest.ts';
import { run } from '../../src/base/process.ts';
import { scratchDiskFolder } from './support.ts';

const root = new URL('../..', import.meta.url).pathname;

test('it builds, and its manifest says what a switch needs', async () => {
  const store = scratchDiskFolder();
  const built = await run(join(root, 'bin/sysbuild'), ['build', '--store', store, join(root, 'examples/web-server')]);
  expect(built).toMatchObject({ status: 0 });
  const system = built.stdout.trim();
  const read = (path: string): string => fs.readFileSync(join(store, path), 'utf8');
  const manifest = parseManifest(read(`${system}/manifest.json`), '/nix/store', system);

  const units = manifest.files.filter(({ path }) => path.startsWith('/etc/systemd/system/')).map(({ path }) => path);
  expect(units.map((path) => path.slice('/etc/systemd/system/'.length))).toEqual([
    'backup.service',
    'backup.timer',
    'multi-user.target.wants/nginx.service',
    'multi-user.target.wants/postgresql-setup.service',
    'multi-user.target.wants/postgresql.service',
    'nginx.service',
    'postgresql-setup.service',
    'postgresql.service',
    'postgresql@.service',
    'timers.target.wants/backup.timer',
    'web.slice',
  ]);
  expect(manifest.users.map(({ name, system, createHome }) => ({ name, system, createHome }))).toEqual([
    { name: 'ada', system: false, createHome: true },
    { name: 'shop', system: true, createHome: false },
  ]);
  expect(manifest.groups.map(({ name }) => name)).toEqual(['ada', 'keepers', 'shop']);
  expect(manifest.probes.map(({ name, kind }) => [name, kind])).toEqual([
    ['database', 'command'],
    ['site', 'http'],
    ['timer', 'unit'],
  ]);
  expect(manifest.realms.map(({ pattern, realm }) => [pattern, realm])).toEqual([
    ['/var/backups/shop/**', 'divergent'],
    ['/var/lib/postgresql/**', 'divergent'],
  ]);

  // Its other form is a system of its own.
  expect(manifest.specialisations.map(({ name }) => name)).toEqual(['maintenance']);
  const other = manifest.specialisations[0]!.system;
  const maintenance = parseManifest(read(`${other}/manifest.json`), '/nix/store', other);
  const config = maintenance.files.find(({ path }) => path === '/etc/nginx/nginx.conf');
  expect(config?.kind === 'copy' && read(config.source)).toContain("return 503 'Back in a moment.';");
  expect(maintenance.probes.map(({ name }) => name)).toEqual(['database', 'timer']);
  expect(maintenance.specialisations).toEqual([]);

  // The server's configuration leads to the pages, and is what the unit is told of.
  const source = (path: string): string => {
    const file = manifest.files.find((one) => one.path === path);
    return file?.kind === 'copy' ? file.source : '';
  };
  const site = /root (\/nix\/store\/[0-9a-z]{32}-shop-site);/.exec(read(source('/etc/nginx/nginx.conf')))?.[1];
  expect(read(`${site}/index.html`)).toContain('<h1>The shop</h1>');
  const trigger = /^X-Reload-Triggers=(\S+)$/m.exec(read(source('/etc/systemd/system/nginx.service')))?.[1];
  expect(read(trigger!)).toBe(read(source('/etc/nginx/nginx.conf')));
}, 300_000);
