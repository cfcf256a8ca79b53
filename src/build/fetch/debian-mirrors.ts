/** The Debian mirrors that this machine's apt is set up to use. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../base/errors.ts';
import { type AptSource, debianArchives, debianSources, parseList, parseStanzas } from './apt-sources.ts';

/**
 * Base URLs, in the order in which apt reads them; none where there is no apt.
 * @param etc apt's configuration
 */
export function debianMirrorsFromApt(etc = '/etc/apt'): string[] {
  return debianArchives(sourcesOf(etc)).filter((uri) => /^(https?|file):/.test(uri));
}

/** The sources of this machine's apt that are Debian's own pool: what can be found again below `mirror://debian/`. */
export function debianSourcesFromApt(etc = '/etc/apt'): AptSource[] {
  return debianSources(sourcesOf(etc));
}

function sourcesOf(etc: string): AptSource[] {
  const sources: AptSource[] = parseList(textOf(join(etc, 'sources.list')));
  const folder = join(etc, 'sources.list.d');
  for (const name of namesIn(folder)) {
    if (name.endsWith('.list')) sources.push(...parseList(textOf(join(folder, name))));
    else if (name.endsWith('.sources')) sources.push(...parseStanzas(textOf(join(folder, name))));
  }
  return sources.map((source) => ({ ...source, uris: source.uris.flatMap(expandUri) }));
}

/** `mirror+file:PATH` names a file with one base URL on each line, best first. */
function expandUri(uri: string): string[] {
  const list = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri);
  if (list === null) return [uri];
  const lines = textOf(list[1]!).split('\n');
  return lines.map((line) => line.split(/\s/)[0]!).filter((url) => url !== '' && !url.startsWith('#'));
}

/** The names of files that apt reads, in its order. */
function namesIn(folder: string): string[] {
  try {
    const names = fs.readdirSync(folder).filter((name) => /^[A-Za-z0-9_.-]+$/.test(name));
    return names.sort();
  } catch (error) {
    if (isUnreadable(error)) return [];
    throw error;
  }
}

function textOf(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (isUnreadable(error)) return '';
    throw error;
  }
}

function isUnreadable(error: unknown): boolean {
  return ['ENOENT', 'EACCES', 'ENOTDIR'].includes(errnoOf(error) ?? '');
}
