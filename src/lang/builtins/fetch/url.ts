/**
 * URLs by RFC 3986, taken apart and put together again. Parts are decoded; printing encodes all but what each part
 * may hold as it is, so that different spellings of one URL become one.
 */
import { EvalError } from '../../errors.ts';

/** A URL that is none, or that is no input of the kind it claims to be. */
export class UrlError extends EvalError {
  constructor(message: string) {
    super('other', message);
  }
}

export interface Authority {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  /** The host is an address in brackets. */
  readonly bracketed: boolean;
  readonly port: number | undefined;
}

export interface Url {
  readonly scheme: string;
  readonly authority: Authority | undefined;
  /** Between the slashes; a path that begins with one has an empty first part. */
  readonly path: readonly string[];
  readonly query: ReadonlyMap<string, string>;
  readonly fragment: string;
}

const encoded = '%[0-9A-Fa-f]{2}';
const pathChar = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@]|${encoded})`;
const queryChar = `(?:${pathChar}|[/?])`;
const urlText = new RegExp(
  `^([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?((?:${pathChar}|/)*)(?:\\?(${queryChar}*))?(?:#(${queryChar}*))?$`,
);
const nameChar = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=]|${encoded})`;
const authorityText = new RegExp(
  `^(?:(${nameChar}*)(?::((?:${nameChar}|:)*))?@)?(?:\\[([^\\]]*)\\]|(${nameChar}*))(?::([0-9]*))?$`,
);

/** With `lenient`, spaces and quotation marks may stand in queries and fragments as they are. */
export function parseUrl(text: string, lenient = false): Url {
  const found = urlText.exec(lenient ? withEncodedSpaces(text) : text);
  if (found === null) {
    if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) throw new UrlError(`'${text}' is not a valid URL: mismatch`);
    throw new UrlError(`'${text}' is not a valid URL: leftover`);
  }
  const [, scheme, authorityPart, pathPart, queryPart, fragmentPart] = found;
  const authority = authorityPart === undefined ? undefined : parseAuthority(authorityPart);
  const isFile = transportOf(scheme!) === 'file';
  if (isFile && authority !== undefined && authority.host !== '') {
    throw new UrlError(`file:// URL '${text}' has unexpected authority '${printAuthority(authority)}'`);
  }
  const path = isFile && pathPart === '' ? '/' : pathPart!;
  return {
    scheme: scheme!,
    authority,
    path: path.split('/').map(decode),
    query: parseQuery(queryPart ?? ''),
    fragment: decode(fragmentPart ?? ''),
  };
}

function withEncodedSpaces(text: string): string {
  const hash = text.indexOf('#');
  const before = hash < 0 ? text : text.slice(0, hash);
  const mark = before.indexOf('?');
  const query = mark < 0 ? '' : before.slice(mark).replace(/[ "]/g, encodeByte);
  const fragment = hash < 0 ? '' : text.slice(hash).replace(/[ "^]/g, encodeByte);
  return (mark < 0 ? before : before.slice(0, mark)) + query + fragment;
}

function parseAuthority(text: string): Authority {
  const found = authorityText.exec(text);
  if (found === null) throw new UrlError(`invalid URL authority: '${text}': leftover`);
  const [, user, password, address, name, digits] = found;
  const port = digits === undefined || digits === '' ? undefined : Number(digits);
  if (port !== undefined && port > 65535) throw new UrlError(`port '${digits}' is invalid`);
  return {
    user: user === undefined ? undefined : decode(user),
    password: password === undefined ? undefined : decode(password),
    host: decode(address ?? name!),
    bracketed: address !== undefined,
    port,
  };
}

/** What has no `=` is left out; of equal names the first counts. */
export function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const part of text.split('&')) {
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    const name = decode(part.slice(0, equals));
    if (!query.has(name)) query.set(name, decode(part.slice(equals + 1)));
  }
  return query;
}

/** Per cent escapes as the bytes they stand for. */
export function decode(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function encodeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

const encodeName = (text: string): string => text.replace(/[^A-Za-z0-9\-._~]/g, encodeByte);
const encodePath = (text: string): string => text.replace(/[^A-Za-z0-9\-._~:@]/g, encodeByte);
const encodeQuery = (text: string): string => text.replace(/[^A-Za-z0-9\-._~:@/?]/g, encodeByte);

function printAuthority({ user, password, host, bracketed, port }: Authority): string {
  const credentials =
    user === undefined ? '' : `${encodeName(user)}${password === undefined ? '' : `:${encodeName(password)}`}@`;
  const name = bracketed ? `[${host.replace(/[^A-Za-z0-9\-._~:]/g, encodeByte)}]` : encodeName(host);
  return `${credentials}${name}${port === undefined ? '' : `:${port}`}`;
}

/** Parameters are sorted by name. */
export function printUrl({ scheme, authority, path, query, fragment }: Url): string {
  const parameters = [...query.keys()].sort().map((name) => `${encodeQuery(name)}=${encodeQuery(query.get(name)!)}`);
  const end = `${parameters.length === 0 ? '' : `?${parameters.join('&')}`}${fragment === '' ? '' : `#${encodeName(fragment)}`}`;
  const start = authority === undefined ? '' : `//${printAuthority(authority)}`;
  return `${scheme}:${start}${path.map(encodePath).join('/')}${end}`;
}

/** The scheme after a `+`: `git+https` is `git` over `https`. */
export function transportOf(scheme: string): string {
  return scheme.slice(scheme.indexOf('+') + 1);
}

/** What comes before the `+`, if there is one. */
export function applicationOf(scheme: string): string | undefined {
  const plus = scheme.indexOf('+');
  return plus < 0 ? undefined : scheme.slice(0, plus);
}

/** The parts of a path that are not empty. */
export function segments(url: Url): string[] {
  return url.path.filter((part) => part !== '');
}

const noAuthority: Authority = { user: undefined, password: undefined, host: '', bracketed: false, port: undefined };

/** The URL of a Git repository as people write them: also `user@host:path`, and plain paths. */
export function gitUrl(text: string): Url {
  const scp = text.startsWith('/') ? null : /^([^/]*)@(.*):(.*)$/s.exec(text);
  const url = scp === null ? text : `ssh://${scp[1]}@${scp[2]}/${scp[3]}`;
  if (!url.startsWith('file:') && !url.startsWith('git+file:') && !url.includes('://')) {
    const path = url.split('/');
    if (path[0]!.includes(':')) {
      throw new UrlError(`SCP-like URL '${url}' is not supported; use SSH URL syntax instead (ssh://...)`);
    }
    return pathUrl('file', path, url.startsWith('/'));
  }
  const parsed = parseUrl(url);
  return applicationOf(parsed.scheme) === 'git' ? { ...parsed, scheme: transportOf(parsed.scheme) } : parsed;
}

export function pathUrl(
  scheme: string,
  path: readonly string[],
  absolute: boolean,
  query: ReadonlyMap<string, string> = new Map(),
): Url {
  return { scheme, authority: absolute ? noAuthority : undefined, path, query, fragment: '' };
}
