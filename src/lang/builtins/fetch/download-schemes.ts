/** Plain downloads: files, and archives that are unpacked. */
import { type InputAttrs, type InputValue, narHashParameter, requiredText, type Scheme } from './input.ts';
import { applicationOf, parseUrl, printUrl, transportOf, type Url } from './url.ts';

const allowed = new Set(['url', 'narHash', 'name', 'unpack', 'rev', 'revCount', 'lastModified']);
const transports = new Set(['file', 'http', 'https']);

/** What a URL says for the fetcher is taken out of what is asked of the server. */
function fromUrl(type: string, url: Url): InputAttrs {
  const attrs = new Map<string, InputValue>([['type', type]]);
  for (const name of ['narHash', 'rev']) {
    const value = url.query.get(name);
    if (value !== undefined) attrs.set(name, value);
  }
  for (const name of ['revCount', 'lastModified']) {
    const value = url.query.get(name);
    if (value !== undefined && /^[0-9]+$/.test(value)) attrs.set(name, Number(value));
  }
  const query = new Map([...url.query].filter(([name]) => !allowed.has(name)));
  return attrs.set('url', printUrl({ ...url, scheme: transportOf(url.scheme), query }));
}

function toUrl(attrs: InputAttrs): Url {
  const url = parseUrl(requiredText(attrs, 'url'));
  return { ...url, query: new Map([...url.query, ...narHashParameter(attrs)]) };
}

/** A URL without a word about its kind is taken for an archive: what is fetched for its own sake is a tree. */
function downloadScheme(name: 'file' | 'tarball'): Scheme {
  return {
    name,
    allowed,
    fromUrl(url) {
      if (!transports.has(transportOf(url.scheme))) return undefined;
      const application = applicationOf(url.scheme);
      return (application ?? 'tarball') === name ? fromUrl(name, url) : undefined;
    },
    fromAttrs: (attrs) => attrs,
    toUrl,
    isLocked: (attrs) => attrs.has('narHash'),
  };
}

export const fileScheme: Scheme = downloadScheme('file');
export const tarballScheme: Scheme = downloadScheme('tarball');
