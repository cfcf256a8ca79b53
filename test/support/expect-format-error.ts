/** The check that a rule is broken, by its code. */
import { expect } from 'vitest';
import { FormatError, type FormatErrorCode } from '../../src/formats/index.ts';

/** Runs a function that must throw a FormatError of this code; the error, for more checks. */
export function expectFormatError(code: FormatErrorCode, body: () => unknown): FormatError {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).code).toBe(code);
    return error as FormatError;
  }
  throw new Error(`nothing was thrown, where ${code} should be`);
}
