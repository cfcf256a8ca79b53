/** Numbers as C's `printf` writes them, which rounds halves to even where JavaScript rounds up. */

/** The first digits of a finite number that is not 0, and the power of ten of the first of them. */
function decimal(value: number): { digits: string; exponent: number } {
  // No double lies so near to a half, without being one, that it would take more digits to tell.
  const [mantissa, exponent] = Math.abs(value).toExponential(60).split('e') as [string, string];
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

/** The number rounded to `count` significant digits (0 is allowed: then it is one digit before them, or none). */
function rounded(value: number, count: number): { digits: string; exponent: number } {
  const { digits, exponent } = decimal(value);
  const kept = digits.slice(0, Math.max(count, 0));
  const rest = count < 0 ? '' : digits.slice(count);
  const half = `5${'0'.repeat(Math.max(rest.length - 1, 0))}`;
  const odd = kept !== '' && Number(kept.at(-1)) % 2 === 1;
  if (rest < half || (rest === half && !odd)) return { digits: kept, exponent };
  const up = String(BigInt(kept === '' ? '0' : kept) + 1n).padStart(kept.length, '0');
  return up.length > kept.length
    ? { digits: up.slice(0, Math.max(count, 1)), exponent: exponent + 1 }
    : { digits: up, exponent };
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return '-nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return undefined;
}

const signOf = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '');

/** `%.{count}g`. */
export function generalText(value: number, count: number): string {
  const word = special(value);
  if (word !== undefined) return word;
  if (value === 0) return `${signOf(value)}0`;
  const { digits, exponent } = rounded(value, count);
  const bare = digits.replace(/0+$/, '') || '0';
  if (exponent < -4 || exponent >= count) {
    const fraction = bare.length > 1 ? `.${bare.slice(1)}` : '';
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${signOf(value)}${bare[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
  }
  return signOf(value) + placePoint(bare, exponent);
}

/** Digits, the first of which counts `10^exponent`, in positional notation. */
function placePoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, '0');
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** `%f`: six digits after the point; what `toString` of a float gives. */
export function fixedText(value: number): string {
  const word = special(value);
  if (word !== undefined) return word;
  if (Number.isInteger(value)) return `${signOf(value)}${BigInt(Math.abs(value))}.000000`;
  const { exponent } = decimal(value);
  const count = exponent + 7;
  if (count < 0) return `${signOf(value)}0.000000`;
  const { digits, exponent: power } = rounded(value, count);
  if (digits === '') return `${signOf(value)}0.000000`;
  const text = placePoint(digits, power);
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  return `${signOf(value)}${whole}.${fraction.padEnd(6, '0')}`;
}
