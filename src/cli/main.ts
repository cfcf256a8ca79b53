/** The program: finds the command, runs it, and ends with its exit code. Errors become words here and nowhere else. */
import { commandTable, findCommand } from './commands/index.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** Runs the words after the program's name and returns the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const terminal = openTerminal(process.env);
  let showTrace = false;
  try {
    const found = findCommand(words);
    if (found.kind === 'help') return await overview(terminal, found.asked);
    if (found.kind === 'version') return await printVersion(terminal);
    const command = await found.load();
    const { parseWords } = await import('./parse.ts');
    const parsed = parseWords(command, found.rest);
    if (parsed.given.has('help')) {
      const { renderHelp } = await import('./help.ts');
      terminal.out(renderHelp(command, terminal.outTheme));
      return exitCodes.ok.code;
    }
    const { loadConfig } = await import('../app/index.ts');
    const config = loadConfig(process.env, process.cwd(), parsed.assignments);
    showTrace = config.settings['show-trace'];
    const { invoke } = await import('./invoke.ts');
    return await invoke(command, parsed, config, () => Promise.all(commandTable.map((entry) => entry.load())));
  } catch (error) {
    const { report } = await import('./report.ts');
    report(error, terminal, showTrace);
    return exitCodeOf(error).code;
  }
}

async function overview(terminal: Terminal, asked: boolean): Promise<number> {
  const { renderOverview } = await import('./help.ts');
  if (asked) terminal.out(renderOverview(commandTable, terminal.outTheme));
  else terminal.err(renderOverview(commandTable, terminal.theme));
  return asked ? exitCodes.ok.code : exitCodes.usage.code;
}

async function printVersion(terminal: Terminal): Promise<number> {
  const { version } = await import('../app/index.ts');
  terminal.out(`sysbuild ${version()}\n`);
  return exitCodes.ok.code;
}

main(process.argv.slice(2)).then((code) => process.exit(code));
