/** What one build is given: the run that it belongs to, and the derivation to build. */
import type { Sink } from '../base/events.ts';
import type { Derivation, StorePath } from '../formats/index.ts';
import type { LocalStore } from '../store/index.ts';
import type { Settings } from './options.ts';
import type { Registry } from './outputs/registry.ts';
import type { Resources } from './resources.ts';

export interface BuildContext {
  readonly store: LocalStore;
  /** What is valid, as this run sees it. */
  readonly registry: Registry;
  readonly settings: Settings;
  readonly resources: Resources;
  readonly sink: Sink;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

export interface BuildTarget {
  readonly drvPath: StorePath;
  readonly derivation: Derivation;
  /** The derivation that this one is the resolved form of, if it is one. */
  readonly original: StorePath | undefined;
  /** The outputs of input derivations that it needs. */
  readonly inputs: readonly StorePath[];
  /** Build although everything is there, and compare. */
  readonly again: boolean;
}
