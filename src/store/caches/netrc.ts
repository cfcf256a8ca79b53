/**
 * Users and passwords for hosts, in the format of netrc(5): words, `machine HOST login USER password SECRET`, and
 * `default` for all other hosts. `macdef` and what follows it up to an empty line is skipped.
 */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The login of a host: that of its own entry, or the default one. */
export function findLogin(netrc: string, host: string): Login | undefined {
  const words = wordsOf(netrc.replace(/(^|\n)\s*macdef[\s\S]*?(\n\s*\n|$)/g, '\n'));
  let current: { user: string; password: string } | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === 'machine' || word === 'default') {
      if (current !== undefined) return current;
      const matches = word === 'default' || words[++i] === host;
      current = matches ? { user: '', password: '' } : undefined;
    } else if (word === 'login' || word === 'password' || word === 'account') {
      const value = words[++i] ?? '';
      if (current !== undefined && word === 'login') current.user = value;
      if (current !== undefined && word === 'password') current.password = value;
    }
  }
  return current;
}

/** Words may stand in double quotes; `#` begins a comment. */
function wordsOf(text: string): string[] {
  const found = text.matchAll(/#[^\n]*|"((?:[^"\\]|\\.)*)"|(\S+)/g);
  return [...found].flatMap(([, quoted, plain]) => {
    if (plain !== undefined) return [plain];
    return quoted === undefined ? [] : [quoted.replace(/\\(.)/g, '$1')];
  });
}
