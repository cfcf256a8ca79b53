/**
 * Placeholders: texts of the length of a hash that stand for store paths that are not known yet. The builder, or
 * the resolution of a derivation, replaces them by the paths.
 */
import { outputPathName } from './content-address.ts';
import { hashBytes } from './hasher.ts';
import { nix32Encode } from './nixbase32.ts';
import { derivationNameOf, hashPartOf, type StorePath } from './store-path.ts';

/** Stands for an output of the derivation itself, as `builtins.placeholder` gives it. */
export function hashPlaceholder(outputName: string): string {
  return render(`nix-output:${outputName}`);
}

/**
 * Stands for an output of another derivation, where that output's path is known only after its build.
 * @throws FormatError `formats/store-path` when the path is not that of a derivation
 */
export function downstreamPlaceholder(drvPath: StorePath, outputName: string): string {
  const name = outputPathName(derivationNameOf(drvPath), outputName);
  return render(`nix-upstream-output:${hashPartOf(drvPath)}:${name}`);
}

function render(clearText: string): string {
  return `/${nix32Encode(hashBytes('sha256', clearText).bytes)}`;
}
