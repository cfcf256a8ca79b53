/** Makes the outputs of builds valid, which the builder's side has put at their places. */
import { faultPoint } from '../../base/fault.ts';
import { syncDirectory } from '../../base/fs-atomic.ts';
import type { PathInfo, Provenance, Realisation } from '../store.ts';
import { makeDurable } from './durable.ts';
import { type Parts, realPathIn } from './parts.ts';
import { registerRealisations } from './realisations.ts';
import { register } from './register.ts';

/** Which build made it. */
function buildOf({ deriver, registrationTime }: PathInfo): Provenance {
  return { kind: 'build', time: registrationTime, details: deriver === undefined ? {} : { derivation: deriver } };
}

/** Syncs, then registers everything in one transaction, so that a record never comes without its path. */
export function registerOutputs(parts: Parts, infos: readonly PathInfo[], realisations: readonly Realisation[]): void {
  const { realStoreDir } = parts.layout;
  parts.guard.during(() => {
    parts.tempRoots.add(infos.map((info) => info.path));
    const fresh = infos.filter((info) => parts.queries.idOf(info.path) === undefined);
    if (fresh.length > 0) {
      const roots = fresh.map((info) => realPathIn(parts.layout, info.path));
      makeDurable(realStoreDir, roots, Number.POSITIVE_INFINITY);
      syncDirectory(realStoreDir);
    }
    faultPoint('outputs/durable');
    parts.database.transaction(() => {
      register(
        parts,
        infos.map((info) => ({ info, provenance: buildOf(info) })),
      );
      registerRealisations(parts.queries, realisations);
    });
    faultPoint('outputs/registered');
  });
}
