/** NIX_PATH and `-I`: entries `PREFIX=PATH` or `PATH`, where a path may be a URL. */

export interface SearchPathEntry {
  readonly prefix: string;
  readonly path: string;
}

/** True for what is fetched rather than found: `channel:NAME` and URLs of the schemes that Nix fetches. */
export function isPseudoUrl(text: string): boolean {
  return text.startsWith('channel:') || /^(https?|file|channel|git|s3|ssh):\/\//.test(text);
}

/** Splits at the colons that are not inside a URL. */
export function parseNixPath(text: string): string[] {
  const entries: string[] = [];
  let rest = text;
  while (rest !== '') {
    const value = rest.slice(prefixLength(rest));
    const isUrl = isPseudoUrl(value) || value.startsWith('flake:');
    let end = rest.indexOf(':');
    if (isUrl && end !== -1) end = rest.indexOf(':', end + 1);
    if (end === -1) end = rest.length;
    if (end > 0) entries.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  return entries;
}

/** The length of `PREFIX=` in the first entry, or 0. */
function prefixLength(text: string): number {
  const colon = text.indexOf(':');
  return text.slice(0, colon === -1 ? text.length : colon).lastIndexOf('=') + 1;
}

export function parseSearchPathEntry(text: string): SearchPathEntry {
  const equals = text.indexOf('=');
  return equals === -1 ? { prefix: '', path: text } : { prefix: text.slice(0, equals), path: text.slice(equals + 1) };
}
