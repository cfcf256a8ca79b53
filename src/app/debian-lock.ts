/**
 * The lock of a set of Debian packages: `{ wanted, packages, sources }`. It has the form of a file of pins and more:
 * what each package depends on among the others, which are essential, and where source packages are. No host stands
 * in it. Pure: apt's answers in, data out.
 */
import { AppError } from './errors.ts';

export interface LockedPackage {
  readonly version: string;
  /** Names of locked packages. */
  readonly depends: readonly string[];
  /** In every Debian system: nobody names it as a dependency. */
  readonly essential?: true;
  readonly arch: Readonly<Record<string, { readonly path: string; readonly sha256: string }>>;
}

export interface LockedSource {
  readonly version: string;
  /** By name. */
  readonly files: Readonly<Record<string, { readonly path: string; readonly sha256: string }>>;
}

export interface DebianLock {
  readonly wanted: readonly string[];
  readonly packages: Readonly<Record<string, LockedPackage>>;
  readonly sources: Readonly<Record<string, LockedSource>>;
}

export const emptyLock: DebianLock = { wanted: [], packages: {}, sources: {} };

/** A package that apt would install, as `apt-get --simulate` says it. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** Lines `Inst NAME (VERSION ORIGIN [ARCH])`, with more in brackets behind. */
export function parseSimulation(text: string): Installed[] {
  return text.split('\n').flatMap((line) => {
    const match = /^Inst (\S+?)(?::\S+)? (?:\[[^\]]*\] )?\((\S+) .*\[(\S+)\]\)/.exec(line);
    return match === null ? [] : [{ name: match[1]!, version: match[2]!, architecture: match[3]! }];
  });
}

/** A paragraph of `apt-cache show` or `showsrc`: fields by name; continued lines are joined by newlines. */
export type Paragraph = ReadonlyMap<string, string>;

export function parseParagraphs(text: string): Paragraph[] {
  return text
    .split(/\n\n+/)
    .map((paragraph) => {
      const fields = new Map<string, string>();
      let name = '';
      for (const line of paragraph.split('\n')) {
        const field = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
        if (field !== null) {
          name = field[1]!;
          fields.set(name, field[2]!);
        } else if (/^\s/.test(line) && name !== '') fields.set(name, `${fields.get(name)}\n${line.trim()}`);
      }
      return fields;
    })
    .filter((fields) => fields.size > 0);
}

/**
 * The lock of what apt would install.
 * @param shown what `apt-cache show` says of all of them
 * @throws AppError `app/apt` for a package without a record in Debian's own pool
 */
export function lockedPackages(
  installed: readonly Installed[],
  shown: readonly Paragraph[],
  architecture: string,
): Record<string, LockedPackage> {
  const records = new Map(shown.map((record) => [`${record.get('Package')} ${record.get('Version')}`, record]));
  const chosen = installed.map(({ name, version }) => {
    const record = records.get(`${name} ${version}`);
    if (record !== undefined && isInPool(record)) return { name, record };
    throw new AppError('app/apt', `apt does not say where '${name}' ${version} is in Debian's pool`, {
      hint: 'Only packages of Debian’s own archive can be locked.',
      details: { name, version },
    });
  });
  const providers = providersOf(chosen);
  const packages: Record<string, LockedPackage> = {};
  for (const { name, record } of chosen.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const place = { path: record.get('Filename')!, sha256: sri(record.get('SHA256')!) };
    packages[name] = {
      version: record.get('Version')!,
      depends: dependenciesOf(record, providers),
      ...(record.get('Essential') === 'yes' ? { essential: true } : {}),
      arch: { [architecture]: place },
    };
  }
  return packages;
}

function isInPool(record: Paragraph): boolean {
  return /^pool\/(?!updates\/)/.test(record.get('Filename') ?? '') && /^[0-9a-f]{64}$/.test(record.get('SHA256') ?? '');
}

/** Which of the packages are, or stand for, a name. */
function providersOf(chosen: readonly { name: string; record: Paragraph }[]): Map<string, string[]> {
  const providers = new Map(chosen.map(({ name }) => [name, [name]]));
  for (const { name, record } of chosen) {
    for (const provided of namesIn(record.get('Provides') ?? '').flat()) {
      if (providers.get(provided)?.[0] === provided) continue; // a real package comes first
      providers.set(provided, [...(providers.get(provided) ?? []), name]);
    }
  }
  return providers;
}

/** Of each alternative the first that is there; what is not there was not needed. Versions are apt's business. */
function dependenciesOf(record: Paragraph, providers: ReadonlyMap<string, readonly string[]>): string[] {
  const own = record.get('Package');
  const groups = ['Pre-Depends', 'Depends'].flatMap((field) => namesIn(record.get(field) ?? ''));
  const found = new Set<string>();
  for (const alternatives of groups) {
    const provider = alternatives.map((name) => providers.get(name)?.[0]).find((name) => name !== undefined);
    if (provider !== undefined && provider !== own) found.add(provider);
  }
  return [...found].sort();
}

/** `a (>= 1) | b:any, c` as `[[a, b], [c]]`. */
function namesIn(field: string): string[][] {
  return field
    .split(',')
    .map((group) => group.split('|').flatMap((word) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(word)?.[1] ?? []))
    .filter((group) => group.length > 0);
}

/** The newest source package of each name, of `apt-cache showsrc`, which tells that first. */
export function lockedSources(names: readonly string[], shown: readonly Paragraph[]): Record<string, LockedSource> {
  const sources: Record<string, LockedSource> = {};
  for (const name of [...names].sort()) {
    const record = shown.find(
      (one) => one.get('Package') === name && /^pool\/(?!updates\/)/.test(one.get('Directory') ?? ''),
    );
    if (record === undefined) {
      throw new AppError('app/apt', `apt does not know the source package '${name}'`, { details: { name } });
    }
    const files = checksumsOf(record.get('Checksums-Sha256') ?? '').map(
      ([digest, file]) => [file, { path: `${record.get('Directory')}/${file}`, sha256: sri(digest) }] as const,
    );
    sources[name] = { version: record.get('Version')!, files: Object.fromEntries(files.sort()) };
  }
  return sources;
}

/** Lines `DIGEST SIZE NAME`. */
function checksumsOf(field: string): [digest: string, file: string][] {
  return field.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]{64}) \d+ (\S+)$/.exec(line.trim());
    return match === null ? [] : [[match[1]!, match[2]!] as [string, string]];
  });
}

/** Several architectures in one lock: where a version differs, the new one counts, and the others go. */
export function mergedLock(old: DebianLock, fresh: DebianLock): DebianLock {
  const packages = Object.entries(fresh.packages).map(([name, locked]) => {
    const before = old.packages[name];
    const others = before?.version === locked.version ? before.arch : {};
    return [name, { ...locked, arch: sortedRecord({ ...others, ...locked.arch }) }] as const;
  });
  return { ...fresh, packages: Object.fromEntries(packages) };
}

/** Sorted, so that the same lock is the same bytes. */
export function printLock({ wanted, packages, sources }: DebianLock): string {
  const lock = { wanted: [...wanted].sort(), packages: sortedRecord(packages), sources: sortedRecord(sources) };
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

/** @throws AppError `app/apt` when the text is no such file */
export function parseLock(text: string, file: string): DebianLock {
  try {
    const { wanted, packages, sources } = JSON.parse(text) as Partial<DebianLock>;
    if (Array.isArray(wanted) && typeof packages === 'object' && typeof sources === 'object')
      return { wanted: wanted as string[], packages, sources };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new AppError('app/apt', `'${file}' is not a lock of Debian packages`, {
    hint: 'Move it away to begin anew.',
    details: { file },
  });
}

function sortedRecord<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sri(hex: string): string {
  return `sha256-${Buffer.from(hex, 'hex').toString('base64')}`;
}
