/**
 * The example as a stranger meets it: switched, looked into, changed, compared, rolled back. Needs bubblewrap and a
 * Debian mirror, which every machine that builds has.
 */

import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, killGroup, type RunResult, run, start } from '../../src/base/process.ts';
import { scratchDiskFolder, snapshot } from './support.ts';

const checkout = new URL('../..', import.meta.url).pathname;
const sysbuild = (...words: string[]): Promise<RunResult> => run(join(checkout, 'bin/sysbuild'), words);

/** The derivations that a run built, by name. */
const built = ({ stderr }: RunResult): string[] =>
  [...stderr.matchAll(/^building \/nix\/store\/[0-9a-z]{32}-(.*)\.drv/gm)].map((match) => match[1]!).sort();

function edit(file: string, from: string, to: string): void {
  const text = fs.readFileSync(file, 'utf8');
  expect(text).toContain(from);
  fs.writeFileSync(file, text.replace(from, to));
}

test('the first machine', async () => {
  const folder = scratchDiskFolder();
  const [text, root] = [join(folder, 'text'), join(folder, 'machine')];
  fs.cpSync(join(checkout, 'examples/first-machine'), text, { recursive: true });
  const switchIt = () => sysbuild('switch', join(text, 'system.nix'), '--root', root);

  const first = await switchIt();
  expect(first).toMatchObject({ status: 0 });
  expect(built(first)).toEqual(
    expect.arrayContaining(['page-about', 'page-index', 'site', 'sw', 'system-first-machine']),
  );

  const inside = await sysbuild(
    'enter',
    root,
    '--',
    'sh',
    '-c',
    'id -u; hostname; cat /srv/www/index.html; echo x > /nix/store/x',
  );
  expect(inside.stdout).toMatch(/^0\nfirst-machine\n<!doctype html>/);
  expect(inside.stderr).toContain('Read-only file system');

  // The folders that it mounts on are there from now on.
  const before = snapshot(root);
  expect(before['/etc/hostname']).toBe('file 644 first-machine\n');

  // A comment changes nothing that anybody can see: the page is rendered, and that is all.
  edit(join(text, 'site/pages/index.txt'), '# Lines like this one', '# Lines such as this one');
  const comment = await switchIt();
  expect(built(comment)).toEqual(['page-index']);
  expect(comment).toMatchObject({ status: 0 });
  expect(fs.readlinkSync(join(root, 'nix/var/nix/profiles/system/current'))).toBe('generation-1');

  // A sentence changes its page, the site and the machine.
  edit(join(text, 'site/pages/about.txt'), 'is one program', 'is a single program');
  edit(join(text, 'machine.nix'), 'Welcome to', 'Be welcome to');
  const sentence = await switchIt();
  expect(built(sentence)).toEqual(['page-about', 'site', 'system-first-machine']);
  const diff = await sysbuild('diff', '--root', root);
  expect(diff.stdout).toContain('+Be welcome to first-machine.');
  expect(diff.stdout).toContain('~ about.html  +1 -1');

  expect(await sysbuild('rollback', '--root', root)).toMatchObject({ status: 0 });
  expect(snapshot(root)).toEqual(before);
}, 300_000);

test('its web site is served', async () => {
  const root = join(scratchDiskFolder(), 'machine');
  const made = await sysbuild('switch', join(checkout, 'examples/first-machine/system.nix'), '--root', root);
  expect(made).toMatchObject({ status: 0 });
  const address = `127.0.0.1:${20_000 + (process.pid % 20_000)}`;
  const server = start(join(checkout, 'bin/sysbuild'), ['enter', root, '--', 'site-serve', address], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    await once(server.stdout!, 'data');
    const page = await fetchWhenUp(`http://${address}/about.html`);
    expect(page).toContain('<title>About</title>');
    expect(page).toContain('The userland of this machine');
  } finally {
    killGroup(server, 'SIGKILL');
    await ended(server, 'site-serve');
  }
}, 300_000);

async function fetchWhenUp(url: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

test('bad text, each with its own words, and no change', async () => {
  const folder = scratchDiskFolder();
  const [text, root] = [join(folder, 'text'), join(folder, 'machine')];
  fs.cpSync(join(checkout, 'examples/first-machine'), text, { recursive: true });
  const bad: readonly [from: string, to: string, words: RegExp][] = [
    [
      'networking.hostName =',
      'networking.hostname =',
      /The option `networking\.hostname' does not exist[\s\S]*machine\.nix:\d+:3[\s\S]*networking\.hostName/,
    ],
    ['networking.hostName =', 'networking.hostName = ;', /syntax error/],
    ['"first-machine";', '5;', /The option `networking\.hostName' must be a string/],
  ];
  for (const [from, to, words] of bad) {
    const file = join(text, 'machine.nix');
    const good = fs.readFileSync(file, 'utf8');
    edit(file, from, to);
    const result = await sysbuild('switch', join(text, 'system.nix'), '--root', root);
    expect(result).toMatchObject({ status: 1, stderr: expect.stringMatching(words) });
    expect(fs.existsSync(join(root, 'etc'))).toBe(false);
    fs.writeFileSync(file, good);
  }
}, 300_000);
