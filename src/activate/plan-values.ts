/** The plan of a switch as a value: what `--dry-run` and `--json` print and what is then applied. */
import type { AccountStep } from './accounts/account-values.ts';
import type { Declaration, Realm } from './manifest-fields.ts';
import type { Desired, Observed } from './tree-state.ts';
import type { EffectCall } from './units/service-manager.ts';
import type { UnitStep } from './units/unit-values.ts';

export type StepAction =
  | 'create'
  | 'replace'
  | 'remove'
  /** The file that was there before us comes back. */
  | 'put-back'
  | 'make-folder'
  | 'set-attributes'
  /** Only when it is empty then. */
  | 'remove-folder';

/** Why a step is taken, in words that are shown as they are. */
export type StepReason =
  | 'new'
  | 'content changed'
  | 'attributes changed'
  | 'kind changed'
  | 'was missing'
  | 'was edited'
  | 'was in the way'
  | 'not declared any more'
  | 'not needed any more'
  | 'folder of a declared file';

/** What a place is to become. `original`: the saved foreign file of this number. */
export type Target = Desired | { readonly kind: 'absent' } | { readonly kind: 'original'; readonly backup: number };

export interface Step {
  /** As a path of the machine. */
  readonly path: string;
  readonly action: StepAction;
  readonly reason: StepReason;
  readonly realm: Realm;
  /** Undefined for folders that nobody declares. */
  readonly declared: Declaration | undefined;
  /** What was seen when the plan was made; a switch refuses when it has changed. */
  readonly before: Observed;
  readonly after: Target;
  /** Bytes that are kept in a numbered backup first: of a file that was never ours, or of an edit of one that is. */
  readonly saves: 'foreign' | 'edited' | undefined;
}

/** What happens to files. */
export interface FilePlan {
  readonly steps: readonly Step[];
  /** Files that were there already, just as declared. */
  readonly adopted: readonly string[];
  /** Places where something of somebody else is, which is left as it is. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
  readonly unchanged: number;
}

/** A question that is asked before the first change, or after the last one and before the generation becomes current. */
export interface Check {
  readonly name: string;
  readonly when: 'before' | 'after';
  readonly reason: string;
  readonly realm: Realm;
  readonly declared: Declaration | undefined;
}

/** All that a switch does, each part with its reasons. The empty kinds have no modules yet. */
export interface SwitchPlan {
  readonly version: 1;
  /** `system` is what the files on disk are of: on trial, another one than the generation's. */
  readonly from: { readonly generation: number; readonly system: string } | undefined;
  /** `generation` is undefined when a new number is to be given. */
  readonly to: { readonly generation: number | undefined; readonly system: string };
  readonly files: readonly Step[];
  readonly adopted: readonly string[];
  readonly left: readonly { readonly path: string; readonly why: string }[];
  readonly unchanged: number;
  readonly users: readonly AccountStep[];
  readonly units: readonly UnitStep[];
  /** Programs that make changed folders take effect. */
  readonly effects: readonly EffectCall[];
  readonly mounts: readonly never[];
  readonly secrets: readonly never[];
  readonly boot: null;
  readonly checks: readonly Check[];
}

/** Whether a plan changes anything; a step that is skipped does not. */
export function changesAnything(plan: SwitchPlan): boolean {
  return plan.files.length > 0 || plan.users.length > 0 || plan.units.some((step) => step.action !== 'skip');
}
