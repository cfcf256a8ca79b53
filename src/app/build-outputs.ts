/** Builds what is wanted and says how much of it was work. */
import type { Wanted } from '../build/index.ts';
import { derivationKind, outputPath, type StorePath } from '../formats/index.ts';
import type { LocalStore } from '../store/index.ts';
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
  const present = options.check ? undefined : presentOutputs(store, all);
  if (present !== undefined) {
    return { outputs: present, counts: { built: 0, fetched: 0, substituted: 0, reused: present.size } };
  }
  const { realiseAll } = await import('./realise.ts');
  const result = await realiseAll(session, store, all, options);
  const isFetch = (drvPath: StorePath): boolean => derivationKind(store.readDerivation(drvPath)) === 'fixed';
  const fetched = result.built.filter(isFetch).length;
  const built = result.built.length - fetched;
  const substituted = result.substituted.length;
  const reused = result.plan.present.length;
  return { outputs: result.outputs, counts: { built, fetched, substituted, reused } };
}

/** Where everything wanted is, when all of it is there: then the whole builder need not even be loaded. */
function presentOutputs(store: LocalStore, wanted: readonly Wanted[]): Outputs['outputs'] | undefined {
  const all = new Map<StorePath, ReadonlyMap<string, StorePath>>();
  for (const { drvPath, outputs } of wanted) {
    const derivation = store.readDerivation(drvPath);
    const found = new Map<string, StorePath>();
    for (const name of outputs === 'all' ? derivation.outputs.keys() : outputs) {
      // A name that the derivation does not have is for the plan to refuse.
      if (!derivation.outputs.has(name) || derivationKind(derivation) === 'impure') return undefined;
      const path = outputPath(store.storeDir, derivation, name) ?? store.realisation(drvPath, name)?.outPath;
      if (path === undefined || !store.isValid(path)) return undefined;
      found.set(name, path);
    }
    all.set(drvPath, found);
  }
  return all;
}

/** Outputs of the same derivation together. */
export function wantedOf(outputs: readonly OutputOf[]): Wanted[] {
  const byDerivation = Map.groupBy(outputs, (output) => output.drvPath);
  return [...byDerivation].map(([drvPath, all]) => ({
    drvPath,
    outputs: [...new Set(all.map((output) => output.outputName))],
  }));
}
