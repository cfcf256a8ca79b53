/**
 * What a command is: plain declarations, from which come its parser, its help, shell completion and the manual
 * pages of `docs/`. A command's file is loaded when the command is run or asked about, and not before.
 */
import type { Config } from '../app/index.ts';
import type { Sink } from '../base/events.ts';
import type { Terminal } from './terminal.ts';

/** What shells complete for a value. */
export type Completion = 'file' | 'directory' | 'none' | readonly string[];

export interface Option {
  /** Without dashes. */
  readonly long: string;
  /** One letter. */
  readonly short?: string;
  /** A placeholder for each value that the option takes; none: a flag. */
  readonly values: readonly string[];
  /** One sentence. */
  readonly doc: string;
  /** May be given several times; the values add up. */
  readonly many?: boolean;
  readonly completes?: Completion;
  /** Left out of help: accepted for those who bring their scripts. */
  readonly hidden?: boolean;
}

export interface Example {
  readonly command: string;
  readonly what: string;
}

export interface Command {
  /** As typed, `store gc` for a verb of a group. */
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** `[FILE]… [-- CMD…]`; empty when there are none. */
  readonly operands: string;
  readonly operandsComplete?: Completion;
  /** Most operands, where there is a most. */
  readonly most?: number;
  /** Paragraphs below the summary. */
  readonly description?: string;
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  /** The exit code; undefined is success. */
  run(invocation: Invocation): Promise<number | undefined>;
}

/** A command as it was called. */
export interface Invocation {
  readonly command: Command;
  readonly operands: readonly string[];
  flag(name: string): boolean;
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  /** Of an option with two values. */
  pairs(name: string): readonly (readonly [string, string])[];
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly terminal: Terminal;
  /** Where the core's events go: the progress display. */
  readonly sink: Sink;
  /** Every command there is, loaded. */
  allCommands(): Promise<Command[]>;
  /** Aborted by the first Ctrl-C, once somebody asked for it; before that, Ctrl-C ends the process. */
  readonly signal: AbortSignal;
  /** Runs work that Ctrl-C may end on the spot. */
  abruptly<T>(work: () => T): T;
}
