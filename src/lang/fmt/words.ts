/** The tokens of a text with the comments around them, which the parser does not see. */
import { EOF, type IToken, type TokenType } from 'chevrotain';
import { tokenize } from '../syntax/lexer.ts';

export interface Comment {
  /** With its marks. */
  readonly text: string;
  /** On lines of its own; else what it is about follows on the same line. */
  readonly ownLine: boolean;
  /** After an empty line. */
  readonly blank: boolean;
}

export interface Word {
  readonly type: TokenType;
  readonly text: string;
  /** Comments before it. */
  readonly before: readonly Comment[];
  /** Comments behind it, at the end of its line. */
  readonly after: readonly string[];
  /** It, or the last comment before it, comes after an empty line. */
  readonly blank: boolean;
  /** A line ends between it and the word before. */
  readonly startsLine: boolean;
}

/** All words of a text that parses; the last one is the end of the file. */
export function wordsOf(text: string): Word[] {
  const tokens = tokenize(text);
  const count = tokens.findIndex(({ tokenType }) => tokenType === EOF) + 1;
  const ends = tokens.slice(0, count).map((token) => token.startOffset + token.image.length);
  const gaps = ends.map((end, index) => gapOf(text, end, tokens[index + 1], index < count - 1));
  let before = gapOf(text, 0, tokens[0], true, true);
  return tokens.slice(0, count).map(({ tokenType, image }, index) => {
    const word = { type: tokenType, text: image, ...before, after: gaps[index]!.after };
    before = gaps[index]!;
    return word;
  });
}

type Gap = Pick<Word, 'before' | 'after' | 'blank' | 'startsLine'>;

const piece = /([ \t\r\n]+)|#[^\r\n]*|\/\*[\s\S]*?\*\//g;

/** What stands between the end of a word and the next one. */
function gapOf(text: string, start: number, next: IToken | undefined, whole: boolean, first = false): Gap {
  const gap = whole ? text.slice(start, next!.startOffset) : '';
  const pieces = [...gap.matchAll(piece)];
  const after: string[] = [];
  const before: Comment[] = [];
  let ends = 0;
  let startsLine = first;
  for (const [index, [found, space]] of pieces.entries()) {
    if (space !== undefined) {
      ends += lineEnds(space);
      startsLine ||= ends > 0;
      continue;
    }
    const endsLine = lineEnds(pieces[index + 1]?.[1] ?? '') > 0 || next!.tokenType === EOF;
    if (!startsLine && endsLine && before.length === 0) after.push(found.trimEnd());
    else before.push({ text: found.trimEnd(), ownLine: endsLine, blank: ends > 1 });
    ends = 0;
  }
  return { after, before, blank: ends > 1, startsLine };
}

const lineEnds = (text: string): number => text.split(/\r\n|\n|\r/).length - 1;
