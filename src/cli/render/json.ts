/** JSON as commands print it: indented, with a final newline, maps as objects, big integers as strings. */

export function renderJson(value: unknown): string {
  const replace = (_: string, part: unknown): unknown => {
    if (part instanceof Map) return Object.fromEntries(part);
    if (part instanceof Set) return [...part];
    return typeof part === 'bigint' ? String(part) : part;
  };
  return `${JSON.stringify(value, replace, 2)}\n`;
}
