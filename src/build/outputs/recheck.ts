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
import { type TreeDifference, treeDifferences } from './tree-differences.ts';

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
  const differences: OutputDifference[] = [];
  for (const { outputName, info, place } of taken) {
    const path = known.get(outputName)!;
    const before = store.pathInfo(path);
    const same = before !== undefined && formatHash(before.narHash, 'sri') === formatHash(info.narHash, 'sri');
    if (same && path === info.path) continue;
    const first = join(store.realStoreDir, baseNameOf(path));
    const kept = `${first}.check`;
    moveInto(place, kept);
    differences.push({ output: outputName, path, kept, files: treeDifferences(first, kept, mostShown + 1) });
  }
  if (differences.length === 0) return;
  const lines = differences.flatMap(linesOf);
  throw new BuildError(
    'build/not-deterministic',
    [`'${drvPath}' built again has another result:`, ...lines].join('\n'),
    {
      hint: `Compare them with: diff -r ${join(store.realStoreDir, baseNameOf(differences[0]!.path))} ${differences[0]!.kept}`,
      details: { drvPath, differences },
    },
  );
}

interface OutputDifference {
  readonly output: string;
  readonly path: StorePath;
  readonly kept: string;
  /** The first of them. */
  readonly files: readonly TreeDifference[];
}

/** Differences of one output that are told. */
const mostShown = 10;

function linesOf({ output, path, kept, files }: OutputDifference): string[] {
  const shown = files.slice(0, mostShown).map((file) => `    ${file.path === '' ? '.' : file.path}: ${file.what}`);
  const more = files.length > mostShown ? ['    and more'] : [];
  return [`  ${output}: ${path} differs from ${kept}`, ...shown, ...more];
}
