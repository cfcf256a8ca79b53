/** Plans as files: JSON that `plan --out` writes and `apply` reads. */
import { ActivateError } from './errors.ts';
import { FieldError, Fields } from './json-fields.ts';
import type { SwitchPlan } from './plan-values.ts';

/**
 * Reads a plan. Only its head is looked at: what it says is compared, whole, with what would be done, and never believed.
 * @throws ActivateError `activate/plan-refused`
 */
export function parsePlan(text: string, where: string): SwitchPlan {
  try {
    const fields = Fields.parse(text);
    if (fields.number('version') !== 1) throw new FieldError('it is of another version');
    const to = fields.object('to');
    if (!to.string('system').startsWith('/')) throw new FieldError('to.system is no path');
    if (to.has('generation')) to.number('generation');
    for (const part of ['files', 'users', 'units', 'checks']) fields.list(part, (entry) => entry);
    return JSON.parse(text) as SwitchPlan;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new ActivateError('activate/plan-refused', `'${where}' is not a plan: ${error.message}`, {
      details: { path: where },
      hint: 'sysbuild plan --out FILE writes one',
    });
  }
}
