/** A plan of files leaves what an override covers as it is, and says so; the override's end puts it right. Pure. */
import type { FilePlan } from '../../plan-values.ts';
import { coveredBy, type Override } from './overrides.ts';

export function respectOverrides(plan: FilePlan, overrides: readonly Override[]): FilePlan {
  if (overrides.length === 0) return plan;
  const left: { path: string; why: string }[] = [];
  const steps = plan.steps.filter(({ path }) => {
    const override = coveredBy(overrides, { type: 'path', name: path });
    if (override === undefined) return true;
    const { id, until, by, reason } = override;
    left.push({ path, why: `override ${id} until ${until}, by ${by}: ${reason}` });
    return false;
  });
  return { ...plan, steps, left: [...plan.left, ...left].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}
