/** Picks the sink that a run's events go to. */
import type { Terminal } from '../terminal.ts';
import type { Display } from './display.ts';
import { FancySink } from './fancy.ts';
import { InternalJsonSink } from './internal-json.ts';
import { JsonSink } from './json.ts';
import { PlainSink } from './plain.ts';

export interface DisplayOptions {
  readonly format: 'auto' | 'bar' | 'plain' | 'json' | 'internal-json';
  /** Show what builders write. */
  readonly logs: boolean;
  readonly quiet: boolean;
}

export function openDisplay(terminal: Terminal, options: DisplayOptions): Display {
  if (options.format === 'json') return new JsonSink(terminal);
  if (options.format === 'internal-json') return new InternalJsonSink(terminal);
  const live = options.format === 'bar' || (options.format === 'auto' && terminal.interactive);
  if (live && !options.quiet) return new FancySink(terminal, options.logs);
  return new PlainSink(terminal, options);
}
