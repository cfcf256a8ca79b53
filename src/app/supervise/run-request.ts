/** What is asked of a machine, as plain data: carried out here, or handed to a process of its own. */
import {
  applyPlan,
  type Machine,
  rollback,
  type SwitchPlan,
  type SwitchReport,
  stageForBoot,
  switchTo,
  tryOut,
} from '../../activate/index.ts';
import type { StorePath } from '../../formats/index.ts';

export type RunVerb = 'switch' | 'test' | 'boot' | 'rollback' | 'apply';

export interface RunRequest {
  readonly verb: RunVerb;
  /** Of `switch`, `test` and `boot`: the built system. */
  readonly system?: StorePath | undefined;
  /** Of `rollback`; undefined is the one before. */
  readonly generation?: number | undefined;
  /** Of `apply`. */
  readonly plan?: SwitchPlan | undefined;
  readonly label?: string | undefined;
  readonly wait: boolean;
  /** Seconds. */
  readonly confirm?: number | undefined;
  readonly revert: boolean;
  readonly ignoreInhibitors: boolean;
}

/** Carries a request out in this process. */
export function carryOut(
  machine: Machine,
  request: RunRequest,
  signal: AbortSignal,
  justPlanned?: SwitchPlan,
): Promise<SwitchReport> {
  const { label, wait, confirm, revert, ignoreInhibitors } = request;
  const options = { label, wait, confirm, revert, ignoreInhibitors, signal, justPlanned };
  switch (request.verb) {
    case 'switch':
      return switchTo(machine, request.system!, options);
    case 'test':
      return tryOut(machine, request.system!, options);
    case 'boot':
      return stageForBoot(machine, request.system!, options);
    case 'rollback':
      return rollback(machine, request.generation, options);
    case 'apply':
      return applyPlan(machine, request.plan!, options);
  }
}
