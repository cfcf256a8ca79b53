/** An error in words on standard error. */
import { diagnosticOf } from '../app/index.ts';
import { SysbuildError } from '../base/errors.ts';
import { isAbort } from './exit-codes.ts';
import { renderDiagnostic } from './render/diagnostic.ts';
import type { Terminal } from './terminal.ts';

export function report(error: unknown, terminal: Terminal, showTrace: boolean): void {
  if (isAbort(error)) terminal.err('interrupted\n');
  else if (error instanceof SysbuildError && error.code !== 'internal') {
    terminal.err(`${renderDiagnostic(diagnosticOf(error), terminal.theme, showTrace)}\n`);
  } else terminal.err(bugReport(error, terminal));
}

function bugReport(error: unknown, { theme }: Terminal): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    `${theme.error('error:')} this is a bug in sysbuild, not a mistake of yours`,
    stack,
    `Please report it with the lines above, the command that you ran (sysbuild ${process.argv.slice(2).join(' ')}),`,
    `and the output of "sysbuild --version" and "node --version" (here ${process.version}).`,
    '',
  ].join('\n');
}
