/** Names of options as people write them: `systemd.services."a.b".script`. */

/** The parts of a name; undefined where a text is no name. Parts are in quotes where they have other than plain characters. */
export function optionPath(text: string): string[] | undefined {
  const parts: string[] = [];
  const part = /"((?:[^"\\]|\\.)*)"|(<[^<>]*>|[^\s."<>]+)/y;
  for (let at = 0; ; at += 1) {
    part.lastIndex = at;
    const found = part.exec(text);
    if (found === null) return undefined;
    parts.push(found[1] === undefined ? found[2]! : found[1].replace(/\\(.)/g, '$1'));
    at = part.lastIndex;
    if (at === text.length) return parts;
    if (text[at] !== '.') return undefined;
  }
}
