/** The string for an output: its path where it is known, else a placeholder; in both cases it refers to the output. */
import { type Derivation, downstreamPlaceholder, outputPath, type StorePath } from '../../../formats/index.ts';
import { Context } from '../../runtime/context.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { Str } from '../../runtime/value.ts';

export function outputString(rt: Runtime, drvPath: StorePath, derivation: Derivation, output: string): Str {
  const path = outputPath(rt.host.settings.storeDir, derivation, output);
  return new Str(path ?? downstreamPlaceholder(drvPath, output), Context.of(`!${output}!${drvPath}`));
}

/** The path of a derivation as a string that stands for all of it. */
export function derivationString(drvPath: StorePath): Str {
  return new Str(drvPath, Context.of(`=${drvPath}`));
}
