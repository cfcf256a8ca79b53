/**
 * Whether a path is what its package says. dpkg knows digests of contents alone: kind, mode, owner and target are held
 * against what they were when this version of the package was seen first. Pure.
 */
import { type Deviation, verdictOf } from '../deviation.ts';
import type { Classified } from './classify.ts';
import type { Entry } from './entry.ts';
import type { KnownPath } from './known-paths.ts';

export interface Judged {
  readonly path: string;
  readonly classified: Classified;
  readonly entry: Entry | undefined;
  readonly known: KnownPath | undefined;
  /** The content's digest now; undefined when it was not asked for or cannot be read. */
  readonly digest: string | undefined;
}

type Finding = Pick<Deviation, 'aspect' | 'expected' | 'found'> & { readonly since?: number | undefined };

export function judgePath(judged: Judged): Deviation[] {
  const { path, classified } = judged;
  const { owner, realm } = classified;
  const declared = owner.type === 'package' && owner.declared;
  const name = owner.type === 'package' ? owner.name : '';
  return findingsOf(judged).map(({ since, ...finding }) => ({
    realm,
    subject: { type: 'path', name: path },
    owner,
    ...finding,
    verdict: verdictOf(realm, declared && !isConffile(judged)),
    since: since === undefined ? undefined : new Date(since).toISOString(),
    remedy: owner.type === 'package' ? `apt-get install --reinstall ${name}` : undefined,
  }));
}

function findingsOf(judged: Judged): Finding[] {
  const { entry, known, classified } = judged;
  const expected = classified.claim?.expected;
  const first = known?.first;
  if (expected === undefined) return [];
  if (entry === undefined) {
    return expected.optional === true
      ? []
      : [{ aspect: 'missing', expected: first?.kind ?? 'there', found: 'nothing' }];
  }
  const since = entry.changed;
  const wantedKind = expected.md5 === undefined ? first?.kind : 'file';
  if (wantedKind !== undefined && entry.kind !== wantedKind) {
    return [{ aspect: 'kind', expected: wantedKind, found: describe(entry), since }];
  }
  return [...contentFindings(judged), ...attributeFindings(judged)];
}

function contentFindings({ classified, digest, entry, known }: Judged): Finding[] {
  const md5 = classified.claim?.expected?.md5;
  if (md5 !== undefined && digest !== undefined && digest !== md5) {
    return [{ aspect: 'content', expected: `md5 ${md5}`, found: `md5 ${digest}`, since: entry!.modified }];
  }
  const first = known?.first;
  if (first?.kind === 'symlink' && entry!.target !== first.target) {
    return [{ aspect: 'target', expected: first.target, found: entry!.target, since: entry!.changed }];
  }
  return [];
}

function attributeFindings({ classified, entry, known }: Judged): Finding[] {
  const { mode, uid, gid } = { ...known?.first, ...classified.claim?.expected };
  const { changed: since, kind } = entry!;
  const found: Finding[] = [];
  if (mode !== undefined && kind !== 'symlink' && mode !== entry!.mode) {
    found.push({ aspect: 'mode', expected: octal(mode), found: octal(entry!.mode), since });
  }
  const wanted = `${uid ?? entry!.uid}:${gid ?? entry!.gid}`;
  const actual = `${entry!.uid}:${entry!.gid}`;
  if (wanted !== actual) found.push({ aspect: 'owner', expected: wanted, found: actual, since });
  return found;
}

function isConffile({ classified }: Judged): boolean {
  return classified.claim?.expected?.conffile === true;
}

export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function describe({ kind, target }: Entry): string {
  return kind === 'symlink' ? `symlink to ${target}` : kind;
}
