/** The rules of a switch for one place. Pure. */
import { ActivateError } from './errors.ts';
import type { Step, StepAction, StepReason, Target } from './plan-values.ts';
import { type DesiredEntry, describeState, isAsDesired, type Observed, sameContent } from './tree-state.ts';

/** All that decides what happens to a place. */
export interface PlaceFacts {
  readonly path: string;
  readonly seen: Observed;
  /** It is a folder that holds something that is not ours. */
  readonly foreignInside: boolean;
  readonly had: DesiredEntry | undefined;
  readonly wanted: DesiredEntry | undefined;
  /** The number of the saved file that was here before us. */
  readonly original: number | undefined;
  /** It is a folder that we made. */
  readonly madeFolder: boolean;
  /** Wanted files are below it. */
  readonly neededAsFolder: boolean;
}

export type Decision =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'keep' }
  | { readonly kind: 'adopt' }
  | { readonly kind: 'left'; readonly why: string }
  /** Nothing is here, or it is decided elsewhere. */
  | { readonly kind: 'none' };

/**
 * What to do where the new generation wants something.
 * @throws ActivateError `activate/in-the-way`
 */
export function decideWanted(facts: PlaceFacts, wanted: DesiredEntry): Decision {
  const { seen, had } = facts;
  if (isAsDesired(wanted.state, seen)) return { kind: had === undefined ? 'adopt' : 'keep' };
  if (seen.kind === 'other') {
    throw new ActivateError(
      'activate/in-the-way',
      `${seen.what} is at '${facts.path}', where ${wanted.declared.option} belongs`,
      {
        details: { path: facts.path, found: seen.what, option: wanted.declared.option },
        hint: 'move it away, or leave the file out of the configuration',
      },
    );
  }
  const step = (action: StepAction, reason: StepReason): Decision => ({
    kind: 'step',
    step: makeStep(facts, wanted, action, reason, wanted.state),
  });
  if (wanted.state.kind === 'directory') return decideFolder(facts, wanted, step);
  if (seen.kind === 'absent') return step('create', had === undefined ? 'new' : 'was missing');
  return step('replace', reasonToReplace(facts, wanted));
}

function decideFolder(
  facts: PlaceFacts,
  wanted: DesiredEntry,
  step: (action: StepAction, reason: StepReason) => Decision,
): Decision {
  const { seen, had } = facts;
  if (seen.kind === 'directory') return step('set-attributes', 'attributes changed');
  if (seen.kind !== 'absent') return step('replace', reasonToReplace(facts, wanted));
  if (facts.wanted === undefined) return step('make-folder', 'folder of a declared file');
  return step('make-folder', had === undefined ? 'new' : 'was missing');
}

function reasonToReplace(facts: PlaceFacts, wanted: DesiredEntry): StepReason {
  if (bytesAtRisk(facts, wanted) === 'foreign') return 'was in the way';
  if (bytesAtRisk(facts, wanted) === 'edited') return 'was edited';
  if (sameContent(wanted.state, facts.seen)) return 'attributes changed';
  return facts.had === undefined || facts.had.state.kind === wanted.state.kind ? 'content changed' : 'kind changed';
}

/** What to do where the old generation had something and the new one wants nothing. */
export function decideGone(facts: PlaceFacts): Decision {
  const { seen, had, original } = facts;
  // A folder that wanted files need stays, or is made where something else was.
  if (had === undefined || seen.kind === 'absent' || facts.neededAsFolder) return { kind: 'none' };
  if (had.state.kind === 'directory') {
    if (seen.kind !== 'directory' || !facts.madeFolder) return { kind: 'none' };
    return { kind: 'step', step: makeStep(facts, had, 'remove-folder', 'not declared any more', { kind: 'absent' }) };
  }
  if (seen.kind === 'directory' || seen.kind === 'other') {
    return { kind: 'left', why: `${describeState(seen)} is there now, which is not ours` };
  }
  if (original !== undefined) {
    const after: Target = { kind: 'original', backup: original };
    return { kind: 'step', step: makeStep(facts, had, 'put-back', 'not declared any more', after) };
  }
  return { kind: 'step', step: makeStep(facts, had, 'remove', 'not declared any more', { kind: 'absent' }) };
}

function makeStep(facts: PlaceFacts, entry: DesiredEntry, action: StepAction, reason: StepReason, after: Target): Step {
  const { path, seen } = facts;
  const { realm, declared } = entry;
  return { path, action, reason, realm, declared, before: seen, after, saves: bytesAtRisk(facts, facts.wanted) };
}

/** Whether the place holds bytes that are in no generation: those of a file that is not ours, or an edit of ours. */
function bytesAtRisk(facts: PlaceFacts, wanted: DesiredEntry | undefined): 'foreign' | 'edited' | undefined {
  const { seen, had } = facts;
  if (seen.kind === 'absent' || seen.kind === 'other') return undefined;
  if (seen.kind === 'directory') {
    if (wanted === undefined || wanted.state.kind === 'directory') return undefined;
    return facts.foreignInside || !facts.madeFolder ? 'foreign' : undefined;
  }
  if (wanted !== undefined && sameContent(wanted.state, seen)) return undefined;
  if (had === undefined) return 'foreign';
  return sameContent(had.state, seen) ? undefined : 'edited';
}
