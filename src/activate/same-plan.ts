/** Whether a plan that was made before is still what would be done: the machine may have changed since. Pure. */
import { ActivateError } from './errors.ts';
import type { SwitchPlan } from './plan-values.ts';

/** @throws ActivateError `activate/plan-refused` */
export function refusePlan(then: SwitchPlan, now: SwitchPlan): void {
  const differences = partsOf(then).flatMap(([name, part]) => {
    const other = now[name];
    return same(part, other) ? [] : [...firstDifference(name, part, other)];
  });
  if (differences.length === 0) return;
  throw new ActivateError(
    'activate/plan-refused',
    `the machine has changed since the plan was made: ${differences.join('; ')}`,
    {
      details: { differences },
      hint: 'look at a new plan and apply that: sysbuild plan --out FILE',
    },
  );
}

function partsOf(plan: SwitchPlan): [keyof SwitchPlan, unknown][] {
  const { from, to, files, adopted, left, users, units, effects, checks } = plan;
  return Object.entries({ from, to, files, adopted, left, users, units, effects, checks }) as [
    keyof SwitchPlan,
    unknown,
  ][];
}

/** As JSON: that is how plans are kept. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function* firstDifference(name: string, then: unknown, now: unknown): Iterable<string> {
  if (!Array.isArray(then) || !Array.isArray(now)) {
    yield `${name} is otherwise`;
    return;
  }
  const known = new Set(then.map((entry) => JSON.stringify(entry)));
  const found = new Set(now.map((entry) => JSON.stringify(entry)));
  const gone = then.find((entry) => !found.has(JSON.stringify(entry)));
  const fresh = now.find((entry) => !known.has(JSON.stringify(entry)));
  yield `${name}: ${nameOf(fresh ?? gone)} is otherwise`;
}

function nameOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return String(entry);
  const { path, unit, name } = entry as Record<string, unknown>;
  return String(path ?? unit ?? name ?? 'the order');
}
