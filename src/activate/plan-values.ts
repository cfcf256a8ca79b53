/** The plan of a switch as a value: what `--dry-run` and `--json` print and what is then applied. */
import type { Declaration, Realm } from './manifest.ts';
import type { Desired, Observed } from './tree-state.ts';

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

export interface SwitchPlan {
  readonly from: { readonly generation: number; readonly system: string } | undefined;
  /** `generation` is undefined when a new number is to be given. */
  readonly to: { readonly generation: number | undefined; readonly system: string };
  readonly steps: readonly Step[];
  /** Files that were there already, just as declared. */
  readonly adopted: readonly string[];
  /** Places that are no longer declared, where something of somebody else is now. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
  readonly unchanged: number;
}
