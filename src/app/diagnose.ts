/** Errors of every room as diagnostics. */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SysbuildError } from '../base/errors.ts';

export async function diagnosticOf(error: SysbuildError): Promise<Diagnostic> {
  // Errors of the language know their positions; the room is loaded already when one was thrown.
  if (error.code.startsWith('lang/')) {
    const { diagnosticOf: ofLanguage } = await import('../lang/index.ts');
    return ofLanguage(error);
  }
  const { code, message, hint, details } = error;
  return { severity: 'error', code, message, trace: [], hint, details };
}
