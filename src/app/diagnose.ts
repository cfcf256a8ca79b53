/** Errors of every room as diagnostics. */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SysbuildError } from '../base/errors.ts';

const known = new WeakMap<SysbuildError, Diagnostic>();

/** Notes what is to be told of an error, by who can still ask about it: its evaluation, before that is closed. */
export function noteDiagnostic(error: SysbuildError, diagnostic: Diagnostic): void {
  known.set(error, diagnostic);
}

export function diagnosticOf(error: SysbuildError): Diagnostic {
  const { code, message, hint, details } = error;
  return known.get(error) ?? { severity: 'error', code, message, trace: [], hint, details };
}
