/**
 * The generations of the profiles of a store, in both forms: `FOLDER/generation-N` with `FOLDER/current`, as machines
 * have them, and `NAME-N-link` with `NAME`, as Nix does.
 */
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { errnoOf } from '../../base/errors.ts';
import { syncDirectory } from '../../base/fs-atomic.ts';
import type { ProfileGeneration } from './generation-plan.ts';
import type { Layout } from './layout.ts';

const ours = /^generation-(\d+)$/;
const theirs = /^(.+)-(\d+)-link$/;

export function findGenerations(layout: Layout): ProfileGeneration[] {
  return generationsIn(layout.profilesDir);
}

/** Removes the links of generations, and nothing else: a collection does the rest. */
export function removeGenerations(generations: readonly ProfileGeneration[]): void {
  const folders = new Set<string>();
  for (const { link } of generations) {
    fs.rmSync(link, { force: true });
    folders.add(link.slice(0, link.lastIndexOf('/')));
  }
  for (const folder of folders) syncDirectory(folder);
}

function generationsIn(folder: string): ProfileGeneration[] {
  return entriesOf(folder).flatMap((entry) => {
    const link = join(folder, entry.name);
    if (entry.isDirectory()) return generationsIn(link);
    return entry.isSymbolicLink() ? (generationAt(folder, link) ?? []) : [];
  });
}

function generationAt(folder: string, link: string): ProfileGeneration | undefined {
  const name = basename(link);
  const [own, other] = [ours.exec(name), theirs.exec(name)];
  const number = own?.[1] ?? other?.[2];
  if (number === undefined) return undefined;
  const profile = own === null ? join(folder, other![1]!) : folder;
  const current = targetOf(own === null ? profile : join(folder, 'current'));
  const target = targetOf(link);
  if (target === undefined) return undefined;
  const time = Math.floor(fs.lstatSync(link).mtimeMs / 1000);
  return {
    profile,
    number: Number(number),
    link,
    target,
    time,
    current: current !== undefined && basename(current) === name,
  };
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EACCES') return [];
    throw error;
  }
}

function targetOf(link: string): string | undefined {
  try {
    return fs.readlinkSync(link);
  } catch {
    return undefined;
  }
}
