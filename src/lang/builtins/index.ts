/** All builtins, by theme. */
import { attrsetFunctionBuiltins } from './attrset-functions.ts';
import { attrsetBuiltins } from './attrsets.ts';
import { closureBuiltins } from './closure.ts';
import { contextBuiltins } from './context.ts';
import { controlBuiltins } from './control.ts';
import { derivationBuiltins } from './derivation/builtins.ts';
import { environmentBuiltins } from './environment.ts';
import { closureFetchBuiltins } from './fetch/closure.ts';
import { downloadBuiltins } from './fetch/download.ts';
import { flakeBuiltins } from './fetch/flakes.ts';
import { treeBuiltins } from './fetch/tree.ts';
import { fileBuiltins } from './files.ts';
import { foldBuiltins } from './folds.ts';
import { hashingBuiltins } from './hashing.ts';
import { importBuiltins } from './import.ts';
import { listBuiltins } from './lists.ts';
import { numberBuiltins } from './numbers.ts';
import { pathBuiltins } from './paths.ts';
import { patternBuiltins } from './patterns.ts';
import type { BuiltinDef } from './registry.ts';
import { serialisationBuiltins } from './serialise.ts';
import { sortBuiltins } from './sort.ts';
import { sourceBuiltins } from './sources.ts';
import { stringBuiltins } from './strings.ts';
import { tomlBuiltins } from './toml/builtins.ts';
import { typeBuiltins } from './types.ts';
import { versionBuiltins } from './versions.ts';

export { constants } from './constants.ts';

export const builtins: readonly BuiltinDef[] = [
  ...typeBuiltins,
  ...controlBuiltins,
  ...numberBuiltins,
  ...listBuiltins,
  ...foldBuiltins,
  ...sortBuiltins,
  ...closureBuiltins,
  ...attrsetBuiltins,
  ...attrsetFunctionBuiltins,
  ...stringBuiltins,
  ...patternBuiltins,
  ...versionBuiltins,
  ...contextBuiltins,
  ...hashingBuiltins,
  ...serialisationBuiltins,
  ...tomlBuiltins,
  ...environmentBuiltins,
  ...pathBuiltins,
  ...fileBuiltins,
  ...sourceBuiltins,
  ...importBuiltins,
  ...derivationBuiltins,
  ...downloadBuiltins,
  ...treeBuiltins,
  ...closureFetchBuiltins,
  ...flakeBuiltins,
];
