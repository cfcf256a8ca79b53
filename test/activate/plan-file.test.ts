/** Plans that were kept: read again, or refused with words; compared with what would be done now. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePlan } from '../../src/activate/plan-file.ts';
import type { SwitchPlan } from '../../src/activate/plan-values.ts';
import { refusePlan } from '../../src/activate/same-plan.ts';

const plan: SwitchPlan = {
  ...{ version: 1, from: undefined, to: { generation: undefined, system: '/nix/store/x' }, files: [], adopted: [] },
  ...{ left: [], unchanged: 3, users: [], units: [], effects: [], mounts: [], secrets: [], boot: null, checks: [] },
};
const kept = (value: unknown): SwitchPlan => parsePlan(JSON.stringify(value), 'plan.json');

test('a plan is read again, and is the same', () => {
  expect(() => refusePlan(kept(plan), plan)).not.toThrow();
});

describe('what is no plan is refused', () => {
  test.each<[string, unknown, string]>([
    ['another version', { ...plan, version: 2 }, 'it is of another version'],
    ['no system', { ...plan, to: {} }, 'to.system is missing'],
    ['a system that is no path', { ...plan, to: { system: 'x' } }, 'to.system is no path'],
    ['a number that is none', { ...plan, to: { system: '/x', generation: 'one' } }, 'to.generation is not an integer'],
    ['parts that are no lists', { ...plan, units: {} }, 'units is not a list'],
    ['a text', 'plan', 'is not an object'],
  ])('%s', (_, value, words) => {
    expect(() => kept(value)).toThrow(words);
  });
  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          parsePlan(text, 'plan.json');
        } catch (error) {
          expect(error).toMatchObject({ code: 'activate/plan-refused' });
        }
      }),
    );
  });
});

test('a plan that is not what would be done now is refused, and says what is otherwise', () => {
  const unit = {
    unit: 'a.service',
    action: 'start',
    reason: 'r',
    because: [],
    was: 'failed',
    realm: 'congruent',
  } as const;
  const changed: SwitchPlan = { ...plan, units: [{ ...unit, declared: undefined }], adopted: ['/etc/x'] };
  expect(() => refusePlan(plan, changed)).toThrow(
    'the machine has changed since the plan was made: adopted: /etc/x is otherwise; units: a.service is otherwise',
  );
  expect(() => refusePlan(changed, { ...changed, from: { generation: 1, system: '/y' } })).toThrow('from is otherwise');
});
