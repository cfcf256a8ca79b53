/** A sink on the terminal, with an end. */
import type { Sink } from '../../base/events.ts';

export interface Display extends Sink {
  /** Leaves the terminal as it was. */
  close(): void;
}
