/**
 * What dpkg knows, from the files of its database (dpkg(1), deb-control(5), dpkg-divert(1), dpkg-statoverride(1)):
 *
 *  - `status`: paragraphs of packages, with the digests of their configuration files
 *  - `info/NAME.list`, or `info/NAME:ARCH.list`: each path of a package, one a line; folders too
 *  - `info/NAME.md5sums`: `MD5  path`, without the first slash, for files that are no configuration files
 *  - `diversions`: three lines each: from, to, the package that moved it (`:` for a person)
 *  - `statoverride`: `user group mode path`
 *
 * Texts are byte strings. Pure.
 */

export interface HostPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Digests of configuration files as the package brings them, by path. */
  readonly conffiles: ReadonlyMap<string, string>;
  /** Without it the machine does not work: apt refuses to remove it. */
  readonly essential: boolean;
}

/** The packages that are installed, by the name of their files in `info/`. */
export function parseStatus(text: string): HostPackage[] {
  return text.split(/\n\n+/).flatMap((paragraph) => parseParagraph(paragraph) ?? []);
}

function parseParagraph(text: string): HostPackage | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*(?:\n .*)*)`, 'm').exec(text)?.[1];
  const name = field('Package');
  if (name === undefined || !/ installed$/.test(field('Status') ?? '')) return undefined;
  const conffiles = (field('Conffiles') ?? '').split('\n').flatMap(parseConffile);
  return {
    name,
    version: field('Version') ?? '',
    architecture: field('Architecture') ?? '',
    conffiles: new Map(conffiles),
    essential: field('Essential') === 'yes' || field('Protected') === 'yes',
  };
}

/** A file that the package no longer brings is nobody's to check. */
function parseConffile(line: string): [string, string][] {
  const match = /^ (\/.*) ([0-9a-f]{32})( obsolete| remove-on-upgrade)*$/.exec(line);
  return match === null || match[3] !== undefined ? [] : [[match[1]!, match[2]!]];
}

/** Digests by absolute path. */
export function parseMd5sums(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]{32}) [ *](.+)$/.exec(line);
    if (match !== null) found.set(`/${match[2]}`, match[1]!);
  }
  return found;
}

/** Paths of a package; the root itself, which every list has as `/.`, is left out. */
export function parseList(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('/') && line !== '/.');
}

export interface Diversion {
  readonly to: string;
  /** The package whose own file stays where it is; undefined: a person moved it. */
  readonly by: string | undefined;
}

export function parseDiversions(text: string): Map<string, Diversion> {
  const lines = text.split('\n');
  const found = new Map<string, Diversion>();
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const by = lines[at + 2]!;
    found.set(lines[at]!, { to: lines[at + 1]!, by: by === ':' ? undefined : by });
  }
  return found;
}

export interface StatOverride {
  /** A name, or `#` and a number. */
  readonly user: string;
  readonly group: string;
  readonly mode: number;
}

export function parseStatOverrides(text: string): Map<string, StatOverride> {
  const found = new Map<string, StatOverride>();
  for (const line of text.split('\n')) {
    const match = /^(\S+) (\S+) ([0-7]+) (\/.*)$/.exec(line);
    if (match === null) continue;
    found.set(match[4]!, { user: match[1]!, group: match[2]!, mode: Number.parseInt(match[3]!, 8) });
  }
  return found;
}

/**
 * Paths that dpkg was told not to install (`path-exclude=`, `path-include=` of its configuration); the last line that
 * matches counts, and `*` matches slashes as well.
 */
export function parseExclusions(text: string): (path: string) => boolean {
  const rules = [...text.matchAll(/^\s*(?:--)?path-(exclude|include)[= ]\s*"?([^"\n]*?)"?\s*$/gm)].map((match) => ({
    excludes: match[1] === 'exclude',
    pattern: shellPattern(match[2]!),
  }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.excludes ?? false;
}

function shellPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[\\s\\S]*')
    .replaceAll('?', '[\\s\\S]');
  return new RegExp(`^${source}$`);
}
