/** The order in which the outputs of one derivation are addressed: each after those siblings that it refers to. */
import { CycleError, topologicalOrder } from '../../base/graph.ts';
import type { StorePath } from '../../formats/index.ts';
import { BuildError } from '../errors.ts';
import type { Collected } from './collect.ts';

/** @throws BuildError `build/output-rejected` for outputs that refer to each other in a circle */
export function addressingOrder(drvPath: StorePath, outputs: readonly Collected[]): Collected[] {
  const byScratch = new Map(outputs.map((output) => [output.scratch, output]));
  const siblings = (output: Collected): Collected[] =>
    [...output.references].flatMap((path) => {
      const sibling = byScratch.get(path);
      return sibling === undefined || sibling === output ? [] : [sibling];
    });
  try {
    return topologicalOrder(outputs, siblings);
  } catch (error) {
    if (!(error instanceof CycleError)) throw error;
    const names = (error.cycle as readonly Collected[]).map((output) => output.outputName);
    throw new BuildError(
      'build/output-rejected',
      `the outputs of '${drvPath}' refer to each other in a circle: ${[...names, names[0]].join(' -> ')}`,
      {
        hint: 'Move what both need into one of them, or into an output of its own.',
        details: { drvPath, cycle: names },
      },
    );
  }
}
