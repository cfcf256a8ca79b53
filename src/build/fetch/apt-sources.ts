/**
 * Where apt gets its packages from, in both of its formats. Pure. Source: sources.list(5).
 *
 *     one line    deb [option=value …] URI suite component…
 *     stanzas     Types: … / URIs: … / Suites: … / Components: … / Enabled: no
 */

export interface AptSource {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** The file of keys that the source is signed with, where it names one. */
  readonly signedBy?: string | undefined;
}

/** The lines of a `.list` file; those that make no sense are left out, as they are none of ours. */
export function parseList(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) continue;
    const [, type, options, uri, suite, components] = match;
    const signedBy = /(?:^|\s)signed-by=(\/\S+)/i.exec(options ?? '')?.[1];
    const source = { types: [type!], uris: [uri!], suites: [suite!], components: words(components!) };
    sources.push(signedBy === undefined ? source : { ...source, signedBy });
  }
  return sources;
}

/** The stanzas of a `.sources` file that are enabled. */
export function parseStanzas(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const stanza of text.split(/\n(?:[ \t]*\n)+/)) {
    const fields = fieldsOf(stanza);
    if (/^(no|false|without|off|disable)$/i.test(fields.get('enabled') ?? '')) continue;
    const of = (name: string): string[] => words(fields.get(name) ?? '');
    if (of('uris').length === 0) continue;
    const source = { types: of('types'), uris: of('uris'), suites: of('suites'), components: of('components') };
    const signedBy = /^\/\S+$/.exec(fields.get('signed-by') ?? '')?.[0];
    sources.push(signedBy === undefined ? source : { ...source, signedBy });
  }
  return sources;
}

/** By lower-case name; continuation lines are joined, comments dropped. */
function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const field = /^([!-9;-~]+):(.*)$/.exec(line);
    if (field !== null) {
      name = field[1]!.toLowerCase();
      fields.set(name, field[2]!.trim());
    } else if (/^[ \t]/.test(line) && name !== '') {
      fields.set(name, `${fields.get(name)} ${line.trim()}`);
    }
  }
  return fields;
}

const debianSuites =
  /^(stable|oldstable|oldoldstable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)(-updates|-backports)?$/;

/**
 * The base URLs among some sources that hold Debian's own pool, in their order, without repetitions: those named
 * `debian`, or that have one of Debian's suites. The security archive has another pool.
 */
export function debianArchives(sources: readonly AptSource[]): string[] {
  return [...new Set(debianSources(sources).flatMap(({ uris }) => uris))];
}

/** The sources of packages among some that are Debian's own pool, with clean base URLs. */
export function debianSources(sources: readonly AptSource[]): AptSource[] {
  return sources.flatMap((source) => {
    if (!source.types.includes('deb') || !source.components.includes('main')) return [];
    const uris = source.uris.map((uri) => uri.replace(/\/+$/, '')).filter((uri) => isDebian(uri, source.suites));
    return uris.length === 0 ? [] : [{ ...source, uris }];
  });
}

function isDebian(uri: string, suites: readonly string[]): boolean {
  const last = uri.split('/').at(-1);
  if (last === 'debian-security') return false;
  return last === 'debian' || suites.some((suite) => debianSuites.test(suite));
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
