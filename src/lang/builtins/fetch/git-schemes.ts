/** Repositories of Git and Mercurial. */
import type { InputAttrs, InputValue, Scheme } from './input.ts';
import { flagAttr, isLegalRef, requiredText, revision, textAttr } from './input.ts';
import { applicationOf, gitUrl, parseUrl, printUrl, type Url, UrlError } from './url.ts';

const gitTexts = new Set(['rev', 'ref', 'keytype', 'publicKey', 'publicKeys']);
const gitFlags = new Set(['shallow', 'submodules', 'lfs', 'exportIgnore', 'allRefs', 'verifyCommit']);

/** Splits the parameters of a URL into attributes and what belongs to the repository's own URL. */
function takeParameters(
  url: Url,
  type: string,
  attribute: (name: string, value: string) => InputValue | undefined,
): InputAttrs {
  const attrs = new Map<string, InputValue>([['type', type]]);
  const query = new Map<string, string>();
  for (const [name, value] of url.query) {
    const taken = attribute(name, value);
    if (taken === undefined) query.set(name, value);
    else attrs.set(name, taken);
  }
  return attrs.set('url', printUrl({ ...url, query }));
}

function gitFromAttrs(attrs: InputAttrs): InputAttrs {
  flagAttr(attrs, 'verifyCommit');
  const ref = textAttr(attrs, 'ref');
  if (ref !== undefined && !isLegalRef(ref)) throw new UrlError(`invalid Git branch/tag name '${ref}'`);
  const checked = new Map(attrs).set('url', printUrl(gitUrl(requiredText(attrs, 'url'))));
  for (const name of ['shallow', 'submodules', 'allRefs']) flagAttr(checked, name);
  return checked;
}

export const gitScheme: Scheme = {
  name: 'git',
  allowed: new Set([
    ...['url', 'ref', 'rev', 'shallow', 'submodules', 'lfs', 'exportIgnore', 'lastModified', 'revCount', 'narHash'],
    ...['allRefs', 'name', 'dirtyRev', 'dirtyShortRev', 'verifyCommit', 'keytype', 'publicKey', 'publicKeys'],
  ]),
  fromUrl(url) {
    if (url.scheme !== 'git' && applicationOf(url.scheme) !== 'git') return undefined;
    const attrs = takeParameters(url, 'git', (name, value) =>
      gitTexts.has(name) ? value : gitFlags.has(name) ? value === '1' : undefined,
    );
    return gitFromAttrs(attrs);
  },
  fromAttrs: gitFromAttrs,
  toUrl(attrs) {
    const url = parseUrl(requiredText(attrs, 'url'));
    const query = new Map(url.query);
    const [rev, ref] = [revision(attrs), textAttr(attrs, 'ref')];
    if (rev !== undefined) query.set('rev', rev);
    if (ref !== undefined) query.set('ref', ref);
    for (const name of ['shallow', 'lfs', 'submodules', 'exportIgnore', 'verifyCommit']) {
      if (flagAttr(attrs, name)) query.set(name, '1');
    }
    return { ...url, scheme: url.scheme === 'git' ? 'git' : `git+${url.scheme}`, query };
  },
  isLocked: (attrs) => /[^0]/.test(revision(attrs) ?? ''),
};

const mercurialRef = /^[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*$/;

function mercurialFromAttrs(attrs: InputAttrs): InputAttrs {
  parseUrl(requiredText(attrs, 'url'));
  const ref = textAttr(attrs, 'ref');
  if (ref !== undefined && !mercurialRef.test(ref)) throw new UrlError(`invalid Mercurial branch/tag name '${ref}'`);
  return attrs;
}

export const mercurialScheme: Scheme = {
  name: 'hg',
  allowed: new Set(['url', 'ref', 'rev', 'revCount', 'narHash', 'name']),
  fromUrl(url) {
    if (!/^hg\+(https?|ssh|file)$/.test(url.scheme)) return undefined;
    const plain = { ...url, scheme: url.scheme.slice(3) };
    return mercurialFromAttrs(
      takeParameters(plain, 'hg', (name, value) => (name === 'rev' || name === 'ref' ? value : undefined)),
    );
  },
  fromAttrs: mercurialFromAttrs,
  toUrl(attrs) {
    const url = parseUrl(requiredText(attrs, 'url'));
    const query = new Map(url.query);
    const [rev, ref] = [revision(attrs), textAttr(attrs, 'ref')];
    if (rev !== undefined) query.set('rev', rev);
    if (ref !== undefined) query.set('ref', ref);
    return { ...url, scheme: `hg+${url.scheme}`, query };
  },
  isLocked: (attrs) => revision(attrs) !== undefined,
};
