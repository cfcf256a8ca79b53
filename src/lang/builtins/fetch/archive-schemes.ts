/** Repositories on forges that serve archives of any commit: `github:owner/repo/ref` and its like. */
import { parseHash } from '../../../formats/index.ts';
import {
  attrsJson,
  type InputAttrs,
  isLegalRef,
  narHashParameter,
  requiredText,
  revision,
  type Scheme,
  textAttr,
} from './input.ts';
import { printUrl, segments, type Url, UrlError } from './url.ts';

const commit = /^[0-9a-fA-F]{40}$/;

function fromUrl(type: string, url: Url): InputAttrs | undefined {
  if (url.scheme !== type) return undefined;
  const [owner, repo, ...rest] = segments(url);
  if (repo === undefined) throw new UrlError(`URL '${printUrl(url)}' is invalid`);
  const tail = rest.length === 0 ? undefined : rest.join('/');
  const isCommit = rest.length === 1 && commit.test(tail!);
  const attrs = new Map([
    ['type', type],
    ['owner', owner!],
    ['repo', repo],
  ]);
  const choose = (name: 'rev' | 'ref', fromPath: string | undefined, what: string): void => {
    const parameter = url.query.get(name);
    if (fromPath !== undefined && parameter !== undefined) {
      throw new UrlError(`URL '${printUrl(url)}' contains multiple ${what}`);
    }
    const value = fromPath ?? parameter;
    if (value !== undefined) attrs.set(name, value);
  };
  choose('ref', isCommit ? undefined : tail, 'branch/tag names');
  choose('rev', isCommit ? tail : undefined, 'commit hashes');
  for (const name of ['host', 'narHash']) {
    const value = url.query.get(name);
    if (value !== undefined) attrs.set(name, value);
  }
  return fromAttrs(attrs);
}

function fromAttrs(attrs: InputAttrs): InputAttrs {
  requiredText(attrs, 'owner');
  requiredText(attrs, 'repo');
  const [ref, rev, host] = [textAttr(attrs, 'ref'), textAttr(attrs, 'rev'), textAttr(attrs, 'host')];
  const input = `input ${attrsJson(attrs)}`;
  if (ref !== undefined && rev !== undefined) {
    throw new UrlError(`${input} contains both a commit hash ('${rev}') and a branch/tag name ('${ref}')`);
  }
  if (rev !== undefined) parseHash(rev, 'sha1');
  if (ref !== undefined && !isLegalRef(ref)) throw new UrlError(`${input} contains an invalid branch/tag name`);
  if (host !== undefined && !/^[a-zA-Z0-9.-]*$/.test(host)) {
    throw new UrlError(`${input} contains an invalid instance host`);
  }
  return attrs;
}

function toUrl(type: string, attrs: InputAttrs): Url {
  const end = textAttr(attrs, 'ref') ?? revision(attrs);
  const path = [requiredText(attrs, 'owner'), requiredText(attrs, 'repo'), ...(end === undefined ? [] : [end])];
  const host = textAttr(attrs, 'host');
  const query = new Map([...narHashParameter(attrs), ...(host === undefined ? [] : [['host', host] as const])]);
  return { scheme: type, authority: undefined, path, query, fragment: '' };
}

const allowed = new Set(['owner', 'repo', 'ref', 'rev', 'narHash', 'lastModified', 'host', 'treeHash']);

export const archiveSchemes: readonly Scheme[] = ['github', 'gitlab', 'sourcehut'].map((name) => ({
  name,
  allowed,
  fromUrl: (url) => fromUrl(name, url),
  fromAttrs,
  toUrl: (attrs) => toUrl(name, attrs),
  isLocked: (attrs) => revision(attrs) !== undefined,
}));
