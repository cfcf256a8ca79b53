/** Hashes of strings, and hashes from one notation to another. */
import {
  formatHash,
  type Hash,
  type HashAlgorithm,
  type HashBase,
  hashBytes,
  hashHex,
  hashSizes,
  parseHash,
  parseHashAlgorithm,
} from '../../formats/index.ts';
import { EvalError } from '../errors.ts';
import { forceAttrs, forceString, forceText, requireAttr } from '../runtime/expect.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Value } from '../runtime/value.ts';
import { guarded, requireFeature } from './guard.ts';
import type { BuiltinDef } from './registry.ts';

/** An algorithm by its name, where it may be used. */
export function algorithmOf(rt: Runtime, name: string): HashAlgorithm {
  const algorithm = parseHashAlgorithm(name);
  if (algorithm === 'blake3') requireFeature(rt, 'blake3-hashes');
  return algorithm;
}

/** A hash in any notation. The empty text, which is easier to write than the right hash, is one of zeros. */
export function hashAllowEmpty(rt: Runtime, text: string, algorithm: HashAlgorithm | undefined): Hash {
  if (text !== '') return parseHash(text, algorithm);
  if (algorithm === undefined) throw new EvalError('other', 'empty hash requires explicit hash algorithm');
  const hash: Hash = { algorithm, bytes: new Uint8Array(hashSizes[algorithm]) };
  rt.host.emit('lint', `found empty hash, assuming '${formatHash(hash, 'sri')}'`);
  return hash;
}

function hashString(rt: Runtime, type: Value, value: Value): Value {
  const name = forceString(type, 'while evaluating the first argument passed to builtins.hashString');
  const algorithm = algorithmOf(rt, name);
  const text = forceText(value, 'while evaluating the second argument passed to builtins.hashString');
  return algorithm === 'blake3' ? formatHash(hashBytes(algorithm, text), 'base16') : hashHex(algorithm, text);
}

function convertHash(rt: Runtime, argument: Value): Value {
  const set = forceAttrs(argument, 'while evaluating the first argument passed to builtins.convertHash');
  const text = (name: string): string =>
    forceString(
      requireAttr(set, name, `while locating the attribute '${name}'`),
      `while evaluating the attribute '${name}'`,
    );
  const hash = text('hash');
  const algorithm = set.has('hashAlgo') ? algorithmOf(rt, text('hashAlgo')) : undefined;
  const base = baseOf(rt, text('toHashFormat'));
  return formatHash(parseHash(hash, algorithm), base);
}

function baseOf(rt: Runtime, name: string): HashBase {
  if (name === 'base32') {
    rt.host.emit('lint', '"base32" is a deprecated alias for hash format "nix32".');
    return 'nix32';
  }
  if (name === 'base16' || name === 'nix32' || name === 'base64' || name === 'sri') return name;
  throw new EvalError('other', `unknown hash format '${name}', expect 'base16', 'base32', 'base64', or 'sri'`);
}

export const hashingBuiltins: readonly BuiltinDef[] = [
  {
    name: 'hashString',
    args: ['type', 's'],
    doc: 'The hash of *s* by the algorithm *type* (`md5`, `sha1`, `sha256`, `sha512`), in base 16.',
    run: guarded(hashString),
  },
  {
    name: 'convertHash',
    args: ['args'],
    doc: 'The hash `hash` (its algorithm named in it or in `hashAlgo`) in the notation `toHashFormat`: `base16`, `nix32`, `base64` or `sri`.',
    run: guarded(convertHash),
  },
];
