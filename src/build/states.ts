/**
 * The states of one derivation in a run, and the only function that changes them.
 *
 *     waiting ──last input done──▶ queued ──slot──▶ running ──▶ done
 *        │                           │                └──────▶ failed
 *        └──an input failed──────────┴──cancel──▶ skipped
 *
 * `done`, `failed` and `skipped` are final. What is there already starts as `done`.
 */
import { assertNever, invariant } from '../base/assert.ts';
import type { StorePath } from '../formats/index.ts';
import type { BuildError } from './errors.ts';

/** How an output came to be there: found, built in this run, fetched, or known under the resolved derivation. */
export type Origin = 'present' | 'built' | 'substituted' | 'resolved';

export type NodeState =
  | { readonly kind: 'waiting'; readonly missing: number }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly outputs: ReadonlyMap<string, StorePath>; readonly origin: Origin }
  | { readonly kind: 'failed'; readonly error: BuildError }
  /** `because`: the derivation whose failure stopped this one, or undefined when the run was cancelled. */
  | { readonly kind: 'skipped'; readonly because: StorePath | undefined };

export type NodeEvent =
  | { readonly type: 'input-done' }
  | { readonly type: 'input-failed'; readonly drvPath: StorePath }
  | { readonly type: 'start' }
  | { readonly type: 'finish'; readonly outputs: ReadonlyMap<string, StorePath>; readonly origin: Origin }
  | { readonly type: 'fail'; readonly error: BuildError }
  | { readonly type: 'cancel' };

export type FinalState = Extract<NodeState, { kind: 'done' | 'failed' | 'skipped' }>;

export function initialState(missingInputs: number): NodeState {
  return missingInputs === 0 ? { kind: 'queued' } : { kind: 'waiting', missing: missingInputs };
}

export function isFinal(state: NodeState): state is FinalState {
  return state.kind === 'done' || state.kind === 'failed' || state.kind === 'skipped';
}

/** The state after an event. An event that cannot happen in a state is a bug, and is reported as one. */
export function transition(state: NodeState, event: NodeEvent): NodeState {
  switch (event.type) {
    case 'input-done':
      // A node that another input's failure has skipped stays so.
      if (state.kind === 'skipped') return state;
      invariant(state.kind === 'waiting', `an input of a ${state.kind} node is done`);
      return initialState(state.missing - 1);
    case 'input-failed':
      if (state.kind === 'skipped') return state;
      invariant(state.kind === 'waiting', `an input of a ${state.kind} node failed`);
      return { kind: 'skipped', because: event.drvPath };
    case 'start':
      invariant(state.kind === 'queued', `start of a ${state.kind} node`);
      return { kind: 'running' };
    case 'finish':
      invariant(state.kind === 'running', `finish of a ${state.kind} node`);
      return { kind: 'done', outputs: event.outputs, origin: event.origin };
    case 'fail':
      invariant(state.kind === 'running', `failure of a ${state.kind} node`);
      return { kind: 'failed', error: event.error };
    case 'cancel':
      return isFinal(state) || state.kind === 'running' ? state : { kind: 'skipped', because: undefined };
    default:
      return assertNever(event);
  }
}
