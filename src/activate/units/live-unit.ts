/** A unit as the running service manager has it. */

export type ActiveState =
  | 'active'
  | 'reloading'
  | 'activating'
  | 'deactivating'
  | 'inactive'
  | 'failed'
  | 'maintenance'
  | 'refreshing';

export interface LiveUnit {
  readonly name: string;
  /** `loaded`, `masked`, `not-found`, `bad-setting`, `error`… */
  readonly load: string;
  readonly active: ActiveState;
  readonly sub: string;
  /** Where its file is; empty where it has none. */
  readonly fragment: string;
  /** The sockets, timers and paths that start it. */
  readonly triggeredBy: readonly string[];
  /** The exit status of a service's main process: not 0 in `auto-restart` is a failure that is tried again. */
  readonly mainStatus: number;
  /** How often the service manager started it again by itself. */
  readonly restarts: number;
  /** Until when it has been in this state, as the manager's clock tells: another value is another start. */
  readonly since: string;
}

export type LiveUnits = ReadonlyMap<string, LiveUnit>;

export function isRunning(unit: LiveUnit | undefined): boolean {
  return unit !== undefined && ['active', 'activating', 'reloading', 'refreshing'].includes(unit.active);
}

/** Failed, or failing again and again. */
export function isFailing(unit: LiveUnit): boolean {
  return unit.active === 'failed' || (unit.sub.startsWith('auto-restart') && unit.mainStatus !== 0);
}
