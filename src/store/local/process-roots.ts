/**
 * Store paths that running processes use: their programs, working folders, open files, mapped libraries and
 * environments, as far as `/proc` lets us see.
 */
import * as fs from 'node:fs';
import type { Layout } from './layout.ts';

/** Logical store paths, with the files below `/proc` that name each. Processes end meanwhile: that is no error. */
export function processRoots(layout: Layout, proc = '/proc'): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const pattern = storePathPattern(layout);
  const look = (file: string, text: string | undefined): void => {
    if (text?.includes(layout.storeDir) !== true) return;
    for (const match of text.matchAll(pattern)) {
      const path = `${layout.storeDir}/${match[1]}`;
      found.set(path, (found.get(path) ?? new Set()).add(file));
    }
  };
  for (const pid of attempt(() => fs.readdirSync(proc)) ?? []) {
    if (!/^\d+$/.test(pid)) continue;
    for (const name of ['exe', 'cwd']) look(`${proc}/${pid}/${name}`, linkText(`${proc}/${pid}/${name}`));
    for (const fd of attempt(() => fs.readdirSync(`${proc}/${pid}/fd`)) ?? []) {
      look(`${proc}/${pid}/fd/${fd}`, linkText(`${proc}/${pid}/fd/${fd}`));
    }
    for (const name of ['maps', 'environ']) look(`${proc}/${pid}/${name}`, fileText(`${proc}/${pid}/${name}`));
  }
  return found;
}

/** The place of a path as its programs see it, or as it is on disk where that is elsewhere. */
function storePathPattern(layout: Layout): RegExp {
  const folders = [layout.storeDir, layout.realStoreDir].map((folder) =>
    folder.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`(?:${folders.join('|')})/([0-9a-df-np-sv-z]{32}-[0-9A-Za-z+\\-._?=]+)`, 'g');
}

function linkText(path: string): string | undefined {
  return attempt(() => fs.readlinkSync(path, 'latin1'));
}

function fileText(path: string): string | undefined {
  return attempt(() => fs.readFileSync(path, 'latin1'));
}

/** A process that is gone, or another user's, is passed over. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
