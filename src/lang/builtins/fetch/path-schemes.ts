/** Inputs by a path on this machine, and by a name that a registry explains. */
import { EvalError } from '../../errors.ts';
import {
  type InputAttrs,
  type InputValue,
  isLegalRef,
  requiredText,
  revision,
  type Scheme,
  textAttr,
} from './input.ts';
import { pathUrl, printUrl, segments, type Url, UrlError } from './url.ts';

function pathFromUrl(url: Url): InputAttrs | undefined {
  if (url.scheme !== 'path') return undefined;
  const text = printUrl(url);
  const host = url.authority?.host ?? '';
  if (host !== '') throw new EvalError('other', `path URL '${text}' should not have an authority ('${host}')`);
  const attrs = new Map<string, InputValue>([
    ['type', 'path'],
    ['path', url.path.join('/')],
  ]);
  for (const [name, value] of url.query) {
    if (name === 'rev' || name === 'narHash') attrs.set(name, value);
    else if (name !== 'revCount' && name !== 'lastModified') {
      throw new EvalError('other', `path URL '${text}' has unsupported parameter '${name}'`);
    } else if (/^[0-9]+$/.test(value)) attrs.set(name, Number(value));
    else throw new EvalError('other', `path URL '${text}' has invalid parameter '${name}'`);
  }
  return attrs;
}

export const pathScheme: Scheme = {
  name: 'path',
  allowed: new Set(['path', 'rev', 'revCount', 'lastModified', 'narHash']),
  fromUrl: pathFromUrl,
  fromAttrs(attrs) {
    requiredText(attrs, 'path');
    return attrs;
  },
  toUrl(attrs) {
    const query = new Map<string, string>();
    for (const [name, value] of attrs) {
      if (name !== 'path' && name !== 'type' && name !== '__final') query.set(name, String(value));
    }
    return pathUrl('path', requiredText(attrs, 'path').split('/'), false, query);
  },
  isLocked: (attrs) => attrs.has('narHash'),
};

const identifier = /^[a-zA-Z][a-zA-Z0-9_-]*$/;
const commit = /^[0-9a-fA-F]{40}$/;

function indirectFromUrl(url: Url): InputAttrs | undefined {
  if (url.scheme !== 'flake') return undefined;
  const [id, second, third, ...rest] = segments(url);
  if (id === undefined || rest.length > 0) throw new UrlError(`GitHub URL '${printUrl(url)}' is invalid`);
  if (!identifier.test(id)) throw new UrlError(`'${id}' is not a valid flake ID`);
  const attrs = new Map([
    ['type', 'indirect'],
    ['id', id],
  ]);
  const fail = (part: string, what: string): never => {
    throw new UrlError(`in flake URL '${printUrl(url)}', '${part}' is not a ${what}`);
  };
  if (third !== undefined) {
    if (!isLegalRef(second!)) fail(second!, 'branch/tag name');
    if (!commit.test(third)) fail(third, 'commit hash');
    attrs.set('ref', second!).set('rev', third.toLowerCase());
  } else if (second !== undefined && commit.test(second)) attrs.set('rev', second.toLowerCase());
  else if (second !== undefined)
    attrs.set('ref', isLegalRef(second) ? second : fail(second, 'commit hash or branch/tag name'));
  return attrs;
}

export const indirectScheme: Scheme = {
  name: 'indirect',
  allowed: new Set(['id', 'ref', 'rev', 'narHash']),
  indirect: true,
  fromUrl: indirectFromUrl,
  fromAttrs(attrs) {
    const id = requiredText(attrs, 'id');
    if (!identifier.test(id)) throw new UrlError(`'${id}' is not a valid flake ID`);
    return attrs;
  },
  toUrl(attrs) {
    const parts = [requiredText(attrs, 'id'), textAttr(attrs, 'ref'), revision(attrs)];
    return pathUrl(
      'flake',
      parts.filter((part) => part !== undefined),
      false,
    );
  },
  isLocked: () => false,
};
