/** Floats as text, and the signs of those that are no numbers. */
import { fixedText, generalText } from '../float-text.ts';
import { Float, type Forced, unsignedNaN } from './value.ts';

/** What an operation on two numbers gave: of operands that are NaN, the first is the result as it is. */
export function floatOf(result: number, a: Forced, b: Forced): Float {
  if (!Number.isNaN(result)) return new Float(result);
  const first = a instanceof Float && Number.isNaN(a.value) ? a : b;
  return first === unsignedNaN ? unsignedNaN : new Float(result);
}

/** `%g` with six significant digits: how the language prints a float. */
export function formatFloat(float: Float): string {
  return float === unsignedNaN ? 'nan' : generalText(float.value, 6);
}

/** `%f`: six digits after the point; what `toString` of a float gives. */
export function formatFixed(float: Float): string {
  return float === unsignedNaN ? 'nan' : fixedText(float.value);
}
