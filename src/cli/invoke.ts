/** Runs one command with all it needs around it: settings, terminal, progress display, and a way to be interrupted. */
import type { Config } from '../app/index.ts';
import type { Command, Invocation } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Parsed } from './parse.ts';
import { type Display, openDisplay } from './progress/sinks.ts';
import { openTerminal } from './terminal.ts';

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
    terminal,
    sink: display,
    allCommands,
    signal: interruptible(display),
  };
  try {
    return (await command.run(invocation)) ?? exitCodes.ok.code;
  } finally {
    display.close();
  }
}

/** The first Ctrl-C asks the work to stop and clean up; the second ends the process where it stands. */
function interruptible(display: Display): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted.code);
    display.emit({ type: 'message', level: 'notice', text: 'interrupted: cleaning up (again to end at once)' });
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  return controller.signal;
}
