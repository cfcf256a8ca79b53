/**
 * One walk over the machine: every path gets its realm, is counted, is compared with the last look, and is judged where
 * a package says what it must be. Content is read only where the inode's stamp is not the one it was read with.
 */
import { type Deviation, verdictOf } from '../deviation.ts';
import type { Claims, MapRealm, Owner } from './claims.ts';
import type { Classified, Classifier } from './classify.ts';
import { type Entry, FolderCursor, folderOf, isSettled, isWithin } from './entry.ts';
import type { HostFiles } from './host-files.ts';
import { judgePath } from './judge.ts';
import { firstSeen, type KnownPath, type KnownPaths } from './known-paths.ts';
import { compareLooks, type Look, LookBuilder } from './look.ts';
import type { Scope } from './scope.ts';
import { Tally } from './tally.ts';

export interface SurveyInput {
  readonly entries: AsyncIterable<Iterable<Entry>>;
  readonly classifier: Classifier;
  readonly claims: Claims;
  readonly scope: Scope;
  readonly files: Pick<HostFiles, 'digest'>;
  /** Of the last look; changed in place. */
  readonly known: KnownPaths;
  readonly before: Look | undefined;
  /** Places where something is mounted that hides what is claimed below. */
  readonly hidden: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Read all content again, whatever the stamps say. */
  readonly readAll: boolean;
}

/** A path that is new, gone or changed since the last look, where nobody says what it must be. */
export interface Change {
  readonly path: string;
  readonly realm: MapRealm;
  readonly owner: Owner;
  readonly what: 'appeared' | 'disappeared' | 'changed';
}

export interface Survey {
  readonly tally: Tally;
  readonly look: Look;
  /** When the look before was; undefined for a first one. */
  readonly since: number | undefined;
  readonly deviations: readonly Deviation[];
  readonly changes: readonly Change[];
  /** Files that were read, and bytes of no more than metadata. */
  readonly counts: { readonly paths: number; readonly read: number; readonly remembered: number };
  /** Paths that were left out by the scope, the outermost ones. */
  readonly outOfScope: readonly string[];
}

class Surveyor {
  readonly #input: SurveyInput;
  readonly #builder: LookBuilder;
  readonly #tally = new Tally();
  readonly #cursor = new FolderCursor();
  readonly #deviations: Deviation[] = [];
  readonly #seen = new Set<string>();
  readonly #outOfScope: string[] = [];
  #left: string | undefined;
  #paths = 0;
  #read = 0;
  #remembered = 0;

  constructor(input: SurveyInput, builder: LookBuilder) {
    this.#input = input;
    this.#builder = builder;
  }

  add(entry: Entry): void {
    if (this.#isLeftOut(entry)) return;
    this.#paths += 1;
    const { path, kind } = entry;
    const folder = this.#cursor.folderOf(path);
    const classified = this.#input.classifier.classify(path, kind, folder);
    this.#tally.add(folder, classified.realm, entry.size);
    this.#builder.add(entry, folder);
    if (classified.claim !== undefined) this.#judge(entry, classified);
    if (classified.extra) this.#deviations.push(extraDeviation(entry, classified));
  }

  /** What is in a folder that is left out is left out. */
  #isLeftOut({ path, kind }: Entry): boolean {
    if (this.#left !== undefined && isWithin(path, this.#left)) return true;
    if (!this.#input.scope.leavesOut(path, kind)) return false;
    this.#outOfScope.push(path);
    if (kind === 'directory') this.#left = path;
    return true;
  }

  #judge(entry: Entry, classified: Classified): void {
    const { path } = entry;
    this.#seen.add(path);
    const expected = classified.claim!.expected;
    if (expected === undefined) return;
    const known = this.#knownOf(entry, classified);
    const digest = expected.md5 === undefined || entry.kind !== 'file' ? undefined : this.#digest(entry, known);
    this.#deviations.push(...judgePath({ path, classified, entry, known, digest }));
  }

  /** A package's path is remembered as it is when its version is seen first. */
  #knownOf(entry: Entry, { owner }: Classified): KnownPath {
    const { known, now } = this.#input;
    const before = known.get(entry.path);
    const name = owner.type === 'package' ? `${owner.name} ${owner.version}` : owner.type;
    if (before?.first?.owner === name) return before;
    const next: KnownPath = { read: before?.read, first: firstSeen(entry, name, now) };
    known.set(entry.path, next);
    return next;
  }

  #digest(entry: Entry, known: KnownPath): string | undefined {
    const { readAll, files, now } = this.#input;
    if (!readAll && known.read?.stamp === entry.stamp) {
      this.#remembered += 1;
      return known.read.digest;
    }
    this.#read += 1;
    const digest = files.digest(entry.path, 'md5');
    const settled = digest !== undefined && isSettled(entry, now);
    const read = settled ? { stamp: entry.stamp, digest, at: now } : undefined;
    this.#input.known.set(entry.path, { ...known, read });
    return digest;
  }

  finish(): Survey {
    const { before } = this.#input;
    this.#judgeMissing();
    const { look, fresh } = this.#builder.finish();
    const counts = { paths: this.#paths, read: this.#read, remembered: this.#remembered };
    return {
      tally: this.#tally,
      look,
      since: before?.time,
      deviations: this.#deviations,
      changes: before === undefined ? [] : this.#changesSince(before, look, fresh),
      counts,
      outOfScope: this.#outOfScope,
    };
  }

  /** Of a folder that is gone, only the folder is told. */
  #judgeMissing(): void {
    const { claims, classifier, scope, hidden, known } = this.#input;
    const gone = new Set<string>();
    const missing = [...claims.entries()].filter(
      ([path, claim]) => claim.expected !== undefined && !this.#seen.has(path),
    );
    for (const [path] of missing.sort(([a], [b]) => (a < b ? -1 : 1))) {
      const parent = folderOf(path);
      if (gone.has(parent)) {
        gone.add(path);
        continue;
      }
      if (hidden.some((place) => isWithin(path, place)) || this.#isOutside(path, scope)) continue;
      const classified = classifier.classify(path, 'file');
      const found = judgePath({ path, classified, entry: undefined, known: known.get(path), digest: undefined });
      if (found.length > 0) gone.add(path);
      this.#deviations.push(...found);
    }
  }

  #isOutside(path: string, scope: Scope): boolean {
    return this.#outOfScope.some((outside) => isWithin(path, outside)) || scope.leavesOut(path, 'file');
  }

  #changesSince(before: Look, look: Look, fresh: ReadonlyMap<string, readonly string[]>): Change[] {
    const { added, removed, edited } = compareLooks(before, look, fresh);
    const change =
      (what: Change['what']) =>
      (path: string): Change[] => {
        const { realm, owner, claim } = this.#input.classifier.classify(path, 'file');
        const told = realm === 'congruent' || claim?.expected !== undefined;
        const judged = owner.type === 'package' || owner.type === 'generator' || owner.type === 'resource';
        return told || judged ? [] : [{ path, realm, owner, what }];
      };
    return [
      ...added.flatMap(change('appeared')),
      ...removed.flatMap(change('disappeared')),
      ...edited.flatMap(change('changed')),
    ];
  }
}

export async function survey(input: SurveyInput): Promise<Survey> {
  const builder = await LookBuilder.create(input.now, input.before?.time ?? 0);
  const surveyor = new Surveyor(input, builder);
  for await (const batch of input.entries) for (const entry of batch) surveyor.add(entry);
  return surveyor.finish();
}

function extraDeviation(entry: Entry, { realm, owner }: Classified): Deviation {
  return {
    realm,
    subject: { type: 'path', name: entry.path },
    aspect: 'extra',
    owner,
    expected: 'nothing',
    found: entry.kind,
    verdict: verdictOf(realm, false),
    since: new Date(entry.changed).toISOString(),
    remedy: 'declare it, or remove it',
  };
}
