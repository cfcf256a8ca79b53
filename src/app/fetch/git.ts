/**
 * Trees of git repositories, by way of the `git` program. Blobs are taken as they are stored: no filter, line end or
 * attribute of a working tree changes them.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { bytesOf, fromUnicode, toUnicode } from '../../base/bytes.ts';
import { Activity } from '../../base/events.ts';
import { makeFolders } from '../../base/folders.ts';
import { type RunResult, run } from '../../base/process.ts';
import { hashBytes } from '../../formats/index.ts';
import { HostError } from '../../lang/index.ts';
import type { Session } from '../session.ts';
import { type Attributes, cacheFolder } from './fetch-cache.ts';

export interface GitRequest {
  readonly url: string;
  readonly ref: string | undefined;
  readonly rev: string | undefined;
  readonly submodules: boolean;
  readonly allRefs: boolean;
  /** Leave out what the repository's `.gitattributes` keep from being exported. */
  readonly exportIgnore: boolean;
}

interface TreeEntry {
  readonly mode: string;
  readonly id: string;
  /** Byte string. */
  readonly path: string;
}

/** Puts the tree of a commit at `target`. */
export async function checkOut(session: Session, request: GitRequest, target: string): Promise<Attributes> {
  const activity = new Activity(session.sink, 'fetch', request.url);
  try {
    const repository = new Repository(session, request.url);
    const rev = await repository.resolve(request);
    await repository.writeTree(rev, target, request.exportIgnore);
    if (request.submodules) await checkOutSubmodules(session, repository, rev, target);
    const attributes = await repository.describe(rev);
    activity.stop(true);
    return { ...attributes, submodules: request.submodules };
  } catch (error) {
    activity.stop(false);
    throw error;
  }
}

/** A bare copy of a repository in the cache, or a local repository itself. */
class Repository {
  readonly url: string;
  readonly #folder: string;
  readonly #isLocal: boolean;

  constructor(session: Session, url: string) {
    this.url = url;
    const local = localPath(url);
    this.#isLocal = local !== undefined;
    const key = Buffer.from(hashBytes('sha256', fromUnicode(url)).bytes)
      .toString('hex')
      .slice(0, 40);
    this.#folder = local ?? join(cacheFolder(session, 'git'), `${key}.git`);
  }

  /** The commit that is meant; fetches it where it is not there yet. */
  async resolve({ ref, rev, allRefs }: GitRequest): Promise<string> {
    if (this.#isLocal) return this.#commit(rev ?? ref ?? 'HEAD', rev, ref);
    if (!fs.existsSync(this.#folder)) {
      makeFolders(this.#folder);
      await this.#git(['init', '--quiet', '--bare', this.#folder]);
    }
    if (rev !== undefined && (await this.#has(rev))) return rev;
    const named = ref ?? rev ?? 'HEAD';
    const wanted = allRefs ? '+refs/*:refs/*' : named;
    await this.#git(['fetch', '--quiet', '--force', '--no-tags', '--', this.url, wanted]);
    return this.#commit(rev ?? 'FETCH_HEAD', rev, ref);
  }

  async #commit(name: string, rev: string | undefined, ref: string | undefined): Promise<string> {
    const result = await this.#run(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    if (result.status === 0) return result.stdout.trim();
    const where = `ref '${ref ?? 'HEAD'}' of repository '${this.url}'`;
    const what = rev === undefined ? `there is no ${where}` : `Cannot find Git revision '${rev}' in ${where}!`;
    throw new HostError('host/fetch', what, { details: { url: this.url, rev, ref } });
  }

  async describe(rev: string): Promise<Attributes> {
    const [count, time] = await Promise.all([
      this.#git(['rev-list', '--count', rev]),
      this.#git(['log', '-1', '--format=%ct', '--no-show-signature', rev]),
    ]);
    return { rev, shortRev: rev.slice(0, 7), revCount: Number(count.trim()), lastModified: Number(time.trim()) };
  }

  async writeTree(rev: string, target: string, exportIgnore: boolean): Promise<void> {
    const all = parseTree(await this.#git(['ls-tree', '-r', '-z', '--full-tree', rev]));
    const ignored = exportIgnore ? await this.#ignored(rev, all, target) : new Set<string>();
    makeFolders(target);
    for (const entry of all) if (!isBelow(entry.path, ignored)) await this.#writeEntry(entry, target);
  }

  async #writeEntry({ mode, id, path }: TreeEntry, target: string): Promise<void> {
    const place = bytesOf(`${fromUnicode(target)}/${path}`);
    fs.mkdirSync(place.subarray(0, place.lastIndexOf('/')), { recursive: true });
    if (mode === '160000') {
      fs.mkdirSync(place);
      return;
    }
    const blob = bytesOf(await this.#git(['cat-file', 'blob', id]));
    if (mode === '120000') fs.symlinkSync(blob, place);
    else fs.writeFileSync(place, blob, { mode: mode === '100755' ? 0o755 : 0o644, flag: 'wx' });
  }

  /** The files and folders that `.gitattributes` of the commit mark; asked of an index that is only for that. */
  async #ignored(rev: string, all: readonly TreeEntry[], target: string): Promise<Set<string>> {
    if (!all.some(({ path }) => /(^|\/)\.gitattributes$/.test(path))) return new Set();
    const index = { GIT_INDEX_FILE: `${target}.index` };
    await this.#git(['read-tree', rev], index);
    const paths = new Set(all.flatMap(({ path }) => [path, ...foldersOf(path)]));
    const answer = await this.#git(
      ['check-attr', '--cached', '-z', '--stdin', 'export-ignore'],
      index,
      [...paths, ''].join('\0'),
    );
    fs.rmSync(index.GIT_INDEX_FILE);
    const fields = answer.split('\0');
    return new Set(fields.filter((_, i) => i % 3 === 0 && fields[i + 2] === 'set'));
  }

  /** Paths and commits of the submodules. */
  async submodulesOf(rev: string): Promise<{ path: string; url: string; rev: string }[]> {
    const wanted = '^submodule\\..*\\.(path|url)$';
    const config = await this.#run(['config', '--blob', `${rev}:.gitmodules`, '--get-regexp', wanted]);
    if (config.status !== 0) return [];
    const fields = new Map<string, Record<string, string>>();
    for (const [, name, key, value] of config.stdout.matchAll(/^submodule\.(.*)\.(path|url) (.*)$/gm)) {
      fields.set(name!, { ...fields.get(name!), [key!]: value! });
    }
    const found: { path: string; url: string; rev: string }[] = [];
    for (const { path, url } of fields.values()) {
      if (path === undefined || url === undefined) continue;
      const [entry] = parseTree(await this.#git(['ls-tree', '-z', '--full-tree', rev, path]));
      if (entry?.mode === '160000') found.push({ path, url: this.#relativeUrl(toUnicode(url)), rev: entry.id });
    }
    return found;
  }

  #relativeUrl(url: string): string {
    if (!/^\.\.?\//.test(url)) return url;
    return this.#isLocal ? join(this.#folder, url) : new URL(url, `${this.url.replace(/\/*$/, '')}/`).href;
  }

  async #has(rev: string): Promise<boolean> {
    return (await this.#run(['cat-file', '-e', `${rev}^{commit}`])).status === 0;
  }

  /** What git writes, as a byte string. */
  async #git(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Promise<string> {
    const result = await this.#run(args, env, input);
    if (result.status === 0) return result.stdout;
    throw new HostError('host/fetch', `git ${args[0]} of '${this.url}' failed: ${result.stderr.trim()}`, {
      details: { url: this.url, status: result.status },
    });
  }

  #run(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Promise<RunResult> {
    // Who owns a repository is no question here: nothing in it is run.
    const safe = ['-c', 'safe.directory=*', '-C', this.#folder];
    return run('git', [...(fs.existsSync(this.#folder) ? safe : []), ...args], {
      env: { ...process.env, GIT_DIR: undefined, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...env },
      maxOutput: 2 ** 30,
      encoding: 'latin1',
      input: bytesOf(input),
    });
  }
}

async function checkOutSubmodules(
  session: Session,
  repository: Repository,
  rev: string,
  target: string,
): Promise<void> {
  for (const { path, url, rev: commit } of await repository.submodulesOf(rev)) {
    const request = { url, ref: undefined, rev: commit, submodules: true, allRefs: false, exportIgnore: false };
    fs.rmSync(join(target, path), { recursive: true, force: true });
    await checkOut(session, request, join(target, path));
  }
}

/** The folder that a URL names on this machine. */
export function localPath(url: string): string | undefined {
  if (url.startsWith('/')) return url;
  return url.startsWith('file://') ? decodeURIComponent(new URL(url).pathname) : undefined;
}

function parseTree(listing: string): TreeEntry[] {
  return listing.split('\0').flatMap((line) => {
    const match = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line);
    return match === null ? [] : [{ mode: match[1]!, id: match[2]!, path: match[3]! }];
  });
}

/** `a/b` and `a` for `a/b/c`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

function isBelow(path: string, ignored: ReadonlySet<string>): boolean {
  return ignored.size > 0 && [path, ...foldersOf(path)].some((part) => ignored.has(part));
}
