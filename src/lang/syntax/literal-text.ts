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
