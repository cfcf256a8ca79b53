/** After all is changed: the machine has to be well, and somebody has to say so where that is asked for. */
import { faultPoint } from '../../base/fault.ts';
import type { ActivateError } from '../errors.ts';
import type { JournalHead } from '../journal.ts';
import type { MachineLayout } from '../layout.ts';
import type { Phase } from '../phase.ts';
import type { ServiceManager } from '../units/service-manager.ts';
import { batchesOf } from '../units/unit-values.ts';
import { awaitConfirmation, endConfirmation } from './confirm.ts';
import { checkHealth, type HealthPorts } from './health.ts';
import type { Prober } from './probes.ts';

export interface HealthPhasePorts {
  readonly layout: MachineLayout;
  readonly manager: ServiceManager;
  readonly probe: Prober;
  readonly pace?: HealthPorts['pace'];
  readonly signal?: AbortSignal | undefined;
  readonly log: (line: string) => void;
  readonly now: () => Date;
  /** Told of a machine that is not well and is left so, because that was asked for. */
  readonly unwell: (error: ActivateError) => void;
}

export class HealthPhase implements Phase {
  readonly name = 'health';
  readonly #ports: HealthPhasePorts;

  constructor(ports: HealthPhasePorts) {
    this.#ports = ports;
  }

  async beforeFiles(): Promise<void> {}

  async afterFiles(head: JournalHead): Promise<void> {
    const { live } = head;
    if (live === undefined) return;
    const { reload, restart, start } = batchesOf(live.units);
    const { manager, probe, signal, pace, log } = this.#ports;
    log('health');
    const question = {
      failedBefore: live.failed,
      touched: [...reload, ...restart, ...start],
      probes: live.probes,
      patience: live.waits,
    };
    try {
      await checkHealth(question, { manager, probe, signal, ...(pace === undefined ? {} : { pace }) });
    } catch (error) {
      if (live.revert || (error as ActivateError).code !== 'activate/unhealthy') throw error;
      this.#ports.unwell(error as ActivateError);
    }
    faultPoint('activate/healthy');
    if (live.confirm === undefined) return;
    log(`waiting ${live.confirm} s for sysbuild confirm`);
    await awaitConfirmation(this.#ports.layout, head, live.confirm, this.#ports);
  }

  async beforeUndo(): Promise<void> {
    endConfirmation(this.#ports.layout);
  }

  async afterUndo(): Promise<void> {}
}
