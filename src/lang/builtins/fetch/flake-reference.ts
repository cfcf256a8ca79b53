/** Flake references: an input, and the folder in it. Written as an identifier, a URL or a path. */
import { EvalError } from '../../errors.ts';
import { type Input, type InputAttrs, textAttr } from './input.ts';
import { inputFromAttrs, inputFromUrl, inputUrl } from './schemes.ts';
import { decode, parseQuery, parseUrl, pathUrl, type Url, UrlError } from './url.ts';

export interface FlakeReference {
  readonly input: Input;
  /** The folder in the input; empty for its root. */
  readonly folder: string;
}

const commit = '[0-9a-fA-F]{40}';
const ref = '[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*';
const fragmentChar = `(?:[a-zA-Z0-9\\-._~!$&'"()*+,;=:@/? ^]|%[0-9a-fA-F]{2})`;
const identifierText = new RegExp(
  `^([a-zA-Z][a-zA-Z0-9_-]*(?:/(?:${commit}|${ref}(?:/${commit})?))?)(?:#(${fragmentChar}*))?$`,
);

/** Reads a reference that must not need a folder to start from, nor name a part of the flake. */
export function parseFlakeReference(text: string): FlakeReference {
  const { reference, fragment } = fromIdentifier(text) ?? fromUrlText(text) ?? fromPath(text);
  if (fragment !== '') throw new EvalError('other', `unexpected fragment '${fragment}' in flake reference '${text}'`);
  return reference;
}

interface WithFragment {
  readonly reference: FlakeReference;
  readonly fragment: string;
}

function fromIdentifier(text: string): WithFragment | undefined {
  const found = identifierText.exec(text);
  if (found === null) return undefined;
  const input = inputFromUrl(pathUrl('flake', found[1]!.split('/'), false));
  return { reference: { input, folder: '' }, fragment: decode(found[2] ?? '') };
}

/** What is no URL of any kind of input may still be a path. */
function fromUrlText(text: string): WithFragment | undefined {
  try {
    return fromUrl(parseUrl(text, true));
  } catch (error) {
    if (error instanceof UrlError) return undefined;
    throw error;
  }
}

function fromUrl({ fragment, ...url }: Url): WithFragment {
  const query = new Map(url.query);
  query.delete('dir');
  const input = inputFromUrl({ ...url, query, fragment: '' });
  return { reference: { input, folder: url.query.get('dir') ?? '' }, fragment };
}

function fromPath(text: string): WithFragment {
  const found = /^([^?#]*)(?:\?([^#]*))?(?:#([^\n\r]*))?$/.exec(text);
  if (found === null) throw new EvalError('other', `invalid flakeref '${text}'`);
  const [, path, query, fragment] = found;
  if (!path!.startsWith('/')) throw new UrlError(`flake reference '${text}' is not an absolute path`);
  const url = pathUrl('path', path!.split('/'), true, parseQuery(query ?? ''));
  return fromUrl({ ...url, fragment: decode(fragment ?? '') });
}

/** The attributes of a reference: those of the input, and `dir`. */
export function referenceAttrs({ input, folder }: FlakeReference): InputAttrs {
  return folder === '' ? input.attrs : new Map([['dir', folder], ...input.attrs]);
}

export function referenceFromAttrs(attrs: InputAttrs): FlakeReference {
  const rest = new Map(attrs);
  rest.delete('dir');
  return { input: inputFromAttrs(rest), folder: textAttr(attrs, 'dir') ?? '' };
}

export function printReference({ input, folder }: FlakeReference): string {
  return inputUrl(input, folder === '' ? new Map() : new Map([['dir', folder]]));
}
