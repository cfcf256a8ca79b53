/**
 * Trees of git repositories, by way of the `git` program. Blobs are taken as they are stored: no filter, line end or
 * attribute of a working tree changes them.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { toUnicode } from '../../base/bytes.ts';
import { Activity } from '../../base/events.ts';
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
}

/** Puts the tree of a commit at `target`. */
export async function checkOut(session: Session, request: GitRequest, target: string): Promise<Attributes> {
  const { url, submodules } = request;
  const activity = new Activity(session.sink, 'fetch', url);
  try {
    const repository = new Repository(session, url);
    const rev = await repository.resolve(request);
    await repository.writeTree(rev, target);
    if (submodules) await checkOutSubmodules(session, repository, rev, target);
    const attributes = await repository.describe(rev);
    activity.stop(true);
    return { ...attributes, submodules };
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
    const key = Buffer.from(hashBytes('sha256', url).bytes).toString('hex').slice(0, 40);
    this.#folder = local ?? join(cacheFolder(session, 'git'), `${key}.git`);
  }

  /** The commit that is meant; fetches it where it is not there yet. */
  async resolve({ ref, rev, allRefs }: GitRequest): Promise<string> {
    if (!this.#isLocal && !fs.existsSync(this.#folder)) {
      fs.mkdirSync(this.#folder, { recursive: true });
      await this.#git(['init', '--quiet', '--bare', this.#folder]);
    }
    if (rev !== undefined && (await this.#has(rev))) return rev;
    if (!this.#isLocal) {
      const wanted = allRefs ? '+refs/*:refs/*' : rev !== undefined && ref === undefined ? rev : (ref ?? 'HEAD');
      await this.#git(['fetch', '--quiet', '--force', '--no-tags', '--', this.url, wanted]);
      if (rev === undefined) return (await this.#git(['rev-parse', 'FETCH_HEAD^{commit}'])).trim();
    } else if (rev === undefined) return (await this.#git(['rev-parse', `${ref ?? 'HEAD'}^{commit}`])).trim();
    if (await this.#has(rev)) return rev;
    throw new HostError(
      'host/fetch',
      `Cannot find Git revision '${rev}' in ref '${ref ?? 'HEAD'}' of repository '${this.url}'!`,
      {
        details: { url: this.url, rev, ref },
      },
    );
  }

  async describe(rev: string): Promise<Attributes> {
    const [count, time] = await Promise.all([
      this.#git(['rev-list', '--count', rev]),
      this.#git(['log', '-1', '--format=%ct', '--no-show-signature', rev]),
    ]);
    const lastModified = Number(time.trim());
    return {
      rev,
      shortRev: rev.slice(0, 7),
      revCount: Number(count.trim()),
      lastModified,
      lastModifiedDate: new Date(lastModified * 1000).toISOString().replace(/[-:T]|\.\d+Z/g, ''),
    };
  }

  async writeTree(rev: string, target: string): Promise<void> {
    const listing = await this.#git(['ls-tree', '-r', '-z', '--full-tree', rev]);
    const entries = listing.split('\0').flatMap((line) => parseEntry(line) ?? []);
    fs.mkdirSync(target, { recursive: true });
    for (const { mode, id, path } of entries) {
      const place = join(target, path);
      fs.mkdirSync(join(place, '..'), { recursive: true });
      if (mode === '160000') fs.mkdirSync(place, { recursive: true });
      else {
        const blob = await this.#bytes(['cat-file', 'blob', id]);
        if (mode === '120000') fs.symlinkSync(blob.toString(), place);
        else fs.writeFileSync(place, blob, { mode: mode === '100755' ? 0o755 : 0o644, flag: 'wx' });
      }
    }
  }

  /** Paths and commits of the submodules. */
  async submodulesOf(rev: string): Promise<{ path: string; url: string; rev: string }[]> {
    const config = await this.#run([
      'config',
      '--blob',
      `${rev}:.gitmodules`,
      '--get-regexp',
      '^submodule\\..*\\.(path|url)$',
    ]);
    if (config.status !== 0) return [];
    const fields = new Map<string, Record<string, string>>();
    for (const [, name, key, value] of config.stdout.matchAll(/^submodule\.(.*)\.(path|url) (.*)$/gm)) {
      fields.set(name!, { ...fields.get(name!), [key!]: value! });
    }
    const found = [];
    for (const { path, url } of fields.values()) {
      if (path === undefined || url === undefined) continue;
      const [entry] = (await this.#git(['ls-tree', '-z', '--full-tree', rev, path])).split('\0');
      const commit = parseEntry(entry ?? '');
      if (commit?.mode === '160000') found.push({ path, url: this.#relativeUrl(url), rev: commit.id });
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

  async #git(args: readonly string[]): Promise<string> {
    const result = await this.#run(args);
    if (result.status === 0) return result.stdout;
    throw new HostError('host/fetch', `git ${args[0]} of '${this.url}' failed: ${result.stderr.trim()}`, {
      details: { url: this.url, status: result.status },
    });
  }

  /** The exact bytes of what git writes. */
  async #bytes(args: readonly string[]): Promise<Buffer> {
    return Buffer.from((await this.#run(args, 'latin1')).stdout, 'latin1');
  }

  #run(args: readonly string[], encoding: BufferEncoding = 'utf8'): Promise<RunResult> {
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_DIR: undefined, LC_ALL: 'C' };
    return run('git', ['-C', fs.existsSync(this.#folder) ? this.#folder : '/', ...args], {
      env,
      maxOutput: 2 ** 30,
      encoding,
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
    const request = { url, ref: undefined, rev: commit, submodules: true, allRefs: false };
    fs.rmSync(join(target, path), { recursive: true, force: true });
    await checkOut(session, request, join(target, path));
  }
}

/** The folder that a URL names on this machine. */
export function localPath(url: string): string | undefined {
  if (url.startsWith('/')) return toUnicode(url);
  return url.startsWith('file://') ? decodeURIComponent(new URL(url).pathname) : undefined;
}

function parseEntry(line: string): { mode: string; id: string; path: string } | undefined {
  const match = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line);
  return match === null ? undefined : { mode: match[1]!, id: match[2]!, path: match[3]! };
}
