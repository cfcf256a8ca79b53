/** TOML values that are words, and the words for those that are none. */
import { integerHints } from './number.ts';
import type { TomlError, TomlSource } from './source.ts';

const booleanHint = 'expected true or false';
const numberHint = 'expected from `1` to `9` or digit [0-9] or inf or nan';

/** What a first letter makes of a value: the words that it may be, and how an error goes on. */
const letters: Readonly<Record<string, readonly [words: RegExp, said: string, hint: string]>> = {
  t: [/true/y, 'boolean', booleanHint],
  f: [/false/y, 'boolean', booleanHint],
  T: [/(?!)/y, 'true', booleanHint],
  F: [/(?!)/y, 'false', booleanHint],
  n: [/nan/y, 'nan', numberHint],
  N: [/(?!)/y, 'nan', numberHint],
  i: [/inf/y, 'inf', numberHint],
  I: [/(?!)/y, 'inf', numberHint],
};

/** A Boolean; undefined for what is a number or a time, if anything. */
export function parseWord(source: TomlSource): boolean | undefined {
  const first = source.text[source.at] ?? '';
  if (first === '_')
    throw source.here('bad number: `_` must be surrounded by digits', 'digits required before `_`', integerHints);
  const known = letters[first];
  if (known === undefined) return undefined;
  const [words, said, hint] = known;
  if (said === 'boolean') {
    const found = source.match(words);
    if (found === undefined) throw notBoolean(source, hint);
    return found[0] === 'true';
  }
  words.lastIndex = source.at;
  if (words.test(source.text)) return undefined;
  const rule = `\`${said}\` must be in lowercase. A string must be surrounded by quotes.`;
  throw source.here(`toml::parse_value: ${rule}`, hint);
}

function notBoolean(source: TomlSource, hint: string): TomlError {
  const rule = 'boolean must be `true` or `false`, in lowercase. string must be surrounded by `"`';
  return source.here(`toml::parse_boolean: invalid boolean: ${rule}`, hint);
}
