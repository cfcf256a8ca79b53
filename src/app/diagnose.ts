/** Errors of every room as diagnostics. */
import type { Diagnostic, Frame } from '../base/diagnostic.ts';
import type { SysbuildError } from '../base/errors.ts';
import { modulesDirectory } from './installation.ts';

const known = new WeakMap<SysbuildError, Diagnostic>();

/** Notes what is to be told of an error, by who can still ask about it: its evaluation, before that is closed. */
export function noteDiagnostic(error: SysbuildError, diagnostic: Diagnostic): void {
  known.set(error, diagnostic);
}

/** The module library's own lines of a trace are details: what the user wrote comes first. */
export function withoutLibrary(diagnostic: Diagnostic): Diagnostic {
  const library = `${modulesDirectory()}/`;
  const isOwn = ({ position }: Frame): boolean => position?.file.startsWith(library) === true;
  if (!diagnostic.trace.some((frame) => !isOwn(frame))) return diagnostic;
  const trace = diagnostic.trace.map((frame) => (isOwn(frame) ? { ...frame, detail: true } : frame));
  return { ...diagnostic, trace };
}

export function diagnosticOf(error: SysbuildError): Diagnostic {
  const { code, message, hint, details } = error;
  return known.get(error) ?? { severity: 'error', code, message, trace: [], hint, details };
}
