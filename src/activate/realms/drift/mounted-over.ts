/** Mounts that hide what somebody answers for. Pure. */
import { type Deviation, verdictOf } from '../deviation.ts';
import type { Claim, Claims } from '../map/claims.ts';
import { isWithin } from '../map/entry.ts';
import type { Mount } from '../map/mounts.ts';

/** @param expected places where a resource or the table of file systems wants a mount */
export function mountedOver(mounts: readonly Mount[], claims: Claims, expected: ReadonlySet<string>): Deviation[] {
  const claimed = [...claims.entries()];
  return mounts.flatMap(({ place, type, source, root }) => {
    if (place === '/' || expected.has(place) || /^\/(proc|sys|dev|run|tmp)(\/|$)/.test(place)) return [];
    const hidden = claimed.filter(([path, claim]) => isWithin(path, place) && hides(claim, path === place));
    const worst = hidden.find(([, claim]) => claim.realm === 'congruent') ?? hidden[0];
    if (worst === undefined) return [];
    const { realm, owner } = worst[1];
    return [
      {
        realm,
        subject: { type: 'path' as const, name: place },
        aspect: 'mounted-over' as const,
        owner,
        expected: hidden.length === 1 ? 'what is declared' : `what is declared, with ${hidden.length - 1} paths below`,
        found: `${type} of ${source}${root === '/' ? '' : `, ${root}`} mounted over it`,
        verdict: verdictOf(realm, false),
        remedy: `umount ${place}`,
      },
    ];
  });
}

/** An empty folder of a package is there to be mounted on; our store and records may be mounts of their own. */
function hides({ realm, owner: { type }, expected }: Claim, isPlace: boolean): boolean {
  if (type === 'store' || type === 'sysbuild' || type === 'generation') return false;
  return !isPlace || realm === 'congruent' || expected?.md5 !== undefined;
}
