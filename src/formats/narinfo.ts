/**
 * `.narinfo` files, by which a binary cache describes a path, and the fingerprint that is signed.
 *
 *     file := (key ': ' value '\n')*
 *
 * StorePath, URL, NarHash and NarSize must be there; a key stands once, except Sig; unknown keys are skipped.
 * References and Deriver are base names. Nothing here says whether the archive is what it claims to be.
 */
import { parseContentAddress } from './content-address.ts';
import { FormatError } from './errors.ts';
import { type Hash, parseHash, withPrefix } from './hash.ts';
import { parseSignature } from './signature.ts';
import { baseNameOf, parseBaseName, parseStorePath, type StorePath } from './store-path.ts';

export interface NarInfo {
  readonly path: StorePath;
  /** Where the archive is, relative to the cache. */
  readonly url: string;
  /** `none`, `xz`, `zstd`… */
  readonly compression: string;
  /** Of the compressed file. */
  readonly fileHash: Hash | undefined;
  readonly fileSize: number | undefined;
  readonly narHash: Hash;
  readonly narSize: number;
  /** Sorted. */
  readonly references: readonly StorePath[];
  readonly deriver: StorePath | undefined;
  /** `key-name:base64`. */
  readonly signatures: readonly string[];
  /** `fixed:r:sha256:…` or its like. */
  readonly contentAddress: string | undefined;
}

/** What a signature vouches for. */
export type Signed = Pick<NarInfo, 'path' | 'narHash' | 'narSize' | 'references'>;

/** The text that is signed: the path with its content and references. Its deriver and its content address are not in it. */
export function fingerprint(info: Signed): string {
  return `1;${info.path};${withPrefix(info.narHash, 'nix32')};${info.narSize};${info.references.toSorted().join(',')}`;
}

/** @throws FormatError `formats/narinfo`, and the codes of paths, hashes, signatures and content addresses */
export function parseNarInfo(storeDir: string, text: string): NarInfo {
  const { fields, signatures } = parseFields(text);
  const contentAddress = fields.get('CA');
  if (contentAddress) parseContentAddress(contentAddress);
  for (const signature of signatures) parseSignature(signature);
  const deriver = fields.get('Deriver');
  return {
    path: parseStorePath(storeDir, required(fields, 'StorePath')),
    url: required(fields, 'URL'),
    compression: fields.get('Compression') || 'bzip2',
    fileHash: optional(fields, 'FileHash', (value) => parseHash(value)),
    fileSize: optional(fields, 'FileSize', (value) => parseSize('FileSize', value)),
    narHash: parseHash(required(fields, 'NarHash')),
    narSize: positive('NarSize', parseSize('NarSize', required(fields, 'NarSize'))),
    references: parseReferences(storeDir, fields.get('References') ?? ''),
    deriver: deriver === undefined || deriver === 'unknown-deriver' ? undefined : parseBaseName(storeDir, deriver),
    signatures,
    contentAddress: contentAddress || undefined,
  };
}

export function printNarInfo(info: NarInfo): string {
  const lines = [`StorePath: ${info.path}`, `URL: ${info.url}`, `Compression: ${info.compression}`];
  if (info.fileHash) lines.push(`FileHash: ${withPrefix(info.fileHash, 'nix32')}`);
  if (info.fileSize !== undefined) lines.push(`FileSize: ${info.fileSize}`);
  lines.push(`NarHash: ${withPrefix(info.narHash, 'nix32')}`, `NarSize: ${info.narSize}`);
  lines.push(`References: ${info.references.toSorted().map(baseNameOf).join(' ')}`);
  if (info.deriver) lines.push(`Deriver: ${baseNameOf(info.deriver)}`);
  for (const signature of info.signatures.toSorted()) lines.push(`Sig: ${signature}`);
  if (info.contentAddress) lines.push(`CA: ${info.contentAddress}`);
  return `${lines.join('\n')}\n`;
}

function parseFields(text: string): { fields: Map<string, string>; signatures: string[] } {
  const fields = new Map<string, string>();
  const signatures: string[] = [];
  const lines = text.split('\n');
  if (lines.pop() !== '') throw corrupt("expecting '\\n'", lines.length + 1);
  for (const [index, line] of lines.entries()) {
    const colon = line.indexOf(': ');
    if (colon < 0) throw corrupt("expecting ':'", index + 1);
    const key = line.slice(0, colon);
    const value = line.slice(colon + 2);
    if (key === 'Sig') signatures.push(value);
    else if (fields.has(key)) throw corrupt(`extra ${key}`, index + 1);
    else fields.set(key, value);
  }
  return { fields, signatures };
}

function required(fields: ReadonlyMap<string, string>, key: string): string {
  const value = fields.get(key);
  if (value) return value;
  throw corrupt(`${key} missing`);
}

function optional<T>(fields: ReadonlyMap<string, string>, key: string, read: (value: string) => T): T | undefined {
  const value = fields.get(key);
  return value === undefined ? undefined : read(value);
}

function parseSize(key: string, value: string): number {
  const size = /^[0-9]{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw corrupt(`invalid ${key}`);
}

function positive(key: string, size: number): number {
  if (size > 0) return size;
  throw corrupt(`${key} missing or zero`);
}

function parseReferences(storeDir: string, value: string): StorePath[] {
  const names = value.split(' ').filter((name) => name !== '');
  return [...new Set(names.map((name) => parseBaseName(storeDir, name)))].sort();
}

function corrupt(reason: string, line?: number): FormatError {
  const where = line === undefined ? '' : ` at line ${line}`;
  return new FormatError('formats/narinfo', `NAR info file is corrupt: ${reason}${where}`, {
    details: { reason, line },
  });
}
