/** What the source text of a quoted string means. */

const special = /[\\\r]/;
const escapeOrReturn = /\\([\0-\xff])|\r\n?/g;

/** Resolves backslashes, and reads every way to end a line (`\r\n`, a lone `\r`) as `\n`. */
export function unescapeText(text: string): string {
  return special.test(text) ? text.replace(escapeOrReturn, meaning) : text;
}

function meaning(_: string, escaped: string | undefined): string {
  switch (escaped) {
    case undefined:
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return escaped;
  }
}
