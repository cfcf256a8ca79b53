/** What a path literal names: absolute, and free of `.`, `..` and doubled slashes. */

/**
 * The first part of a path literal as an absolute path. `basePath` is the folder of the file that it stands in, `home`
 * what `~` is. A slash at its end stays: there an interpolation goes on.
 */
export function resolvePath(text: string, basePath: string, home: string): string {
  // The home folder is put in front as it is, and what follows it is not looked at.
  if (text.startsWith('~')) return home + text.slice(1);
  const path = canonicalPath(text.startsWith('/') ? text : `${basePath}/${text}`);
  return text.length > 1 && text.endsWith('/') ? `${path}/` : path;
}

/** An absolute path without `.`, `..`, doubled slashes and a slash at its end. `..` of the root is the root. */
export function canonicalPath(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}
