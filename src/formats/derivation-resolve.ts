/**
 * Resolution: a derivation over outputs of other derivations becomes one over the store paths that those outputs
 * have by now. A floating output is built from the resolved derivation, so that inputs which differ only in how they
 * came about lead to one and the same build.
 */

import { InternalError } from '../base/errors.ts';
import { makeOutputPath } from './content-address.ts';
import { type Derivation, type DerivationOutput, derivationKind } from './derivation.ts';
import { hashDerivationModulo } from './derivation-hash.ts';
import { downstreamPlaceholder } from './placeholder.ts';
import type { StorePath } from './store-path.ts';

/** Whether a derivation is built from its resolved form. */
export function needsResolution(drv: Derivation): boolean {
  return drv.inputDrvs.size > 0 && derivationKind(drv) !== 'input-addressed';
}

/**
 * The derivation with its input derivations replaced by the paths of their outputs, placeholders rewritten, and its
 * deferred outputs given their paths; undefined when an output's path is not known yet.
 * @param realised where an output of a derivation is
 */
export function resolveDerivation(
  storeDir: string,
  drv: Derivation,
  realised: (drvPath: StorePath, outputName: string) => StorePath | undefined,
): Derivation | undefined {
  const inputSrcs = new Set(drv.inputSrcs);
  const rewrites = new Map<string, string>();
  for (const [drvPath, outputNames] of drv.inputDrvs) {
    for (const outputName of outputNames) {
      const path = realised(drvPath, outputName);
      if (path === undefined) return undefined;
      inputSrcs.add(path);
      rewrites.set(downstreamPlaceholder(drvPath, outputName), path);
    }
  }
  const resolved = { ...applyRewrites(drv, rewrites), inputDrvs: new Map(), inputSrcs: [...inputSrcs].sort() };
  return fillDeferred(storeDir, resolved);
}

/** Texts replaced in the builder, its arguments and its environment. */
export function applyRewrites(drv: Derivation, rewrites: ReadonlyMap<string, string>): Derivation {
  if (rewrites.size === 0) return drv;
  const env = new Map<string, string>();
  for (const name of [...drv.env.keys()].sort()) {
    const rewritten = rewriteText(name, rewrites);
    if (!env.has(rewritten)) env.set(rewritten, rewriteText(drv.env.get(name)!, rewrites));
  }
  const args = drv.args.map((arg) => rewriteText(arg, rewrites));
  return { ...drv, builder: rewriteText(drv.builder, rewrites), args, env };
}

/** Every occurrence of each key replaced by its value, one key after the other in bytewise order. */
export function rewriteText(text: string, rewrites: ReadonlyMap<string, string>): string {
  for (const from of [...rewrites.keys()].sort()) {
    if (text.includes(from)) text = text.replaceAll(from, () => rewrites.get(from)!);
  }
  return text;
}

function fillDeferred(storeDir: string, drv: Derivation): Derivation {
  if (derivationKind(drv) !== 'deferred') return drv;
  const { hashes } = hashDerivationModulo(storeDir, drv, noInputs, true);
  const outputs = new Map<string, DerivationOutput>();
  const env = new Map(drv.env);
  for (const outputName of drv.outputs.keys()) {
    const path = makeOutputPath(storeDir, outputName, hashes.get(outputName)!, drv.name);
    env.set(outputName, path);
    outputs.set(outputName, { kind: 'input-addressed', path });
  }
  return { ...drv, outputs, env };
}

function noInputs(drvPath: StorePath): never {
  throw new InternalError(`a resolved derivation has the input derivation ${drvPath}`);
}
