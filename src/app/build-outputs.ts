/** Builds what is wanted and says how much of it was work. */
import { type BuildResult, planBuild, type Wanted } from '../build/index.ts';
import { derivationKind, type StorePath } from '../formats/index.ts';
import { realiseWanted } from './realise.ts';
import type { Session } from './session.ts';

export interface BuildCounts {
  /** Derivations whose builder ran. */
  readonly built: number;
  /** Of those, the ones that fetched something known by its hash. */
  readonly fetched: number;
  /** Derivations whose outputs were there already. */
  readonly reused: number;
}

export interface Outputs {
  readonly outputs: ReadonlyMap<StorePath, ReadonlyMap<string, StorePath>>;
  readonly counts: BuildCounts;
  readonly result: BuildResult;
}

export interface OutputOf {
  readonly drvPath: StorePath;
  readonly outputName: string;
}

export async function buildOutputs(
  session: Session,
  wanted: readonly OutputOf[],
  options: { readonly check?: boolean } = {},
): Promise<Outputs> {
  const store = await session.store();
  const all = wantedOf(wanted);
  const plan = planBuild(store, all);
  const result = await realiseWanted(session, store, all, options);
  const isFetch = (drvPath: StorePath): boolean => derivationKind(store.readDerivation(drvPath)) === 'fixed';
  const fetched = result.built.filter(isFetch).length;
  const { present } = plan;
  return {
    outputs: result.outputs,
    counts: { built: result.built.length - fetched, fetched, reused: present.length },
    result,
  };
}

/** Outputs of the same derivation together. */
export function wantedOf(outputs: readonly OutputOf[]): Wanted[] {
  const byDerivation = Map.groupBy(outputs, (output) => output.drvPath);
  return [...byDerivation].map(([drvPath, all]) => ({
    drvPath,
    outputs: [...new Set(all.map((output) => output.outputName))],
  }));
}
