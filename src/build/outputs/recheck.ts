/**
 * Compares outputs that were built again with those that are there. What differs is kept beside the original, as
 * `<path>.check`, so that the two can be looked at.
 */
import { join } from 'node:path';
import { baseNameOf, formatHash, type StorePath } from '../../formats/index.ts';
import type { LocalStore } from '../../store/index.ts';
import { BuildError } from '../errors.ts';
import { moveInto } from './install.ts';
import type { TakenOutput } from './take.ts';

/**
 * @param known where each output was before
 * @throws BuildError `build/not-deterministic`
 */
export function compareOutputs(
  store: LocalStore,
  drvPath: StorePath,
  known: ReadonlyMap<string, StorePath>,
  taken: readonly TakenOutput[],
): void {
  const differences: { output: string; path: StorePath; kept: string }[] = [];
  for (const { outputName, info, place } of taken) {
    const path = known.get(outputName)!;
    const before = store.pathInfo(path);
    const same = before !== undefined && formatHash(before.narHash, 'sri') === formatHash(info.narHash, 'sri');
    if (same && path === info.path) continue;
    const kept = `${join(store.realStoreDir, baseNameOf(path))}.check`;
    moveInto(place, kept);
    differences.push({ output: outputName, path, kept });
  }
  if (differences.length === 0) return;
  const lines = differences.map(({ output, path, kept }) => `\n  ${output}: ${path} differs from ${kept}`).join('');
  throw new BuildError('build/not-deterministic', `'${drvPath}' built again has another result:${lines}`, {
    hint: `Compare them with: diff -r ${join(store.realStoreDir, baseNameOf(differences[0]!.path))} ${differences[0]!.kept}`,
    details: { drvPath, differences },
  });
}
