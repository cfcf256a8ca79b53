/**
 * Where a build runs. The rest of the room prepares a builder and takes its outputs; a place starts it and says how
 * it ended: in a sandbox, without one, or one day on another machine.
 */
import type { Derivation, StorePath } from '../formats/index.ts';
import type { BuilderEnvironment } from './environment.ts';
import type { Room } from './workspace.ts';

export interface BuilderJob {
  readonly drvPath: StorePath;
  readonly derivation: Derivation;
  readonly environment: BuilderEnvironment;
  /** All store paths that the builder may see, closed under references. */
  readonly inputs: readonly StorePath[];
  /** The one of them whose entries the builder finds in its root folder, if it wants that. */
  readonly root: StorePath | undefined;
  readonly room: Room;
  readonly network: boolean;
  /** Receives what the builder writes to stdout and stderr. */
  readonly output: (chunk: Buffer) => void;
  /** Ends the builder, and everything that it started. */
  readonly signal: AbortSignal;
}

/** How a builder ended: with its exit status (128 + n for signal n), or without having run at all. */
export type Ending =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'not-started'; readonly why: string };

export interface BuildPlace {
  /** The builder's working folder as the builder sees it. */
  buildDir(room: Room): string;
  /** The folder in which outputs are made, under the base names of their scratch paths. */
  outputFolder(room: Room): string;
  /** Whether a builder can see, and so would overwrite, outputs that exist already. */
  readonly seesStore: boolean;
  run(job: BuilderJob): Promise<Ending>;
  /** At the end of the run. */
  close(): void;
}
