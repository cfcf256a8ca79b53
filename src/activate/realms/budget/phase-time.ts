/** The time that one phase of a change may take: asked between two steps, where all of it can still be undone. */
import { ActivateError } from '../../errors.ts';

export class PhaseTime {
  readonly #seconds: number;
  readonly #now: () => number;
  #phase = '';
  #since = 0;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(seconds: number, now: () => number = () => performance.now()) {
    this.#seconds = seconds;
    this.#now = now;
  }

  begin(phase: string): void {
    this.#phase = phase;
    this.#since = this.#now();
  }

  /** @throws ActivateError `activate/budget` when the phase has taken longer */
  check(): void {
    if (this.#now() - this.#since <= this.#seconds * 1000) return;
    throw new ActivateError('activate/budget', `${this.#phase} took longer than ${this.#seconds} seconds`, {
      details: { phase: this.#phase, seconds: this.#seconds },
      hint: 'budgets.phase of the switch settings says how long a phase may take',
    });
  }
}
