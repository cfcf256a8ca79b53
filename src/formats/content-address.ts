/**
 * Content addresses, and the store paths that follow from them.
 *
 *     content address := 'text:' algorithm ':' nix32 | 'fixed:' method algorithm ':' nix32
 *     method          := '' (flat: the bytes of one file) | 'r:' (nar: a whole tree as NAR) | 'git:' (git tree hash)
 *
 * A store path's hash part is a folded SHA-256 of `type ':sha256:' base16 ':' store dir ':' name`, the type saying
 * what was hashed and which references were there.
 */
import { assertNever } from '../base/assert.ts';
import { compareBytes } from '../base/bytes.ts';
import { FormatError } from './errors.ts';
import {
  compressHash,
  formatHash,
  type Hash,
  type HashAlgorithm,
  parseHashAlgorithm,
  parseHashDigits,
  withPrefix,
} from './hash.ts';
import { hashBytes, sha256Hex } from './hasher.ts';
import { nix32Encode } from './nixbase32.ts';
import { makeStorePathOf, type StorePath } from './store-path.ts';

export type ContentAddressMethod = 'flat' | 'nar' | 'text' | 'git';

export interface ContentAddress {
  readonly method: ContentAddressMethod;
  readonly hash: Hash;
}

/** What a store object refers to: other paths, in any order, and possibly itself. */
export interface References {
  readonly others: readonly StorePath[];
  readonly self: boolean;
}

export const noReferences: References = { others: [], self: false };

/** The text before the algorithm in derivations: `''`, `r:`, `text:` or `git:`. */
export function methodPrefix(method: ContentAddressMethod): string {
  switch (method) {
    case 'flat':
      return '';
    case 'nar':
      return 'r:';
    case 'text':
      return 'text:';
    case 'git':
      return 'git:';
    default:
      return assertNever(method);
  }
}

/**
 * `r:sha256` and its like, as derivations write the method and the algorithm of an output.
 * @throws FormatError `formats/hash-algorithm`
 */
export function parseMethodAlgorithm(text: string): { method: ContentAddressMethod; algorithm: HashAlgorithm } {
  const colon = text.indexOf(':');
  const method = colon < 0 ? 'flat' : methodOfPrefix(text.slice(0, colon + 1));
  if (method === undefined) return { method: 'flat', algorithm: parseHashAlgorithm(text) };
  return { method, algorithm: parseHashAlgorithm(text.slice(colon + 1)) };
}

/** `fixed:r:sha256:…`, `fixed:sha1:…`, `text:sha256:…`. */
export function contentAddressText(method: ContentAddressMethod, hash: Hash): string {
  return `${method === 'text' ? 'text:' : `fixed:${methodPrefix(method)}`}${withPrefix(hash, 'nix32')}`;
}

/** @throws FormatError `formats/content-address`, `formats/hash`, `formats/hash-algorithm`, `formats/nix32` */
export function parseContentAddress(text: string): ContentAddress {
  const match = /^(?:(text)|fixed):(?:(r|git):)?([^:]*):(.*)$/s.exec(text);
  if (!match || (match[1] !== undefined && match[2] !== undefined)) {
    throw new FormatError('formats/content-address', `'${text}' is not a content address`, { details: { text } });
  }
  const [, isText, prefix, algorithm, digits] = match;
  const method = isText ? 'text' : prefix === undefined ? 'flat' : prefix === 'r' ? 'nar' : 'git';
  return { method, hash: parseHashDigits(digits!, parseHashAlgorithm(algorithm!)) };
}

/**
 * The path of a thing whose type and hash are known; the root of all path computations.
 * @param hash a hash, or the base16 digits of a SHA-256
 * @throws FormatError `formats/store-path-name`
 */
export function makeStorePath(storeDir: string, type: string, hash: Hash | string, name: string): StorePath {
  const inner = typeof hash === 'string' ? `sha256:${hash}` : withPrefix(hash, 'base16');
  const digest = hashBytes('sha256', `${type}:${inner}:${storeDir}:${name}`).bytes;
  return makeStorePathOf(storeDir, nix32Encode(compressHash(digest, 20)), name);
}

/** The path of one output of an input-addressed derivation, of the base16 hash modulo of that derivation. */
export function makeOutputPath(storeDir: string, outputName: string, hashModulo: string, drvName: string): StorePath {
  return makeStorePath(storeDir, `output:${outputName}`, hashModulo, outputPathName(drvName, outputName));
}

/** The name in an output's store path: the derivation's, and the output's unless that is `out`. */
export function outputPathName(drvName: string, outputName: string): string {
  return outputName === 'out' ? drvName : `${drvName}-${outputName}`;
}

/** The path of a text file, such as a `.drv`. The hash is the SHA-256 of its bytes. */
export function makeTextPath(storeDir: string, name: string, hash: Hash, references: readonly StorePath[]): StorePath {
  return makeStorePath(storeDir, typeWithReferences('text', { others: references, self: false }), hash, name);
}

/**
 * The path of a content-addressed store object.
 * @throws FormatError `formats/content-address` for references that the method cannot have, or an algorithm it cannot use
 */
export function makeFixedOutputPath(
  storeDir: string,
  object: ContentAddress & { readonly name: string; readonly references?: References },
): StorePath {
  const { method, hash, name, references = noReferences } = object;
  if (method === 'text') return makeTextPathChecked(storeDir, name, hash, references);
  checkGit(method, hash.algorithm);
  if (hash.algorithm === 'sha256' && method === 'nar') {
    return makeStorePath(storeDir, typeWithReferences('source', references), hash, name);
  }
  if (references.self || references.others.length > 0) {
    throw new FormatError(
      'formats/content-address',
      `fixed output derivation '${name}' is not allowed to refer to other store paths.\nYou may need to use the 'unsafeDiscardReferences' derivation attribute, see the manual for more details.`,
      { details: { name, references: references.others, self: references.self } },
    );
  }
  const inner = sha256Hex(`fixed:out:${methodPrefix(method)}${withPrefix(hash, 'base16')}:`);
  return makeStorePath(storeDir, 'output:out', inner, name);
}

function makeTextPathChecked(storeDir: string, name: string, hash: Hash, references: References): StorePath {
  if (references.self || hash.algorithm !== 'sha256') {
    const what = references.self ? 'self-reference not allowed with text hashing' : 'text hashing is by SHA-256 alone';
    throw new FormatError('formats/content-address', what, { details: { name, hash: formatHash(hash, 'sri') } });
  }
  return makeTextPath(storeDir, name, hash, references.others);
}

function checkGit(method: ContentAddressMethod, algorithm: HashAlgorithm): void {
  if (method !== 'git' || algorithm === 'sha1' || algorithm === 'sha256') return;
  throw new FormatError(
    'formats/content-address',
    `Git file ingestion must use SHA-1 or SHA-256 hash, but instead using: ${algorithm}`,
    { details: { algorithm } },
  );
}

function typeWithReferences(type: string, references: References): string {
  let text = type;
  for (const path of [...new Set(references.others)].sort(compareBytes)) text += `:${path}`;
  return references.self ? `${text}:self` : text;
}

function methodOfPrefix(prefix: string): ContentAddressMethod | undefined {
  if (prefix === 'r:') return 'nar';
  if (prefix === 'text:') return 'text';
  return prefix === 'git:' ? 'git' : undefined;
}
