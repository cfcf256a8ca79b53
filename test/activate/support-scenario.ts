/** A switch that has every kind of step in it, for the tests that stop it between any two of them. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { switchTo } from '../../src/activate/index.ts';
import { type FilesSpec, makeSystem, putByHand, type Scratch } from './support.ts';

const old: FilesSpec = {
  '/etc/keep': 'kept',
  '/etc/change': 'one',
  '/etc/mode': 'same bytes',
  '/etc/edited': 'ours',
  '/etc/taken': 'ours for a while',
  '/etc/gone': 'goes away',
  '/etc/was-folder/inside': 'a folder of ours',
  '/opt/only/here': 'folders go away too',
  '/srv/www': { link: '/nix/store/elsewhere' },
  '/srv/data': { folder: '0755' },
};

const fresh: FilesSpec = {
  '/etc/keep': 'kept',
  '/etc/change': 'two',
  '/etc/mode': { text: 'same bytes', mode: '0600' },
  '/etc/edited': 'ours, newer',
  '/etc/was-folder': 'a file now',
  '/etc/foreign': 'ours now',
  '/etc/foreign-folder': { link: 'keep' },
  '/etc/new/deep/file': 'new',
  '/srv/www/index.html': 'real now',
  '/srv/data': { folder: '0700' },
};

/** Brings a machine to where the switch begins: a generation, and things done by hand since. */
export async function beforeSwitch(scratch: Scratch): Promise<void> {
  putByHand(scratch.root, { '/etc/taken': 'theirs, from before' });
  await switchTo(scratch.machine, makeSystem(scratch.store, { name: 'old', files: old }));
  putByHand(scratch.root, {
    '/etc/edited': 'edited by hand',
    '/etc/foreign': 'theirs',
    '/etc/foreign-folder/a': 'theirs',
    '/srv/data/file': 'theirs',
  });
}

/** The system that is then switched to. */
export function nextSystem(scratch: Scratch): ReturnType<typeof makeSystem> {
  return makeSystem(scratch.store, { name: 'fresh', files: fresh });
}

/** All bytes that were put by hand must still be somewhere: in their place or in a backup. */
export function lostBytes(scratch: Scratch): string[] {
  const texts = new Set<string>();
  const collect = (folder: string): void => {
    if (!fs.existsSync(folder)) return;
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) collect(path);
      else if (entry.isFile()) texts.add(fs.readFileSync(path, 'utf8'));
    }
  };
  for (const folder of ['etc', 'opt', 'srv', 'var/lib/sysbuild']) collect(join(scratch.root, folder));
  return ['theirs, from before', 'edited by hand', 'theirs'].filter((text) => !texts.has(text));
}
