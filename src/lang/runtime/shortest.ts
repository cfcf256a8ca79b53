/**
 * The digits of a float by the Grisu2 algorithm (Loitsch, "Printing Floating-Point Numbers Quickly and Accurately
 * with Integers", 2010). They read back as the same float and are nearly always the fewest that do; where they are
 * not, they still are the ones that `builtins.toJSON` writes, and so store paths depend on them.
 */

/** `f * 2^e`. */
interface Binary {
  readonly f: bigint;
  readonly e: number;
}

const bits = new DataView(new ArrayBuffer(8));

/** Digits (the last is not 0 unless it is the only one) and the power of ten of the last one, of a positive float. */
export function shortestDigits(value: number): { readonly digits: string; readonly exponent: number } {
  const quick = quickDigits(value);
  if (quick !== undefined) return quick;
  const { v, minus, plus } = boundaries(value);
  const { power, decimalExponent } = cachedPower(plus.e);
  const low = multiply(minus, power).f + 1n;
  const high = multiply(plus, power);
  return generate(multiply(v, power).f, low, { f: high.f - 1n, e: high.e }, -decimalExponent);
}

/** Quarters of moderate size have so few digits that all ways of finding them agree. */
function quickDigits(value: number): { digits: string; exponent: number } | undefined {
  if (value >= 1e12 || !Number.isInteger(value * 4)) return undefined;
  const [whole, fraction = ''] = String(value).split('.') as [string, string?];
  const digits = (whole + fraction).replace(/^0+(?=.)/, '');
  const bare = digits.replace(/0+$/, '');
  return { digits: bare, exponent: digits.length - bare.length - fraction.length };
}

function normalize({ f, e }: Binary): Binary {
  const shift = 64 - f.toString(2).length;
  return { f: f << BigInt(shift), e: e - shift };
}

/** The float and the middles between it and its neighbours, the latter two with one exponent. */
function boundaries(value: number): { v: Binary; minus: Binary; plus: Binary } {
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const fraction = raw & 0xfffffffffffffn;
  const v: Binary = biased === 0 ? { f: fraction, e: -1074 } : { f: fraction | (1n << 52n), e: biased - 1075 };
  const closer = fraction === 0n && biased > 1;
  const plus = normalize({ f: 2n * v.f + 1n, e: v.e - 1 });
  const below: Binary = closer ? { f: 4n * v.f - 1n, e: v.e - 2 } : { f: 2n * v.f - 1n, e: v.e - 1 };
  return { v: normalize(v), minus: { f: below.f << BigInt(below.e - plus.e), e: plus.e }, plus };
}

/** The upper 64 bits of the product, rounded. */
function multiply(x: Binary, y: Binary): Binary {
  return { f: (x.f * y.f + (1n << 63n)) >> 64n, e: x.e + y.e + 64 };
}

const powers = new Map<number, Binary>();

/** A power of ten that brings a number with this binary exponent to one from -60 to -32. */
function cachedPower(e: number): { power: Binary; decimalExponent: number } {
  const f = -60 - e - 1;
  const k = Math.trunc((f * 78913) / (1 << 18)) + (f > 0 ? 1 : 0);
  const decimalExponent = -300 + Math.trunc((300 + k + 7) / 8) * 8;
  let power = powers.get(decimalExponent);
  if (power === undefined) {
    power = powerOfTen(decimalExponent);
    powers.set(decimalExponent, power);
  }
  return { power, decimalExponent };
}

/** `10^k` with 64 bits, rounded to the nearest. */
function powerOfTen(k: number): Binary {
  const ten = 10n ** BigInt(Math.abs(k));
  const length = ten.toString(2).length;
  if (k >= 0) {
    const shift = length - 64;
    if (shift <= 0) return { f: ten << BigInt(-shift), e: shift };
    return { f: (ten + (1n << BigInt(shift - 1))) >> BigInt(shift), e: shift };
  }
  const e = -(length + 63);
  const f = ((1n << BigInt(-e + 1)) / ten + 1n) >> 1n;
  return f < 1n << 64n ? { f, e } : { f: f >> 1n, e: e + 1 };
}

/** The digits of `high`, as few as leave a number above `low`, then moved towards `w`. */
function generate(w: bigint, low: bigint, high: Binary, exponent: number): { digits: string; exponent: number } {
  const shift = BigInt(-high.e);
  const one = 1n << shift;
  let delta = high.f - low;
  let distance = high.f - w;
  const whole = (high.f >> shift).toString();
  let rest = high.f & (one - 1n);
  for (let n = 1; n <= whole.length; n++) {
    const left = whole.length - n;
    const behind = (BigInt(whole.slice(n) || '0') << shift) + rest;
    if (behind > delta) continue;
    const unit = (10n ** BigInt(left)) << shift;
    return { digits: weed(whole.slice(0, n), distance, delta, behind, unit), exponent: exponent + left };
  }
  let digits = whole;
  let count = 0;
  do {
    rest *= 10n;
    digits += (rest >> shift).toString();
    rest &= one - 1n;
    count++;
    delta *= 10n;
    distance *= 10n;
  } while (rest > delta);
  return { digits: weed(digits, distance, delta, rest, one), exponent: exponent - count };
}

/** Lowers the last digit while that brings the number nearer. */
function weed(digits: string, distance: bigint, delta: bigint, rest: bigint, unit: bigint): string {
  let last = Number(digits.at(-1));
  while (
    rest < distance &&
    delta - rest >= unit &&
    (rest + unit < distance || distance - rest > rest + unit - distance)
  ) {
    last--;
    rest += unit;
  }
  return digits.slice(0, -1) + last;
}
