/** The kinds of inputs, in the order in which a URL is offered to them. */
import { EvalError } from '../../errors.ts';
import { archiveSchemes } from './archive-schemes.ts';
import { fileScheme, tarballScheme } from './download-schemes.ts';
import { gitScheme, mercurialScheme } from './git-schemes.ts';
import { checkCommon, type Input, type InputAttrs, type Scheme, textAttr, unsupported } from './input.ts';
import { indirectScheme, pathScheme } from './path-schemes.ts';
import { applicationOf, printUrl, transportOf, type Url } from './url.ts';

const schemes: readonly Scheme[] = [
  fileScheme,
  gitScheme,
  ...archiveSchemes,
  mercurialScheme,
  indirectScheme,
  pathScheme,
  tarballScheme,
];

export function inputFromUrl(url: Url): Input {
  for (const scheme of schemes) {
    const attrs = scheme.fromUrl(url);
    if (attrs === undefined) continue;
    checkCommon(attrs);
    return { scheme, attrs };
  }
  const text = printUrl(url);
  const swapped = applicationOf(url.scheme) === 'file' && transportOf(url.scheme) === 'git';
  const hint = swapped ? `; did you mean 'git+file' instead of 'file+git'?` : '';
  throw new EvalError('other', `input '${text}' is unsupported${hint}`);
}

export function inputFromAttrs(attrs: InputAttrs): Input {
  const type = textAttr(attrs, 'type');
  if (type === undefined) {
    throw new EvalError('other', "'type' attribute to specify input scheme is required but not provided");
  }
  const scheme = schemes.find(({ name }) => name === type);
  if (scheme === undefined) {
    checkCommon(attrs);
    return { scheme, attrs };
  }
  for (const name of [...attrs.keys()].sort()) {
    if (name === 'type' || name === '__final' || scheme.allowed.has(name)) continue;
    throw new EvalError('other', `input attribute '${name}' not supported by scheme '${type}'`);
  }
  const checked = scheme.fromAttrs(attrs);
  checkCommon(checked);
  return { scheme, attrs: checked };
}

/** The URL of an input; parameters it does not have itself are taken from `extra`. */
export function inputUrl(input: Input, extra: ReadonlyMap<string, string> = new Map()): string {
  if (input.scheme === undefined) throw unsupported(input);
  const url = input.scheme.toUrl(input.attrs);
  return printUrl({ ...url, query: new Map([...extra, ...url.query]) });
}
