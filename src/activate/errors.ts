/** The closed error family of the activate room: one code for each rule that a switch can find broken. */
import { type ErrorDetails, SysbuildError } from '../base/errors.ts';

export type ActivateErrorCode =
  /** The built path has no manifest, or one that is not of the known form. */
  | 'activate/manifest'
  /** A source, owner or place in the manifest that cannot be carried out. */
  | 'activate/unresolvable'
  /** Something that a switch must not replace is where a file belongs. */
  | 'activate/in-the-way'
  /** The path to a file leads into the store. */
  | 'activate/path'
  /** Another switch of this machine is under way. */
  | 'activate/locked'
  /** The machine changed between plan and apply. */
  | 'activate/changed-meanwhile'
  | 'activate/no-space'
  /** The plan that was to be applied is not what would be done now. */
  | 'activate/plan-refused'
  /** Something that can be known before the first change stands against it. */
  | 'activate/preflight'
  /** A declared account has another number on the machine. */
  | 'activate/id-change'
  /** The service manager cannot be asked. */
  | 'activate/service-manager'
  /** Units could not be brought to their new form. */
  | 'activate/units'
  /** A unit failed, or a probe did, after all changes were made. */
  | 'activate/unhealthy'
  /** The switch was not confirmed in time. */
  | 'activate/unconfirmed'
  /** What carried out the switch was killed. */
  | 'activate/interrupted'
  /** The caller may not change the machine's root. */
  | 'activate/permission'
  | 'activate/no-generation'
  /** A change failed; what was done is undone. */
  | 'activate/reverted'
  /** A change failed, and undoing it failed too. */
  | 'activate/revert-failed'
  /** The generation is current, and what is left of the switch could not be removed. */
  | 'activate/not-finished'
  | 'activate/journal'
  /** Convergent resources that cannot be seen to: an impossible order, settings of another form. */
  | 'activate/converge'
  | 'activate/override'
  /** A budget does not hold. */
  | 'activate/budget'
  | 'activate/enter';

export class ActivateError extends SysbuildError {
  readonly code: ActivateErrorCode;

  constructor(code: ActivateErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, options);
    this.code = code;
  }
}
