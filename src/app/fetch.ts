/** What evaluation fetches: answered from the store, from the cache of earlier runs, or from the network. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fromUnicode, toUnicode } from '../base/bytes.ts';
import { formatHash, type Hash, makeFixedOutputPath, parseHash, type StorePath } from '../formats/index.ts';
import { type FetchRequest, type FetchResult, HostError } from '../lang/index.ts';
import { isAllowedUri } from './access.ts';
import { type ClosureRequest, fetchClosure } from './fetch/closure.ts';
import { downloadFile, unpackArchive } from './fetch/download.ts';
import { type Cached, FetchCache } from './fetch/fetch-cache.ts';
import { archiveUrl, type Forge, type ForgeInput, isForge, revisionIn, revisionUrl } from './fetch/forges.ts';
import { checkOut, localPath } from './fetch/git.ts';
import { checkOutMercurial } from './fetch/mercurial.ts';
import { newestIn } from './fetch/newest.ts';
import { lookUp, registryFiles } from './fetch/registry.ts';
import { changedWorkTree } from './fetch/work-tree.ts';
import type { FileView } from './file-view.ts';
import type { Overlay } from './overlay.ts';
import type { Session } from './session.ts';
import { hashSource } from './source-tree.ts';

type Args = Readonly<Record<string, unknown>>;

/** Fetches into the overlay. The view must be one that may see everything. */
export async function fetchSource(
  session: Session,
  view: FileView,
  overlay: Overlay,
  request: FetchRequest,
): Promise<FetchResult> {
  const { kind, args } = request;
  const url = textArg(args, 'url');
  if (url !== undefined) checkUri(session, url);
  const fetcher = new Fetcher(session, view, overlay);
  if (kind === 'url' && url !== undefined) return fetcher.file(url, args);
  if (kind === 'tarball' && url !== undefined) return fetcher.tarball(url, args);
  if (kind === 'git' && url !== undefined) return fetcher.git(url, args);
  if (kind === 'tree') return fetcher.tree(args);
  if (kind === 'closure') {
    const wanted = args as unknown as ClosureRequest;
    checkUri(session, wanted.fromStore);
    return { path: await fetchClosure(session, wanted), attributes: {} };
  }
  if (kind === 'mercurial' && url !== undefined) return fetcher.mercurial(url, args);
  throw new HostError('host/unsupported', `fetching of kind '${kind}' is not supported`);
}

class Fetcher {
  readonly #session: Session;
  readonly #view: FileView;
  readonly #overlay: Overlay;
  readonly #cache: FetchCache;

  constructor(session: Session, view: FileView, overlay: Overlay) {
    this.#session = session;
    this.#view = view;
    this.#overlay = overlay;
    this.#cache = new FetchCache(session);
  }

  async file(url: string, args: Args): Promise<FetchResult> {
    const name = textArg(args, 'name') ?? url.slice(url.lastIndexOf('/') + 1);
    return this.#addressed(args, 'flat', name, url, () => this.#downloaded(url, name, args['expected'] !== undefined));
  }

  async tarball(url: string, args: Args): Promise<FetchResult> {
    const name = textArg(args, 'name') ?? 'source';
    return this.#addressed(args, 'nar', name, url, () => {
      const key = ['archive', url];
      const known = this.#cache.find(key, args['expected'] !== undefined);
      return (
        known ??
        this.#cache.add(key, async (content, scratch) => {
          const archive = join(scratch, 'archive');
          await downloadFile(this.#session, toUnicode(url), archive);
          const lastModified = await unpackArchive(archive, content);
          return { hash: this.#hashOf(content, 'nar'), attributes: { lastModified } };
        })
      );
    });
  }

  async git(url: string, args: Args): Promise<FetchResult> {
    const name = textArg(args, 'name') ?? 'source';
    const [ref, rev] = [textArg(args, 'ref'), textArg(args, 'rev')];
    const submodules = args['submodules'] === true;
    const local = localPath(toUnicode(url));
    const changed =
      local === undefined || ref !== undefined || rev !== undefined ? undefined : changedWorkTree(local, submodules);
    if (changed !== undefined) return this.#workTree(name, changed.root, changed.included, changed.attributes);
    const key = ['git', url, ref ?? '', rev ?? '', submodules, args['exportIgnore'] === true];
    // A branch of a local repository moves without telling.
    const known = local !== undefined && rev === undefined ? undefined : this.#cache.find(key, rev !== undefined);
    const cached =
      known ??
      (await this.#cache.add(key, async (content) => {
        const [allRefs, exportIgnore] = [args['allRefs'] === true, args['exportIgnore'] === true];
        const request = { url: toUnicode(url), ref, rev, submodules, allRefs, exportIgnore };
        const attributes = await checkOut(this.#session, request, content);
        return { hash: this.#hashOf(content, 'nar'), attributes };
      }));
    // How many commits there are is not known of a shallow copy, which ours might as well be.
    const { revCount, ...rest } = cached.attributes;
    const attributes = args['shallow'] === true || revCount === undefined ? rest : { ...rest, revCount };
    return this.#result({ ...cached, attributes }, 'nar', name);
  }

  /** `fetchTree`, of the kinds that have a fetcher here. */
  async tree(args: Args): Promise<FetchResult> {
    const type = textArg(args, 'type');
    const expected = typeof args['narHash'] === 'string' ? { expected: parseHash(args['narHash']) } : {};
    const all = { name: 'source', ...args, ...expected };
    const url = textArg(args, 'url');
    if (url !== undefined) checkUri(this.#session, url);
    if (type === 'git' && url !== undefined) return this.git(url, all);
    if (type === 'tarball' && url !== undefined) return this.tarball(url, all);
    if (type === 'file' && url !== undefined) return this.#fileTree(url, all);
    const path = textArg(args, 'path');
    if (type === 'path' && path !== undefined) return this.#path(path);
    if (type === 'hg' && url !== undefined) return this.mercurial(url, all);
    if (type === 'indirect') return this.#indirect(args);
    if (isForge(type)) return this.#forge(type, all);
    throw new HostError('host/unsupported', `fetchTree of type '${type ?? '?'}' is not supported`, {
      hint: 'There are: tarball, file, git, hg, path, github, gitlab, sourcehut, indirect.',
      details: { type },
    });
  }

  /** A file as a tree of its own: known by the hash of its archive. */
  #fileTree(url: string, args: Args): Promise<FetchResult> {
    return this.#addressed(args, 'nar', 'source', url, async () => {
      const cached = await this.#downloaded(url, 'source', args['expected'] !== undefined);
      return { ...cached, hash: this.#hashOf(cached.content, 'nar') };
    });
  }

  #indirect(args: Args): Promise<FetchResult> {
    const found = lookUp(registryFiles(this.#session.env), args);
    if (found !== undefined) return this.tree(found);
    const id = textArg(args, 'id') ?? '?';
    throw new HostError('host/fetch', `cannot find flake 'flake:${id}' in the flake registries`, {
      hint: `Looked in: ${registryFiles(this.#session.env).join(', ')}.`,
    });
  }

  async #forge(type: Forge, args: Args): Promise<FetchResult> {
    const input = {
      type,
      owner: unicodeArg(args, 'owner')!,
      repo: unicodeArg(args, 'repo')!,
      host: unicodeArg(args, 'host'),
    };
    const rev = textArg(args, 'rev') ?? (await this.#revisionAt(input, unicodeArg(args, 'ref') ?? 'HEAD'));
    const url = archiveUrl(input, rev);
    checkUri(this.#session, fromUnicode(url));
    const { path, attributes } = await this.tarball(fromUnicode(url), args);
    return { path, attributes: { ...attributes, rev, shortRev: rev.slice(0, 7) } };
  }

  async #revisionAt(input: ForgeInput, ref: string): Promise<string> {
    const url = revisionUrl(input, ref);
    checkUri(this.#session, fromUnicode(url));
    const key = ['revision', url];
    const { content } =
      this.#cache.find(key, false) ??
      (await this.#cache.add(key, async (target) => {
        await downloadFile(this.#session, url, target);
        return { hash: '', attributes: {} };
      }));
    const found = revisionIn(input.type, ref, fs.readFileSync(content, 'utf8'));
    if (found !== undefined) return found;
    throw new HostError('host/fetch', `'${url}' does not say which commit '${ref}' is at`, { details: { url, ref } });
  }

  async mercurial(url: string, args: Args): Promise<FetchResult> {
    const rev = textArg(args, 'rev') ?? textArg(args, 'ref');
    const key = ['mercurial', url, rev ?? ''];
    const isCommit = rev !== undefined && /^[0-9a-f]{40}$/.test(rev);
    const request = { url: toUnicode(url), rev: rev === undefined ? undefined : toUnicode(rev) };
    const cached =
      this.#cache.find(key, isCommit) ??
      (await this.#cache.add(key, async (content, place) => {
        const attributes = await checkOutMercurial(this.#session, request, content, place);
        return { hash: this.#hashOf(content, 'nar'), attributes };
      }));
    return this.#result(cached, 'nar', textArg(args, 'name') ?? 'source');
  }

  /** A folder or file of this machine, as it is now. */
  #path(path: string): FetchResult {
    const { hash } = hashSource(this.#view, { path, ingestion: 'nar' });
    const storePath = this.#pathOf('nar', hash, 'source');
    const source = { kind: 'source', name: 'source', origin: path, ingestion: 'nar', included: undefined } as const;
    this.#overlay.addSource(storePath, source);
    const lastModified = newestIn(path);
    return { path: storePath, attributes: { lastModified, narHash: formatHash(hash, 'sri') } };
  }

  #workTree(
    name: string,
    root: string,
    included: ReadonlySet<string>,
    attributes: FetchResult['attributes'],
  ): FetchResult {
    const origin = root;
    const filter = (path: string): boolean => included.has(path.slice(origin.length));
    const { hash } = hashSource(this.#view, { path: origin, ingestion: 'nar', filter });
    const path = this.#pathOf('nar', hash, name);
    this.#overlay.addSource(path, { kind: 'source', name, origin, ingestion: 'nar', included });
    return { path, attributes: { ...attributes, narHash: formatHash(hash, 'sri') } };
  }

  async #downloaded(url: string, name: string, immutable: boolean): Promise<Cached> {
    const key = ['url', url, name];
    return (
      this.#cache.find(key, immutable) ??
      this.#cache.add(key, async (content) => {
        await downloadFile(this.#session, toUnicode(url), content);
        return { hash: this.#hashOf(content, 'flat'), attributes: {} };
      })
    );
  }

  /** What is in the store already by its hash is not fetched; what is fetched must have the hash. */
  async #addressed(
    args: Args,
    ingestion: 'flat' | 'nar',
    name: string,
    url: string,
    get: () => Promise<Cached> | Cached,
  ): Promise<FetchResult> {
    const expected = args['expected'] as Hash | undefined;
    if (expected !== undefined) {
      const path = this.#pathOf(ingestion, expected, name);
      if (this.#view.kindOf(path) !== undefined) return { path, attributes: { narHash: formatHash(expected, 'sri') } };
    }
    const cached = await get();
    if (expected !== undefined && formatHash(expected, 'sri') !== cached.hash)
      throw mismatch(url, expected, cached.hash);
    return this.#result(cached, ingestion, name);
  }

  #result(cached: Cached, ingestion: 'flat' | 'nar', name: string): FetchResult {
    const path = this.#pathOf(ingestion, parseHash(cached.hash), name);
    const origin = fromUnicode(cached.content);
    this.#overlay.addSource(path, { kind: 'source', name, origin, ingestion, included: undefined });
    return { path, attributes: { ...cached.attributes, narHash: cached.hash } };
  }

  #pathOf(method: 'flat' | 'nar', hash: Hash, name: string): StorePath {
    return makeFixedOutputPath(this.#overlay.storeDir, { method, hash, name });
  }

  #hashOf(content: string, ingestion: 'flat' | 'nar'): string {
    return formatHash(hashSource(this.#view, { path: fromUnicode(content), ingestion }).hash, 'sri');
  }
}

function checkUri({ settings }: Session, uri: string): void {
  if (!settings['restrict-eval'] || isAllowedUri(uri, settings['allowed-uris'])) return;
  throw new HostError('host/restricted', `access to URI '${uri}' is forbidden in restricted mode`, {
    details: { uri },
  });
}

function textArg(args: Args, name: string): string | undefined {
  const value = args[name];
  return typeof value === 'string' ? value : undefined;
}

function unicodeArg(args: Args, name: string): string | undefined {
  const value = textArg(args, name);
  return value === undefined ? undefined : toUnicode(value);
}

function mismatch(url: string, expected: Hash, got: string): HostError {
  const inNix32 = (hash: Hash): string => `sha256:${formatHash(hash, 'nix32')}`;
  return new HostError(
    'host/fetch',
    `hash mismatch in file downloaded from '${url}':\n  specified: ${inNix32(expected)}\n  got:       ${inNix32(parseHash(got))}`,
    { details: { url, expected: formatHash(expected, 'sri'), got } },
  );
}
