/** `match` and `split`: POSIX extended regular expressions over bytes. */
import { EvalError } from '../errors.ts';
import { forceString, forceStringCtx, textOf } from '../runtime/expect.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Value } from '../runtime/value.ts';
import { Regex, RegexError } from './regex/regex.ts';
import type { BuiltinDef } from './registry.ts';

const cacheKey = Symbol('regular expressions');

/** The expression of a text, compiled once. */
function compiled(rt: Runtime, text: string): Regex {
  const cache = rt.remember(cacheKey, () => new Map<string, Regex>());
  let regex = cache.get(text);
  if (regex === undefined) {
    regex = compile(text);
    cache.set(text, regex);
  }
  return regex;
}

function compile(text: string): Regex {
  try {
    return new Regex(text);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    const what = error.kind === 'size' ? 'memory limit exceeded by' : 'invalid';
    throw new EvalError('other', `${what} regular expression '${text}'`);
  }
}

function match(rt: Runtime, pattern: Value, value: Value): Value {
  const regex = compiled(rt, forceString(pattern, 'while evaluating the first argument passed to builtins.match'));
  const text = textOf(forceStringCtx(value, 'while evaluating the second argument passed to builtins.match'));
  return regex.match(text) ?? null;
}

function split(rt: Runtime, pattern: Value, value: Value): Value {
  const regex = compiled(rt, forceString(pattern, 'while evaluating the first argument passed to builtins.split'));
  const found = forceStringCtx(value, 'while evaluating the second argument passed to builtins.split');
  const text = textOf(found);
  const matches = regex.findAll(text);
  // A string that is not split stays what it is, context and all.
  if (matches.length === 0) return [found];
  const parts: Value[] = [];
  let at = 0;
  for (const { start, end, groups } of matches) {
    parts.push(text.slice(at, start), groups);
    at = end;
  }
  parts.push(text.slice(at));
  return parts;
}

export const patternBuiltins: readonly BuiltinDef[] = [
  {
    name: 'match',
    args: ['regex', 'str'],
    doc: 'What the groups of *regex* captured where it matches all of *str*; `null` where it does not.',
    run: match,
  },
  {
    name: 'split',
    args: ['regex', 'str'],
    doc: 'The parts of *str* around the matches of *regex*, with a list of what its groups captured between them.',
    run: split,
  },
];
