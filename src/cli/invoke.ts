/** Runs one command with all it needs around it: settings, terminal, progress display, and a way to be interrupted. */
import type { Config } from '../app/index.ts';
import type { Command, Invocation } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Parsed } from './parse.ts';
import type { Display } from './progress/display.ts';
import { openDisplay } from './progress/sinks.ts';
import { clearingFirst, openTerminal } from './terminal.ts';

export async function invoke(
  command: Command,
  parsed: Parsed,
  config: Config,
  allCommands: () => Promise<Command[]>,
): Promise<number> {
  const { settings } = config;
  const terminal = openTerminal(process.env, settings.color);
  const given = (name: string): readonly (readonly string[])[] => parsed.given.get(name) ?? [];
  const display = openDisplay(terminal, {
    format: settings['log-format'],
    logs: settings['print-build-logs'] || given('verbose').length > 0,
    quiet: given('quiet').length > 0,
  });
  for (const warning of config.warnings) display.emit({ type: 'message', level: 'warn', text: warning });
  const interrupts = new Interrupts(display);
  const invocation: Invocation = {
    command,
    operands: parsed.operands,
    flag: (name) => given(name).length > 0,
    value: (name) => given(name).at(-1)?.[0],
    values: (name) => given(name).map((values) => values[0]!),
    pairs: (name) => given(name).map((values) => [values[0]!, values[1]!] as const),
    config,
    env: process.env,
    cwd: process.cwd(),
    terminal: clearingFirst(terminal, () => display.clear()),
    sink: display,
    allCommands,
    get signal() {
      return interrupts.signal;
    },
    abruptly: (work) => interrupts.abruptly(work),
  };
  try {
    return (await command.run(invocation)) ?? exitCodes.ok.code;
  } finally {
    display.close();
  }
}

/**
 * What Ctrl-C does. As long as nobody asked for the signal, it ends the process, as it does while work runs that
 * JavaScript cannot interrupt. Otherwise the first one asks the work to stop and clean up, the second ends it.
 */
class Interrupts {
  readonly #display: Display;
  #controller: AbortController | undefined;
  readonly #onSignal = (): void => {
    const controller = this.#controller!;
    if (controller.signal.aborted) process.exit(exitCodes.interrupted.code);
    this.#display.emit({ type: 'message', level: 'notice', text: 'interrupted: cleaning up (again to end at once)' });
    controller.abort();
  };

  constructor(display: Display) {
    this.#display = display;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#listen(true);
    }
    return this.#controller.signal;
  }

  abruptly<T>(work: () => T): T {
    if (this.#controller === undefined) return work();
    this.#controller.signal.throwIfAborted();
    this.#listen(false);
    try {
      return work();
    } finally {
      this.#listen(true);
    }
  }

  #listen(on: boolean): void {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      if (on) process.on(name, this.#onSignal);
      else process.off(name, this.#onSignal);
    }
  }
}
