/** Words with their comments, and rows of them with the empty lines between that somebody left. */
import { all, blank, type Doc, fresh, hardLine, isHard, line, nest, raw, suffix } from './doc.ts';
import type { Comment, Word } from './words.ts';

/** A word between its comments. */
export function wordDoc(word: Word, text: string = word.text): Doc {
  if (word.before.length === 0 && word.after.length === 0) return text;
  return all(commentsBefore(word), text, afterDoc(word));
}

/** The comments before a word, and the empty line behind them that somebody left. */
export function commentsBefore({ before, blank: own }: Word): Doc {
  return all(...commentDocs(before), before.at(-1)?.ownLine === true && own ? blank : '');
}

/** The comments behind a word. */
export const afterDoc = (word: Word): Doc => all(...word.after.map(suffix));

function commentDocs(comments: readonly Comment[]): Doc[] {
  return comments.flatMap((comment, index) => {
    if (!comment.ownLine) return [raw(comment.text), ' '];
    return [fresh, ...(index > 0 && comment.blank ? [blank] : []), ownLineComment(comment.text), hardLine];
  });
}

/** A comment of several lines moves as a whole. */
function ownLineComment(text: string): Doc {
  const [first, ...rest] = text.split('\n').map((one) => one.trimEnd());
  if (rest.length === 0) return text;
  if (rest.some((one) => /^ *\t/.test(one)) || text.includes('\r')) return raw(text);
  const starred = rest.every((one) => /^ *(\*|$)/.test(one));
  const last = rest.at(-1)!.trim() === '*/' ? rest.pop() : undefined;
  const indents = rest.flatMap((one) => (one === '' ? [] : [one.length - one.trimStart().length]));
  const least = Math.min(...indents, Number.POSITIVE_INFINITY);
  const margin = starred ? ' ' : '  ';
  const moved = rest.flatMap((one): Doc[] => [hardLine, one === '' ? '' : margin + one.slice(least)]);
  const end = last === undefined ? [] : [hardLine, starred ? ' */' : '*/'];
  return all(first!, ...moved, ...end);
}

export interface Item {
  readonly first: Word;
  readonly doc: Doc;
}

/** Whether an empty line stands before a word and its comments. */
function blankBefore({ before, blank: own }: Word): boolean {
  return before[0]?.ownLine === true ? before[0].blank : own;
}

/** Whether items stand on lines of their own. */
const isOwn = (between: Doc): boolean => isHard(between);

/** Items with `between` and, where there were any, empty lines between them. */
export function row(items: readonly Item[], between: Doc): Doc {
  return all(
    ...items.flatMap(({ first, doc }, index) => {
      if (index === 0) return blankBefore(first) && isOwn(between) ? [blank, doc] : [doc];
      return blankBefore(first) ? [hardLine, blank, doc] : [between, doc];
    }),
  );
}

/** The comments before a closing word, as the last items of what it closes. */
function closingComments(close: Word, between: Doc, any: boolean): Doc[] {
  return close.before.flatMap((comment, index) => {
    const gap = comment.blank && (any || index > 0) ? [blank] : [];
    const start = any || index > 0 ? [between] : [];
    return [...start, ...(gap.length > 0 ? [hardLine, ...gap] : []), fresh, commentText(comment), forcing];
  });
}

const commentText = ({ text }: Comment): Doc => ownLineComment(text);

/** Nothing, on several lines. */
const forcing: Doc = suffix('');

/** Items between brackets: all on one line, or each on one of its own. What is said behind the last one is left out. */
export function bracketed(open: Doc, items: readonly Item[], close: Word, between: Doc, tall: boolean): Doc {
  const outer = tall ? hardLine : line;
  const inside = all(row(items, between), ...closingComments(close, hardLine, items.length > 0));
  return all(open, nest(isHard(inside) ? hardLine : outer, inside), isHard(inside) ? hardLine : outer, close.text);
}

/** A word without the comments before it. */
const bare = (word: Word): Doc => all(word.text, afterDoc(word));

/** The comments before a word that ends rows of bindings, in that row. */
export const lastComments = (word: Word, any: boolean): Doc => all(...closingComments(word, hardLine, any));
export const withoutComments = bare;
