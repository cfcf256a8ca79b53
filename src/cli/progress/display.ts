/** A sink on the terminal, with an end. */
import type { Sink } from '../../base/events.ts';

export interface Display extends Sink {
  /** Takes away what moves, so that something else can be written. */
  clear(): void;
  /** Leaves the terminal as it was. */
  close(): void;
}
