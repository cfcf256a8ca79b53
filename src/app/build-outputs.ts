/** Builds what is wanted and says how much of it was work. */
import { plural } from '../base/text.ts';
import { BuildError, type BuildResult, type Wanted } from '../build/index.ts';
import { derivationKind, type StorePath } from '../formats/index.ts';
import { realiseWanted } from './realise.ts';
import type { Session } from './session.ts';

export interface BuildCounts {
  /** Derivations whose builder ran. */
  readonly built: number;
  /** Of those, the ones that fetched something known by its hash. */
  readonly fetched: number;
  /** Derivations whose outputs came from caches. */
  readonly substituted: number;
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
  const result = await realiseWanted(session, store, all, options);
  if (result.failures.length > 0) throw failed(result);
  const isFetch = (drvPath: StorePath): boolean => derivationKind(store.readDerivation(drvPath)) === 'fixed';
  const fetched = result.built.filter(isFetch).length;
  const built = result.built.length - fetched;
  const substituted = result.substituted.length;
  const reused = result.plan.present.length;
  return { outputs: result.outputs, counts: { built, fetched, substituted, reused }, result };
}

/** Outputs of the same derivation together. */
export function wantedOf(outputs: readonly OutputOf[]): Wanted[] {
  const byDerivation = Map.groupBy(outputs, (output) => output.drvPath);
  return [...byDerivation].map(([drvPath, all]) => ({
    drvPath,
    outputs: [...new Set(all.map((output) => output.outputName))],
  }));
}

/** What a run that went on after failures tells at its end: every one of them, by name. */
function failed({ failures, skipped }: BuildResult): BuildError {
  const [first] = failures;
  if (failures.length === 1 && skipped.length === 0) return first!.error;
  const lines = failures.map(({ drvPath, error }) => `  ${drvPath}: ${error.message.split('\n')[0]}`);
  const left =
    skipped.length === 0 ? [] : [`${plural(skipped.length, 'derivation')} could not be built because of that`];
  return new BuildError(
    'build/several-failed',
    [`${plural(failures.length, 'build')} failed:`, ...lines, ...left].join('\n'),
    {
      details: { failures: failures.map(({ drvPath, error }) => ({ drvPath, code: error.code })), skipped },
      hint: `sysbuild log ${first!.drvPath} shows the log of the first.`,
    },
  );
}
