/** Functions and their patterns. */
import { all, choice, type Doc, group, hardLine, isHard, line, nest } from './doc.ts';
import type { Print } from './layout-text.ts';
import { afterDoc, lastComments, row, withoutComments, wordDoc } from './layout-words.ts';
import type { Formals, LambdaNode, Node } from './tree.ts';
import type { Word } from './words.ts';

/** All arguments of functions that return functions, in one line; and the body. */
export function takeApart(print: Print, node: LambdaNode): { readonly heads: Doc; readonly body: Node } {
  const heads = [headDoc(print, node)];
  let { body } = node;
  if (isTallFunction(node)) return { heads: heads[0]!, body };
  for (; body.kind === 'lambda' && !isTallFunction(body) && !isHard(heads.at(-1)!); body = body.body)
    heads.push(' ', headDoc(print, body));
  return { heads: all(...heads), body };
}

/** `x:`, `{ a, b }:`, `{ a, b }@all:` */
function headDoc(print: Print, { argument, colon }: LambdaNode): Doc {
  return all(...argument.map((one) => ('list' in one ? formalsDoc(print, one) : wordDoc(one))), wordDoc(colon));
}

/** Whether its pattern has several lines. */
export function isTallFunction({ argument }: LambdaNode): boolean {
  return argument.some((one) => 'list' in one && isTallPattern(one));
}

export function lambdaDoc(print: Print, node: LambdaNode, isAbsorbable: (node: Node) => boolean): Doc {
  const { heads, body } = takeApart(print, node);
  const doc = print(body);
  if (isTallFunction(node) || isHard(heads)) return all(heads, hardLine, doc);
  const patterned = node.argument.some((one) => 'list' in one);
  if (isAbsorbable(body) && !(patterned && isHard(doc))) return all(heads, ' ', doc);
  return group(heads, line, doc);
}

const isTallPattern = ({ list, ellipsis, close }: Formals): boolean =>
  (list[0]?.name ?? ellipsis)?.startsLine === true || close.before.length > 0;

/** `{ a, b ? c, ... }` on one line, or each on a line of its own with a comma behind it. */
function formalsDoc(print: Print, formals: Formals): Doc {
  const { open, ellipsis } = formals;
  const close = withCommaComments(formals.close, formals.commas[formals.list.length - 1], ellipsis === undefined);
  const items = patternItems(print, formals);
  if (items.length === 0 && close.before.length === 0) return all(wordDoc(open), ' ', withoutComments(close));
  const flat = all(
    wordDoc(open),
    ' ',
    ...items.flatMap(({ doc, comma }, i) => [doc, ...(i < items.length - 1 ? [comma, ' '] : trailing(comma))]),
    ' ',
    wordDoc(close),
  );
  const rows = items.map(({ first, doc, comma }, i) => ({
    first,
    doc: i === items.length - 1 && ellipsis !== undefined ? doc : all(doc, comma),
  }));
  const inside = nest(hardLine, row(rows, hardLine), lastComments(close, items.length > 0));
  const tall = all(wordDoc(open), inside, hardLine, withoutComments(close));
  return isTallPattern(formals) || isHard(flat) ? tall : choice(flat, tall);
}

/** The last comma goes, but not what is said at it. */
const trailing = (comma: Doc): Doc[] => (isHard(comma) ? [comma] : []);

interface PatternItem {
  readonly first: Word;
  readonly doc: Doc;
  /** With the comment behind the comma that was there. */
  readonly comma: Doc;
}

function patternItems(print: Print, { list, commas, ellipsis }: Formals): PatternItem[] {
  const items = list.map(({ name, fallback }, index): PatternItem => {
    const first = withCommaComments(name, commas[index - 1]);
    const value = fallback === undefined ? [] : [' ', wordDoc(fallback.question), ' ', print(fallback.value)];
    const comma = commas[index];
    return { first, doc: all(wordDoc(first), ...value), comma: all(',', behind(comma)) };
  });
  if (ellipsis !== undefined) {
    const first = withCommaComments(ellipsis, commas.at(-1));
    items.push({ first, doc: wordDoc(first), comma: '' });
  }
  return items;
}

/** The comment of a comma at the end of a line. */
const behind = (comma: Word | undefined): Doc => (comma === undefined || comma.startsLine ? '' : afterDoc(comma));

/** Comments at a comma that begins a line are about what follows it, and so are those before any comma. */
function withCommaComments(word: Word, comma: Word | undefined, applies = true): Word {
  if (comma === undefined || !applies) return word;
  const after = comma.startsLine ? comma.after.map((text) => ({ text, ownLine: true, blank: false })) : [];
  return { ...word, before: [...comma.before, ...after, ...word.before] };
}
