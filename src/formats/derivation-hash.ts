/**
 * The hash of a derivation modulo what does not matter: its own output paths, and the way in which fixed outputs
 * come about. Paths of input-addressed outputs, and the keys of realisation records, are made of it.
 *
 * Kinds: `regular`, and `deferred` when the derivation or one of its inputs is floating or impure, so that paths of
 * input-addressed outputs cannot be computed before those inputs are built.
 */
import { makeOutputPath } from './content-address.ts';
import {
  type Derivation,
  type DerivationOutput,
  derivationKind,
  fixedOutputPath,
  unknownOutput,
} from './derivation.ts';
import { methodAlgorithmText, printDerivation } from './derivation-aterm.ts';
import { FormatError } from './errors.ts';
import { formatHash } from './hash.ts';
import { sha256Hex } from './hasher.ts';
import { derivationNameOf, type StorePath } from './store-path.ts';

export interface HashModulo {
  readonly kind: 'regular' | 'deferred';
  /** By output name: SHA-256 in base16. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** The (unmasked) hash of an input derivation. Callers memoise it: each derivation is looked up by all that use it. */
export type HashModuloLookup = (drvPath: StorePath) => HashModulo;

/**
 * @param maskOutputs false for the hash that users of the derivation see; true for the one its own outputs' paths
 *   and realisations are made of
 * @throws FormatError `formats/derivation-output`, `formats/derivation-unknown-output`
 */
export function hashDerivationModulo(
  storeDir: string,
  drv: Derivation,
  lookup: HashModuloLookup,
  maskOutputs = false,
): HashModulo {
  const ownKind = derivationKind(drv);
  if (ownKind === 'fixed') return { kind: 'regular', hashes: fixedHashes(storeDir, drv) };
  let kind: HashModulo['kind'] = ownKind === 'floating' || ownKind === 'impure' ? 'deferred' : 'regular';
  const inputs = new Map<string, string[]>();
  for (const [drvPath, outputNames] of drv.inputDrvs) {
    const input = lookup(drvPath);
    if (input.kind === 'deferred') kind = 'deferred';
    for (const outputName of outputNames) {
      const hash = input.hashes.get(outputName);
      if (hash === undefined) throw unknownOutput(derivationNameOf(drvPath), outputName);
      const names = inputs.get(hash);
      if (names === undefined) inputs.set(hash, [outputName]);
      else names.push(outputName);
    }
  }
  const hash = sha256Hex(printDerivation(storeDir, drv, { maskOutputs, inputs }));
  const hashes = new Map<string, string>();
  for (const outputName of drv.outputs.keys()) hashes.set(outputName, hash);
  return { kind, hashes };
}

/**
 * The derivation with the paths of its deferred outputs where they can be computed, and its environment completed
 * with the paths of all outputs known by now. Deferred outputs over floating inputs stay as they are.
 * @throws FormatError `formats/derivation-environment` when the environment, or an output, says another path
 */
export function fillOutputPaths(storeDir: string, drv: Derivation, lookup: HashModuloLookup): Derivation {
  const outputs = new Map<string, DerivationOutput>();
  const env = new Map(drv.env);
  let modulo: HashModulo | undefined;
  for (const [outputName, output] of drv.outputs) {
    if (output.kind === 'floating' || output.kind === 'impure') {
      outputs.set(outputName, output);
    } else if (output.kind === 'fixed') {
      outputs.set(outputName, output);
      fillVariable(env, outputName, fixedOutputPath(storeDir, drv.name, outputName, output));
    } else {
      modulo ??= hashDerivationModulo(storeDir, drv, lookup, true);
      outputs.set(outputName, fillOutput(storeDir, drv.name, outputName, output, modulo, env));
    }
  }
  const filled = { ...drv, outputs, env };
  derivationKind(filled);
  return filled;
}

function fillOutput(
  storeDir: string,
  drvName: string,
  outputName: string,
  output: Extract<DerivationOutput, { kind: 'input-addressed' | 'deferred' }>,
  modulo: HashModulo,
  env: Map<string, string>,
): DerivationOutput {
  if (modulo.kind === 'deferred') {
    if (output.kind === 'deferred') return output;
    throw badPath(`derivation has incorrect output '${output.path}', should be deferred`, outputName);
  }
  const path = makeOutputPath(storeDir, outputName, modulo.hashes.get(outputName)!, drvName);
  if (output.kind === 'input-addressed' && output.path !== path) {
    throw badPath(`derivation has incorrect output '${output.path}', should be '${path}'`, outputName);
  }
  fillVariable(env, outputName, path);
  return output.kind === 'deferred' ? { kind: 'input-addressed', path } : output;
}

function fillVariable(env: Map<string, string>, name: string, path: StorePath): void {
  const value = env.get(name) ?? '';
  if (value === '') env.set(name, path);
  else if (value !== path) {
    throw badPath(
      `derivation has incorrect environment variable '${name}', should be '${path}' but is actually '${value}'`,
      name,
    );
  }
}

function fixedHashes(storeDir: string, drv: Derivation): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const [name, output] of drv.outputs) {
    if (output.kind !== 'fixed') continue;
    const path = fixedOutputPath(storeDir, drv.name, name, output);
    const digits = formatHash(output.hash, 'base16');
    hashes.set(name, sha256Hex(`fixed:out:${methodAlgorithmText(output)}:${digits}:${path}`));
  }
  return hashes;
}

function badPath(message: string, output: string): FormatError {
  return new FormatError('formats/derivation-environment', message, { details: { output } });
}
