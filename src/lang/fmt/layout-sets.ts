/** Sets, lists and bindings. */
import { all, choice, type Doc, flattened, group, hardLine, isHard, line, nest, softLine } from './doc.ts';
import { absorbedCall, absorbedOperator } from './layout-calls.ts';
import { takeApart } from './layout-functions.ts';
import { interpolationDoc, isTall, type Print, textDoc } from './layout-text.ts';
import { afterDoc, bracketed, type Item, lastComments, row, withoutComments, wordDoc } from './layout-words.ts';
import {
  type AttrName,
  type AttrPath,
  type Binding,
  firstOf,
  firstWord,
  type LambdaNode,
  type ListNode,
  type Node,
  type SetNode,
} from './tree.ts';

export function setDoc(print: Print, { keyword, open, bindings, close }: SetNode): Doc {
  const start = keyword === undefined ? wordDoc(open) : all(wordDoc(keyword), ' ', wordDoc(open));
  if (bindings.length === 0 && close.before.length === 0) return all(start, ' ', withoutComments(close));
  const tall = bindings.length > 1 || (bindings[0] !== undefined && firstOfBinding(bindings[0]).startsLine);
  return all(group(bracketed(start, bindingItems(print, bindings), close, hardLine, tall)), afterDoc(close));
}

export function listDoc(print: Print, { open, items, close }: ListNode): Doc {
  if (items.length === 0 && close.before.length === 0) return all(wordDoc(open), ' ', withoutComments(close));
  const rows = items.map((item): Item => ({ first: firstWord(item), doc: print(item) }));
  const tall = items[0] !== undefined && firstWord(items[0]).startsLine;
  return all(group(bracketed(wordDoc(open), rows, close, line, tall)), afterDoc(close));
}

export function letDoc(print: Print, node: Extract<Node, { kind: 'let' }>): Doc {
  const { keyword, bindings, inWord, body } = node;
  const any = bindings.length > 0;
  const rows = row(bindingItems(print, bindings), hardLine);
  const inside = any || inWord.before.length > 0 ? nest(hardLine, rows, lastComments(inWord, any)) : '';
  return all(wordDoc(keyword), inside, hardLine, withoutComments(inWord), hardLine, print(body));
}

function bindingItems(print: Print, bindings: readonly Binding[]): Item[] {
  return bindings.map((binding) => ({ first: firstOfBinding(binding), doc: bindingDoc(print, binding) }));
}

const firstOfBinding = (binding: Binding) =>
  binding.kind === 'inherit' ? binding.keyword : firstOf(binding.path.names[0]!);

function bindingDoc(print: Print, binding: Binding): Doc {
  if (binding.kind === 'inherit') return inheritDoc(print, binding);
  const { path, equals, value, semicolon } = binding;
  if (equals.after.length > 0) {
    return all(pathDoc(print, path), ' ', wordDoc(equals), nest(hardLine, print(value)), wordDoc(semicolon));
  }
  return all(pathDoc(print, path), ' ', wordDoc(equals), valueDoc(print, value), wordDoc(semicolon));
}

function inheritDoc(print: Print, { keyword, from, names, semicolon }: Extract<Binding, { kind: 'inherit' }>): Doc {
  const subject = from === undefined ? [] : [' ', group(wordDoc(from.open), print(from.inner), wordDoc(from.close))];
  const start = all(wordDoc(keyword), ...subject);
  if (names.length === 0) return all(start, wordDoc(semicolon));
  const tall = firstOf(names[0]!).startsLine;
  const below = names.map((name): Doc => all(tall ? hardLine : line, nameDoc(print, name)));
  // The semicolon has a line of its own below names that have one each, so that one more is one line more.
  return group(start, nest(...below, softLine), wordDoc(semicolon));
}

export function pathDoc(print: Print, { names, dots }: AttrPath): Doc {
  return all(
    ...names.flatMap((name, index) => [...(index > 0 ? [wordDoc(dots[index - 1]!)] : []), nameDoc(print, name)]),
  );
}

function nameDoc(print: Print, name: AttrName): Doc {
  if ('kind' in name) return textDoc(print, name);
  return 'inner' in name ? interpolationDoc(print, name) : wordDoc(name);
}

/** What begins with a bracket or quotes, and so can stand behind whatever it belongs to. */
export function isAbsorbable(node: Node): boolean {
  if (node.kind === 'text') return isTall(node);
  return node.kind === 'set' || node.kind === 'list' || (node.kind === 'parens' && !hasComments(node));
}

function hasComments(node: Node): boolean {
  return firstWord(node).before.length > 0;
}

/** The value of a binding, with the space before it: on the same line where that is well, else below. */
export function valueDoc(print: Print, value: Node): Doc {
  const below = nest(hardLine, print(value));
  if (firstWord(value).before.length > 0) return below;
  switch (value.kind) {
    case 'word':
    case 'text':
    case 'set':
    case 'list':
    case 'parens':
      return all(' ', print(value));
    case 'lambda':
      return functionValue(print, value);
    case 'apply': {
      const absorbed = absorbedCall(print, value, isAbsorbable);
      return absorbed === undefined ? group(nest(line, print(value))) : choice(...absorbed.map(spaced), below);
    }
    case 'binary': {
      const absorbed = absorbedOperator(print, value, isAbsorbable);
      return absorbed === undefined ? group(nest(line, print(value))) : choice(...absorbed.map(spaced), below);
    }
    case 'scope':
      return value.keyword.text === 'with' && isAbsorbable(value.body)
        ? choice(all(' ', print(value)), below)
        : group(nest(line, print(value)));
    default:
      return group(nest(line, print(value)));
  }
}

const spaced = (doc: Doc): Doc => all(' ', doc);

/**
 * A function of one name goes on in the line with a body that is absorbed; any other stands on one line or below.
 */
function functionValue(print: Print, value: LambdaNode): Doc {
  const doc = print(value);
  const { body } = value;
  if (value.argument.length === 1 && 'text' in value.argument[0]! && isAbsorbable(body) && body.kind !== 'parens') {
    return all(' ', doc);
  }
  const { heads, body: last } = takeApart(print, value);
  const below = nest(hardLine, heads, hardLine, print(last));
  return isHard(doc) ? below : choice(all(' ', flattened(doc)), below);
}
