/** Values of the syntax tree as source text. */

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A quoted string. */
export function quoteText(text: string): string {
  return `"${text.replace(/["\\\n\r\t]|\$(?=\{)/g, (found) => escapes[found] ?? '\\$')}"`;
}

const reserved = new Set(['if', 'then', 'else', 'assert', 'with', 'let', 'in', 'rec', 'inherit']);

/** A name, quoted where it has to be. (`or` is a keyword, and a name all the same.) */
export function showName(name: string): string {
  if (reserved.has(name)) return `"${name}"`;
  return /^[a-zA-Z_][\w'-]*$/.test(name) ? name : quoteText(name);
}

/** A float with six significant digits, as C's `%g` has it. */
export function floatText(value: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential(5).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return trimZeros(value.toFixed(5 - power));
  const digits = String(Math.abs(power)).padStart(2, '0');
  return `${trimZeros(mantissa)}e${power < 0 ? '-' : '+'}${digits}`;
}

const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
