/** What a switch does to the units of the running machine, as a value: part of the plan that is shown and carried out. */
import type { Declaration, Realm } from '../manifest-fields.ts';

export type UnitAction =
  /** Its old form ends before the files change; it does not come back. */
  | 'stop'
  /** Its old form ends before the files change, its new one begins after. */
  | 'stop-start'
  | 'restart'
  | 'reload'
  | 'start'
  /** It is gone and had failed: the failure is forgotten. */
  | 'forget'
  /** Nothing is done, though there would be reason to: the plan says why not. */
  | 'skip';

export interface UnitStep {
  readonly unit: string;
  readonly action: UnitAction;
  readonly reason: string;
  /** What led to it, one line each: changed directives, links that ask for it. */
  readonly because: readonly string[];
  /** Its state when the plan was made. */
  readonly was: string;
  readonly realm: Realm;
  /** Undefined for a unit that nobody declares: a timer of a service, say. */
  readonly declared: Declaration | undefined;
}

/** The steps of a plan by when they are carried out. */
export interface UnitBatches {
  readonly stop: readonly string[];
  readonly forget: readonly string[];
  readonly reload: readonly string[];
  readonly restart: readonly string[];
  readonly start: readonly string[];
}

export function batchesOf(steps: readonly UnitStep[]): UnitBatches {
  const of = (...actions: readonly UnitAction[]): string[] =>
    steps.filter((step) => actions.includes(step.action)).map((step) => step.unit);
  return {
    stop: of('stop', 'stop-start'),
    forget: of('forget'),
    reload: of('reload'),
    restart: of('restart'),
    start: of('start', 'stop-start'),
  };
}
