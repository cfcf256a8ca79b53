/**
 * Doubles as Nix prints them in JSON: digits by the algorithm Grisu2 (F. Loitsch, "Printing Floating-Point Numbers
 * Quickly and Accurately with Integers", 2010), always with a fraction or an exponent. Grisu2 finds digits that read
 * back as the same number, and in about one case of three hundred not the shortest ones; since these texts are
 * hashed, the same digits have to come out here.
 */

/** Places before the decimal point up to which no exponent is written. */
const mostPlaces = 15;
/** Places of zeros after it. */
const leastPlaces = -4;

/** A number `f * 2^e`. */
interface Scaled {
  readonly f: bigint;
  readonly e: number;
}

/** The scaled value lies in [2^-60, 2^-32) of one unit of its significand. */
const alpha = -60;
const hiddenBit = 2n ** 52n;
const half = 2n ** 63n;
const memory = new DataView(new ArrayBuffer(8));

/** A finite double: `1.5`, `1000.0`, `1e+20`, `1e-05`. */
export function formatJsonDouble(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const { digits, exponent } = quickDigits(Math.abs(value)) ?? grisu(Math.abs(value));
  return `${value < 0 ? '-' : ''}${place(digits, digits.length + exponent)}`;
}

/** @param point how many of the digits stand before the decimal point */
function place(digits: string, point: number): string {
  if (digits.length <= point && point <= mostPlaces) return `${digits.padEnd(point, '0')}.0`;
  if (0 < point && point <= mostPlaces) return `${digits.slice(0, point)}.${digits.slice(point)}`;
  if (leastPlaces < point && point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  const fraction = digits.length === 1 ? '' : `.${digits.slice(1)}`;
  const exponent = point - 1;
  return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Quarters of moderate size have so few digits that all ways of finding them agree. */
function quickDigits(value: number): { digits: string; exponent: number } | undefined {
  if (value >= 1e12 || !Number.isInteger(value * 4)) return undefined;
  const [whole, fraction = ''] = String(value).split('.') as [string, string?];
  const digits = (whole + fraction).replace(/^0+(?=.)/, '');
  const bare = digits.replace(/0+$/, '');
  return { digits: bare, exponent: digits.length - bare.length - fraction.length };
}

/** Digits and a power of ten that lie between the neighbours of a positive double. */
function grisu(value: number): { digits: string; exponent: number } {
  memory.setFloat64(0, value);
  const bits = memory.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & (hiddenBit - 1n);
  const f = biased === 0 ? fraction : fraction + hiddenBit;
  const e = biased === 0 ? -1074 : biased - 1075;
  const upper = normalise({ f: 2n * f + 1n, e: e - 1 });
  const lower = fraction === 0n && biased > 1 ? { f: 4n * f - 1n, e: e - 2 } : { f: 2n * f - 1n, e: e - 1 };
  const decimal = powerOfTenFor(upper.e);
  const power = powerOfTen(decimal);
  const high = multiply(upper, power);
  const low = multiply({ f: lower.f << BigInt(lower.e - upper.e), e: upper.e }, power);
  return generate(low.f + 1n, multiply(normalise({ f, e }), power).f, { f: high.f - 1n, e: high.e }, -decimal);
}

/** The digits of the upper bound, as far as they are needed, moved towards the value itself. */
function generate(low: bigint, value: bigint, high: Scaled, exponent: number): { digits: string; exponent: number } {
  const shift = BigInt(-high.e);
  const mask = (1n << shift) - 1n;
  let delta = high.f - low;
  let distance = high.f - value;
  const whole = (high.f >> shift).toString();
  let rest = high.f & mask;
  for (let n = 1; n <= whole.length; n++) {
    const left = (BigInt(whole.slice(n) || '0') << shift) + rest;
    if (left > delta) continue;
    const unit = (10n ** BigInt(whole.length - n)) << shift;
    return { digits: approach(whole.slice(0, n), distance, delta, left, unit), exponent: exponent + whole.length - n };
  }
  let digits = whole;
  do {
    rest *= 10n;
    delta *= 10n;
    distance *= 10n;
    digits += (rest >> shift).toString();
    rest &= mask;
    exponent -= 1;
  } while (rest > delta);
  return { digits: approach(digits, distance, delta, rest, mask + 1n), exponent };
}

/** Lowers the last digit as long as that comes nearer to the value and stays above the lower bound. */
function approach(digits: string, distance: bigint, delta: bigint, rest: bigint, unit: bigint): string {
  let last = Number(digits.at(-1));
  while (
    rest < distance &&
    delta - rest >= unit &&
    (rest + unit < distance || distance - rest > rest + unit - distance)
  ) {
    last -= 1;
    rest += unit;
  }
  return digits.slice(0, -1) + last;
}

function normalise(x: Scaled): Scaled {
  const shift = 64 - x.f.toString(2).length;
  return { f: x.f << BigInt(shift), e: x.e - shift };
}

function multiply(x: Scaled, y: Scaled): Scaled {
  return { f: (x.f * y.f + half) >> 64n, e: x.e + y.e + 64 };
}

/** Which power of ten, of every eighth from 10^-300 on, brings a binary exponent into range. */
function powerOfTenFor(e: number): number {
  const least = Math.ceil((alpha - e - 1) * Math.LOG10E * Math.LN2);
  return -300 + 8 * Math.floor((300 + least + 7) / 8);
}

/** 10^n with 64 significant bits, rounded to the nearest. */
function powerOfTen(n: number): Scaled {
  if (n >= 0) return rounded(10n ** BigInt(n), 0);
  const divisor = 10n ** BigInt(-n);
  const scale = divisor.toString(2).length + 66;
  return rounded((1n << BigInt(scale)) / divisor, -scale);
}

function rounded(f: bigint, e: number): Scaled {
  const excess = f.toString(2).length - 64;
  if (excess <= 0) return { f: f << BigInt(-excess), e: e + excess };
  return { f: (f + (1n << BigInt(excess - 1))) >> BigInt(excess), e: e + excess };
}
