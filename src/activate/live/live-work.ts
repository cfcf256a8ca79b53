/** What a switch does to a machine that runs, besides its files: a value of the journal, so that it can be gone on with. */
import type { Probe } from '../manifest.ts';
import type { EffectCall } from '../units/service-manager.ts';
import type { UnitStep } from '../units/unit-values.ts';

export interface LiveWork {
  /** Which boot of the machine it was: after another one, nothing of it runs any more. */
  readonly boot: string;
  readonly units: readonly UnitStep[];
  /** Units that ran, and units that failed, before anything was changed. */
  readonly running: readonly string[];
  readonly failed: readonly string[];
  readonly effects: readonly EffectCall[];
  /** Unit files changed: they are to be read again. */
  readonly readAgain: boolean;
  /** The service manager's own settings changed. */
  readonly anew: boolean;
  readonly probes: readonly Probe[];
  /** Seconds for each job. */
  readonly waits: number;
  /** Seconds within which somebody has to confirm; undefined: nobody has to. */
  readonly confirm: number | undefined;
  /** Put everything back when units fail; otherwise they are told and the generation stays. */
  readonly revert: boolean;
}
