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
}

/** The lines of a `.list` file; those that make no sense are left out, as they are none of ours. */
export function parseList(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(deb|deb-src)\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) continue;
    const [, type, uri, suite, components] = match;
    sources.push({ types: [type!], uris: [uri!], suites: [suite!], components: words(components!) });
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
    sources.push({ types: of('types'), uris: of('uris'), suites: of('suites'), components: of('components') });
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
  const found = new Set<string>();
  for (const { types, uris, suites, components } of sources) {
    if (!types.includes('deb') || !components.includes('main')) continue;
    for (const uri of uris) {
      const last = uri.replace(/\/+$/, '').split('/').at(-1);
      if (last === 'debian-security') continue;
      if (last === 'debian' || suites.some((suite) => debianSuites.test(suite))) found.add(uri.replace(/\/+$/, ''));
    }
  }
  return [...found];
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
