/**
 * The file of pinned Debian packages, as the modules read it: for each package its version, and for each
 * architecture the path in the archive's pool and the SHA-256 of the file. No host stands in it.
 */
import { AppError } from './errors.ts';

export interface DebianPin {
  readonly version: string;
  readonly arch: Readonly<Record<string, { readonly path: string; readonly sha256: string }>>;
}

export interface DebianPins {
  readonly packages: Readonly<Record<string, DebianPin>>;
}

/** One package as apt knows it. */
export interface AptRecord {
  readonly package: string;
  readonly version: string;
  readonly architecture: string;
  readonly path: string;
  /** `sha256-…` */
  readonly sha256: string;
}

/** @throws AppError app/apt when the text is no such file */
export function parsePins(text: string, file: string): DebianPins {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw badFile(file, error);
  }
  if (!isPins(data)) throw badFile(file);
  return data;
}

/** Sorted, so that the same pins are the same bytes. */
export function printPins(pins: DebianPins): string {
  const packages = sortedRecord(pins.packages, ({ version, arch }) => ({
    version,
    arch: sortedRecord(arch, (one) => one),
  }));
  return `${JSON.stringify({ packages }, undefined, 2)}\n`;
}

/** Pins with one more package. Architectures that were pinned at another version go: they would not fit. */
export function withRecord(pins: DebianPins, record: AptRecord): DebianPins {
  const old = pins.packages[record.package];
  const others = old?.version === record.version ? old.arch : {};
  const arch = { ...others, [record.architecture]: { path: record.path, sha256: record.sha256 } };
  return { packages: { ...pins.packages, [record.package]: { version: record.version, arch } } };
}

/** The records in `apt-cache show`'s answer, newest candidate first, that come from the main archive's pool. */
export function parseAptShow(text: string): AptRecord[] {
  return text.split(/\n\n+/).flatMap((stanza) => {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    const path = field('Filename');
    const digest = field('SHA256');
    // The security archive is another archive on another path: its files are not below mirror://debian.
    if (!/^pool\/(?!updates\/)/.test(path) || !/^[0-9a-f]{64}$/.test(digest)) return [];
    return [
      {
        package: field('Package'),
        version: field('Version'),
        architecture: path.replace(/^.*_(\w+)\.deb$/, '$1'),
        path,
        sha256: `sha256-${Buffer.from(digest, 'hex').toString('base64')}`,
      },
    ];
  });
}

function isPins(data: unknown): data is DebianPins {
  if (typeof data !== 'object' || data === null || !('packages' in data)) return false;
  const { packages } = data;
  if (typeof packages !== 'object' || packages === null) return false;
  return Object.values(packages).every(
    (pin: unknown) =>
      typeof pin === 'object' &&
      pin !== null &&
      'version' in pin &&
      typeof pin.version === 'string' &&
      'arch' in pin &&
      typeof pin.arch === 'object',
  );
}

function sortedRecord<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  const names = Object.keys(record).sort();
  return Object.fromEntries(names.map((name) => [name, change(record[name]!)]));
}

function badFile(file: string, cause?: unknown): AppError {
  return new AppError('app/apt', `'${file}' is not a file of pinned Debian packages`, {
    hint: 'It holds {"packages": {NAME: {"version": …, "arch": {ARCH: {"path": …, "sha256": …}}}}}; move it away to begin anew.',
    details: { file },
    cause,
  });
}
