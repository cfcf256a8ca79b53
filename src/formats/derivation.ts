/**
 * The derivation: what is run, with which inputs, to make which outputs. All texts are byte strings. Maps and lists
 * may stand in any order; printing sorts them. Structured attributes are the canonical JSON text in `env.__json`.
 */

import { type ContentAddressMethod, makeFixedOutputPath, outputPathName } from './content-address.ts';
import { FormatError } from './errors.ts';
import type { Hash, HashAlgorithm } from './hash.ts';
import type { StorePath } from './store-path.ts';

/**
 * How one output is addressed. `fixed`: by a hash known beforehand. `floating`: by its content, known after the
 * build. `deferred`: input-addressed, its path not yet known because an input is floating. `impure`: floating, and
 * built anew each time.
 */
export type DerivationOutput =
  | { readonly kind: 'input-addressed'; readonly path: StorePath }
  | { readonly kind: 'fixed'; readonly method: ContentAddressMethod; readonly hash: Hash }
  | { readonly kind: 'floating'; readonly method: ContentAddressMethod; readonly algorithm: HashAlgorithm }
  | { readonly kind: 'deferred' }
  | { readonly kind: 'impure'; readonly method: ContentAddressMethod; readonly algorithm: HashAlgorithm };

export interface Derivation {
  /** Without `.drv`. */
  readonly name: string;
  readonly outputs: ReadonlyMap<string, DerivationOutput>;
  /** The outputs that are wanted of each input derivation. */
  readonly inputDrvs: ReadonlyMap<StorePath, readonly string[]>;
  readonly inputSrcs: readonly StorePath[];
  readonly system: string;
  readonly builder: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}

export type DerivationKind = DerivationOutput['kind'];

/** The name in `env` under which structured attributes stand as JSON. */
export const structuredAttributesName = '__json';

/**
 * What all outputs of a derivation have in common.
 * @throws FormatError `formats/derivation-output` for no output, mixed kinds, or a fixed output not alone named `out`
 */
export function derivationKind(drv: Pick<Derivation, 'outputs'>): DerivationKind {
  let kind: DerivationKind | undefined;
  let algorithm: HashAlgorithm | undefined;
  for (const [name, output] of drv.outputs) {
    if (kind !== undefined && kind !== output.kind) throw badOutput("can't mix derivation output types", name);
    if (kind === 'fixed') throw badOutput('only one fixed output is allowed for now', name);
    kind = output.kind;
    if (kind === 'fixed' && name !== 'out') throw badOutput('single fixed output must be named "out"', name);
    if (output.kind !== 'floating') continue;
    if (algorithm !== undefined && algorithm !== output.algorithm) {
      throw badOutput('all floating outputs must use the same hash algorithm', name);
    }
    algorithm = output.algorithm;
  }
  if (kind === undefined) throw badOutput('must have at least one output', undefined);
  return kind;
}

/** Whether the outputs' paths follow from their content. */
export function isContentAddressed(kind: DerivationKind): boolean {
  return kind === 'fixed' || kind === 'floating' || kind === 'impure';
}

/**
 * The path of an output where it is known without a build; undefined for floating, deferred and impure outputs.
 * @throws FormatError `formats/derivation-unknown-output`
 */
export function outputPath(
  storeDir: string,
  drv: Pick<Derivation, 'name' | 'outputs'>,
  outputName: string,
): StorePath | undefined {
  const output = drv.outputs.get(outputName);
  if (output === undefined) throw unknownOutput(drv.name, outputName);
  return staticOutputPath(storeDir, drv.name, outputName, output);
}

export function staticOutputPath(
  storeDir: string,
  drvName: string,
  outputName: string,
  output: DerivationOutput,
): StorePath | undefined {
  if (output.kind === 'input-addressed') return output.path;
  if (output.kind !== 'fixed') return undefined;
  return fixedOutputPath(storeDir, drvName, outputName, output);
}

export function fixedOutputPath(
  storeDir: string,
  drvName: string,
  outputName: string,
  output: { readonly method: ContentAddressMethod; readonly hash: Hash },
): StorePath {
  return makeFixedOutputPath(storeDir, {
    method: output.method,
    hash: output.hash,
    name: outputPathName(drvName, outputName),
  });
}

export function unknownOutput(drvName: string, outputName: string): FormatError {
  return new FormatError(
    'formats/derivation-unknown-output',
    `derivation '${drvName}' does not have an output named '${outputName}'`,
    { details: { derivation: drvName, output: outputName } },
  );
}

function badOutput(message: string, output: string | undefined): FormatError {
  return new FormatError('formats/derivation-output', message, { details: { output } });
}
