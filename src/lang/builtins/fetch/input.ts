/** Inputs: what can be fetched, as attributes that each kind of fetcher (scheme) understands. */
import { formatHash, parseHash } from '../../../formats/index.ts';
import { EvalError } from '../../errors.ts';
import { jsonString } from '../../runtime/json-text.ts';
import type { Int } from '../../runtime/value.ts';
import type { Url } from './url.ts';

export type InputValue = string | Int | boolean;
export type InputAttrs = ReadonlyMap<string, InputValue>;

export interface Scheme {
  /** The attribute `type` of its inputs. */
  readonly name: string;
  readonly allowed: ReadonlySet<string>;
  /** Names something that a registry says where to find. */
  readonly indirect?: boolean;
  /** The attributes of a URL, or undefined where that is not one of its own. */
  fromUrl(url: Url): InputAttrs | undefined;
  /** Checks attributes and gives them in canonical form. */
  fromAttrs(attrs: InputAttrs): InputAttrs;
  toUrl(attrs: InputAttrs): Url;
  /** Whether the attributes say exactly which content it is. */
  isLocked(attrs: InputAttrs): boolean;
}

export interface Input {
  /** Undefined for a `type` that is not known. */
  readonly scheme: Scheme | undefined;
  readonly attrs: InputAttrs;
}

function error(message: string): EvalError {
  return new EvalError('other', message);
}

export function textAttr(attrs: InputAttrs, name: string): string | undefined {
  const value = attrs.get(name);
  if (value === undefined || typeof value === 'string') return value;
  throw error(`input attribute '${name}' is not a string ${attrsJson(attrs)}`);
}

export function requiredText(attrs: InputAttrs, name: string): string {
  const value = textAttr(attrs, name);
  if (value === undefined) throw error(`input attribute '${name}' is missing`);
  return value;
}

export function flagAttr(attrs: InputAttrs, name: string): boolean {
  const value = attrs.get(name);
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw error(`input attribute '${name}' is not a Boolean`);
}

function checkInteger(attrs: InputAttrs, name: string): void {
  const value = attrs.get(name);
  if (value !== undefined && (typeof value === 'string' || typeof value === 'boolean')) {
    throw error(`input attribute '${name}' is not an integer`);
  }
}

/** The commit that `rev` names, in lower case; a bare hash is one of SHA-1. */
export function revision(attrs: InputAttrs): string | undefined {
  const text = textAttr(attrs, 'rev');
  if (text === undefined) return undefined;
  const hash = /^[a-z0-9]+[:-]/.test(text) ? parseHash(text) : parseHash(text, 'sha1');
  return Buffer.from(hash.bytes).toString('hex');
}

export function attrsJson(attrs: InputAttrs): string {
  const members = [...attrs.keys()].sort().map((name) => {
    const value = attrs.get(name)!;
    return `${jsonString(name)}:${typeof value === 'string' ? jsonString(value) : String(value)}`;
  });
  return `{${members.join(',')}}`;
}

/** What is the same for all schemes. */
export function checkCommon(attrs: InputAttrs): void {
  requiredText(attrs, 'type');
  textAttr(attrs, 'ref');
  checkInteger(attrs, 'revCount');
  checkInteger(attrs, 'lastModified');
}

export function unsupported(input: Input): EvalError {
  return error(`cannot show unsupported input '${attrsJson(input.attrs)}'`);
}

/** Whether Git would accept a name for a branch or tag. */
export function isLegalRef(name: string): boolean {
  if (name === '' || name === '@' || name.startsWith('-') || name.endsWith('/') || name.endsWith('.')) return false;
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\//.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** `narHash` in the form of an SRI hash, as a parameter of a URL. */
export function narHashParameter(attrs: InputAttrs): [string, string][] {
  if (!attrs.has('narHash')) return [];
  const text = requiredText(attrs, 'narHash');
  return [
    ['narHash', formatHash(text === '' ? parseHash('0'.repeat(64), 'sha256') : parseHash(text, 'sha256'), 'sri')],
  ];
}
