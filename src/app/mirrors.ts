/** Where `mirror://…` leads on this machine. */
import * as fs from 'node:fs';
import { join } from 'node:path';

/** By scheme host: base URLs, tried in order. Debian's are those given, or those that apt uses here. */
export function mirrors(debian: readonly string[]): Record<string, readonly string[]> {
  return { debian: debian.length > 0 ? debian : aptMirrors('/etc/apt') };
}

/** The base URLs of the archives in apt's sources, in the order of its files. */
export function aptMirrors(folder: string): string[] {
  const found = new Set<string>();
  for (const file of sourceFiles(folder)) {
    const text = fs.readFileSync(file, 'utf8');
    for (const url of file.endsWith('.sources') ? deb822Urls(text) : oneLineUrls(text)) {
      if (/^(https?|file|copy):/.test(url) && /\/debian\/?$/.test(url)) found.add(url.replace(/^copy:/, 'file:'));
    }
  }
  return [...found];
}

function sourceFiles(folder: string): string[] {
  const parts = join(folder, 'sources.list.d');
  const names = fs.existsSync(parts) ? fs.readdirSync(parts).sort() : [];
  const files = [join(folder, 'sources.list'), ...names.map((name) => join(parts, name))];
  return files.filter((file) => /\.(list|sources)$/.test(file) && fs.existsSync(file));
}

/** `deb [option=value …] URL SUITE COMPONENT…` */
export function oneLineUrls(text: string): string[] {
  return [...text.matchAll(/^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)/gm)].map((match) => match[1]!);
}

/** `URIs: URL…` of the stanzas for binary packages that are not switched off; lines may be continued. */
export function deb822Urls(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string): string =>
      new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1]?.trim() ?? '';
    if (/^(no|false)$/i.test(field('Enabled')) || !/\bdeb\b/.test(field('Types').replace(/deb-src/g, ''))) return [];
    return field('URIs')
      .split(/\s+/)
      .filter((url) => url !== '');
  });
}
