/** Strings: parts, joins and replacements, all in bytes. Contexts come along. */
import { EvalError } from '../errors.ts';
import { coerceToString } from '../runtime/coerce.ts';
import { type Context, joinContexts } from '../runtime/context.ts';
import { contextOf, forceInt, forceList, forceStringCtx, forceText, makeString, textOf } from '../runtime/expect.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Int, List, Value } from '../runtime/value.ts';
import type { BuiltinDef } from './registry.ts';

const substringHow = {
  coerceMore: false,
  copyToStore: true,
  what: 'while evaluating the third argument (the string) passed to builtins.substring',
};

/** A length below 0 is all the rest. Of length 0 the context is still there. */
function substring(rt: Runtime, from: Value, length: Value, value: Value): Value {
  const start = forceInt(from, 'while evaluating the first argument (the start offset) passed to builtins.substring');
  if (start < 0) throw new EvalError('other', "negative start position in 'substring'");
  const count: Int = forceInt(
    length,
    'while evaluating the second argument (the substring length) passed to builtins.substring',
  );
  const found = coerceToString(rt, value, substringHow);
  const text = textOf(found);
  const first = Number(start);
  const part = count < 0 ? text.slice(first) : text.slice(first, first + Number(count));
  return makeString(part, contextOf(found));
}

const lengthHow = {
  coerceMore: false,
  copyToStore: true,
  what: 'while evaluating the argument passed to builtins.stringLength',
};

const itemHow = {
  coerceMore: false,
  copyToStore: true,
  what: 'while evaluating one element of the list of strings to concat passed to builtins.concatStringsSep',
};

function concatStringsSep(rt: Runtime, separator: Value, list: Value): Value {
  const between = forceStringCtx(
    separator,
    'while evaluating the first argument (the separator string) passed to builtins.concatStringsSep',
  );
  const items = forceList(
    list,
    'while evaluating the second argument (the list of strings to concat) passed to builtins.concatStringsSep',
  );
  const gap = textOf(between);
  let context = contextOf(between);
  let text = '';
  for (let i = 0; i < items.length; i++) {
    const item = coerceToString(rt, items[i]!, itemHow);
    if (i > 0) text += gap;
    if (typeof item === 'string') text += item;
    else {
      text += item.text;
      context = joinContexts(context, item.context);
    }
  }
  return makeString(text, context);
}

const toStringHow = {
  coerceMore: true,
  copyToStore: false,
  what: 'while evaluating the first argument passed to builtins.toString',
};

function replaceStrings(from: Value, to: Value, value: Value): Value {
  const patterns = forceList(from, 'while evaluating the first argument passed to builtins.replaceStrings');
  const replacements = forceList(to, 'while evaluating the second argument passed to builtins.replaceStrings');
  if (patterns.length !== replacements.length) {
    throw new EvalError('other', "'from' and 'to' arguments passed to builtins.replaceStrings have different lengths");
  }
  const what = 'while evaluating one of the strings to replace passed to builtins.replaceStrings';
  const texts = patterns.map((pattern) => forceText(pattern, what));
  const found = forceStringCtx(value, 'while evaluating the third argument passed to builtins.replaceStrings');
  return new Replacer(texts, replacements, contextOf(found)).replace(textOf(found));
}

/** Goes through a text once; at each place the first pattern that stands there is replaced. */
class Replacer {
  readonly #patterns: readonly string[];
  readonly #replacements: List;
  /** The patterns that may stand where a byte is, first ones first; the empty pattern stands everywhere. */
  readonly #byByte: (readonly number[] | undefined)[] = [];
  readonly #atEnd: number;
  readonly #known: (string | undefined)[] = [];
  #context: Context | undefined;

  constructor(patterns: readonly string[], replacements: List, context: Context | undefined) {
    this.#patterns = patterns;
    this.#replacements = replacements;
    this.#context = context;
    this.#atEnd = patterns.indexOf('');
    for (const [index, pattern] of patterns.entries()) {
      if (pattern === '') break;
      const byte = pattern.charCodeAt(0);
      this.#byByte[byte] = [...(this.#byByte[byte] ?? []), index];
    }
    if (this.#atEnd >= 0) this.#addAfterEmpty();
  }

  /** What comes after an empty pattern is never reached; it comes last for every byte. */
  #addAfterEmpty(): void {
    for (let byte = 0; byte < 256; byte++) this.#byByte[byte] = [...(this.#byByte[byte] ?? []), this.#atEnd];
  }

  replace(text: string): Value {
    let result = '';
    let copied = 0;
    for (let at = 0; at < text.length; ) {
      const index = this.#find(text, at);
      if (index < 0) {
        at += 1;
        continue;
      }
      result += text.slice(copied, at) + this.#replacement(index);
      const length = this.#patterns[index]!.length;
      // After an empty pattern the byte that stands there is taken over.
      copied = at + length;
      at += length === 0 ? 1 : length;
    }
    result += text.slice(copied);
    if (this.#atEnd >= 0) result += this.#replacement(this.#atEnd);
    return makeString(result, this.#context);
  }

  #find(text: string, at: number): number {
    const candidates = this.#byByte[text.charCodeAt(at)];
    if (candidates === undefined) return -1;
    for (const index of candidates) if (text.startsWith(this.#patterns[index]!, at)) return index;
    return -1;
  }

  /** Evaluated when it is first used: only then its context counts. */
  #replacement(index: number): string {
    let text = this.#known[index];
    if (text === undefined) {
      const what = 'while evaluating one of the replacement strings passed to builtins.replaceStrings';
      const found = forceStringCtx(this.#replacements[index]!, what);
      text = textOf(found);
      this.#known[index] = text;
      this.#context = joinContexts(this.#context, contextOf(found));
    }
    return text;
  }
}

export const stringBuiltins: readonly BuiltinDef[] = [
  {
    name: 'substring',
    args: ['start', 'len', 's'],
    doc: 'The *len* bytes of *s* from *start* on, as far as there are any; all of them if *len* is negative.',
    run: substring,
  },
  {
    name: 'stringLength',
    args: ['e'],
    doc: 'How many bytes the string *e* has.',
    run: (rt, value) => textOf(coerceToString(rt, value, lengthHow)).length,
  },
  {
    name: 'concatStringsSep',
    args: ['separator', 'list'],
    doc: 'The strings in *list*, one after the other, with *separator* between them.',
    run: concatStringsSep,
  },
  {
    name: 'replaceStrings',
    args: ['from', 'to', 's'],
    doc: '*s* with every string of *from* replaced by the one at the same place in *to*. Earlier ones come first.',
    run: (_rt, from, to, value) => replaceStrings(from, to, value),
  },
  {
    name: 'toString',
    global: true,
    args: ['e'],
    doc: 'A string of a number, a Boolean, a path, a list of such, or a set with `outPath` or `__toString`.',
    run: (rt, value) => coerceToString(rt, value, toStringHow),
  },
];
