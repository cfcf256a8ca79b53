/** `import`: the value of a file, or of a derivation that was written before. */
import { isDerivationPath, type StorePath } from '../../formats/index.ts';
import { forceAttrs } from '../runtime/expect.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Attrs, Value } from '../runtime/value.ts';
import { derivationValue } from './derivation/imported.ts';
import { guard, guarded } from './guard.ts';
import { isInStoreItself, realisePath } from './realise.ts';
import type { BuiltinDef } from './registry.ts';

function importPath(rt: Runtime, value: Value, scope: Value | undefined): Value {
  const path = realisePath(rt, value);
  if (isInStoreItself(rt, path) && isDerivationPath(path) && rt.host.kindOf(path) !== undefined) {
    return importDerivation(rt, path);
  }
  return rt.importFile(path, scope === undefined ? undefined : scopeOf(scope));
}

function importDerivation(rt: Runtime, path: StorePath): Value {
  return derivationValue(
    rt,
    path,
    guard(() => rt.host.readDerivation(path)),
  );
}

function scopeOf(scope: Value): Attrs {
  return forceAttrs(scope, 'while evaluating the first argument passed to builtins.scopedImport');
}

export const importBuiltins: readonly BuiltinDef[] = [
  {
    name: 'import',
    global: true,
    args: ['path'],
    doc: 'The value of the file at *path*, or of `default.nix` in a folder. Each file is evaluated once.',
    run: guarded((rt, path) => importPath(rt, path!, undefined)),
  },
  {
    name: 'scopedImport',
    global: true,
    args: ['scope', 'path'],
    doc: 'The value of the file at *path*, where the attributes of *scope* are variables. Nothing is remembered.',
    run: guarded((rt, scope, path) => importPath(rt, path!, scope)),
  },
];
