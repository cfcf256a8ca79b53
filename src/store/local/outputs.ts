/** Makes the outputs of builds valid, which the builder's side has put at their places. */
import { faultPoint } from '../../base/fault.ts';
import type { PathInfo, Provenance, Realisation } from '../store.ts';
import { makeDurable, makeDurableLater, syncStoreFolder } from './durable.ts';
import { type Parts, realPathIn } from './parts.ts';
import { registerRealisations } from './realisations.ts';
import { register } from './register.ts';

/** Which build made it. */
function buildOf({ deriver, registrationTime }: PathInfo): Provenance {
  return { kind: 'build', time: registrationTime, details: deriver === undefined ? {} : { derivation: deriver } };
}

/** Syncs, then registers everything in one transaction, so that a record never comes without its path. */
export function registerOutputs(parts: Parts, infos: readonly PathInfo[], realisations: readonly Realisation[]): void {
  parts.guard.during(() => {
    const roots = freshRoots(parts, infos);
    if (roots.length > 0) makeDurable(parts, roots);
    registerDurable(parts, infos, realisations);
  });
}

/** The same; other work goes on while the disk is waited for. */
export function registerOutputsLater(
  parts: Parts,
  infos: readonly PathInfo[],
  realisations: readonly Realisation[],
): Promise<void> {
  return parts.guard.duringAsync(async () => {
    const roots = freshRoots(parts, infos);
    if (roots.length > 0) await makeDurableLater(parts, roots);
    registerDurable(parts, infos, realisations);
  });
}

/** Where those stand that are not valid yet; no collection takes any of them from now on. */
function freshRoots(parts: Parts, infos: readonly PathInfo[]): string[] {
  parts.tempRoots.add(infos.map((info) => info.path));
  const fresh = infos.filter((info) => parts.queries.idOf(info.path) === undefined);
  return fresh.map((info) => realPathIn(parts.layout, info.path));
}

function registerDurable(parts: Parts, infos: readonly PathInfo[], realisations: readonly Realisation[]): void {
  syncStoreFolder(parts);
  faultPoint('outputs/durable');
  parts.database.transaction(() => {
    register(
      parts,
      infos.map((info) => ({ info, provenance: buildOf(info) })),
    );
    registerRealisations(parts.queries, realisations);
  });
  faultPoint('outputs/registered');
}
