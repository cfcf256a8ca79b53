/** Strings: parts, joins and replacements, all in bytes. Contexts come along. */
import { EvalError } from '../errors.ts';
import { coerceToString } from '../runtime/coerce.ts';
import { ContextSum } from '../runtime/context.ts';
import { contextOf, forceInt, forceList, forceStringCtx, makeString, textOf } from '../runtime/expect.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Int, Value } from '../runtime/value.ts';
import type { BuiltinDef } from './registry.ts';
import { replaceStrings } from './replace-strings.ts';

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
  const context = new ContextSum();
  context.add(contextOf(between));
  let text = '';
  for (let i = 0; i < items.length; i++) {
    const item = coerceToString(rt, items[i]!, itemHow);
    if (i > 0) text += gap;
    if (typeof item === 'string') text += item;
    else {
      text += item.text;
      context.add(item.context);
    }
  }
  return makeString(text, context.total);
}

const toStringHow = {
  coerceMore: true,
  copyToStore: false,
  what: 'while evaluating the first argument passed to builtins.toString',
};

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
