/** A local repository as it stands in its working tree: what git knows of, with its uncommitted changes. */
import * as fs from 'node:fs';
import { bytesOf } from '../../base/bytes.ts';
import { runSync } from '../../base/process.ts';
import type { Attributes } from './fetch-cache.ts';

export interface WorkTree {
  /** Byte string. */
  readonly root: string;
  /** Tracked files that are there, and the folders that they are in: byte strings with a leading slash. */
  readonly included: ReadonlySet<string>;
  readonly attributes: Attributes;
}

/** Undefined when the repository at `path` has no working tree, or none that differs from its commit. */
export function changedWorkTree(path: string, submodules: boolean): WorkTree | undefined {
  const git = (...args: string[]): string | undefined => {
    const result = runSync('git', ['-c', 'safe.directory=*', '-C', path, ...args], {
      maxOutput: 2 ** 30,
      encoding: 'latin1',
    });
    return result.status === 0 ? result.stdout : undefined;
  };
  const root = git('rev-parse', '--show-toplevel')?.trim();
  if (root === undefined || root === '') return undefined;
  const head = git('rev-parse', '--verify', '--quiet', 'HEAD^{commit}')?.trim();
  const clean = head !== undefined && git('status', '--porcelain', '--untracked-files=no') === '';
  if (clean) return undefined;
  const included = new Set<string>();
  for (const name of (git('ls-files', '-z', ...(submodules ? ['--recurse-submodules'] : [])) ?? '').split('\0')) {
    if (name === '' || fs.lstatSync(bytesOf(`${root}/${name}`), { throwIfNoEntry: false }) === undefined) continue;
    for (let part = `/${name}`; part !== ''; part = part.slice(0, part.lastIndexOf('/'))) included.add(part);
  }
  const dirty: Attributes =
    head === undefined ? {} : { dirtyRev: `${head}-dirty`, dirtyShortRev: `${head.slice(0, 7)}-dirty` };
  const lastModified =
    head === undefined ? 0 : Number(git('log', '-1', '--format=%ct', '--no-show-signature', head)?.trim());
  return {
    root,
    included,
    attributes: { ...dirty, lastModified },
  };
}
