/**
 * The service manager of a machine, as a switch needs it. `systemd.ts` is the real one; tests have one in memory.
 * Every call ends within the time that it is given.
 */
import type { LiveUnits } from './live-unit.ts';

export type UnitVerb = 'stop' | 'start' | 'restart' | 'reload';

/** What did not work, of one unit. */
export interface UnitFailure {
  readonly unit: string;
  readonly verb: UnitVerb;
  /** One line: `failed because the control process exited with error code`. */
  readonly why: string;
  /** What the service manager says of the unit, its last lines of log included. */
  readonly status: readonly string[];
}

/** A change of whole folders that a program of the machine makes take effect. */
export interface EffectCall {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

export interface ServiceManager {
  /** All loaded units, and these by name; by each of their names. With `only`, these alone. */
  live(names: readonly string[], only?: 'only'): Promise<LiveUnits>;
  /** Reads all unit files again; with `whole`, the manager itself starts anew. */
  readAgain(whole: boolean, seconds: number): Promise<void>;
  /** Brings units to another state; returns when all jobs have ended, with those that failed. */
  act(verb: UnitVerb, units: readonly string[], seconds: number): Promise<UnitFailure[]>;
  /** Forgets that these units failed. */
  forget(units: readonly string[]): Promise<void>;
  /** What is wrong with units, by their texts: a line each; empty when all is well. */
  verify(texts: ReadonlyMap<string, string>): Promise<string[]>;
  /** Who holds the machine back from going down or being changed: a line each. */
  inhibitors(): Promise<string[]>;
  /** Runs what makes changed folders take effect; undefined when it worked, else what it said. */
  effect(call: EffectCall, seconds: number): Promise<string | undefined>;
  /** Starts what the machine starts when it boots, without waiting for it. */
  continueBoot(): Promise<void>;
}
