/** Source text to tokens. */
import { EOF, type IToken } from 'chevrotain';
import { ModalLexer, tokenOf } from './modal-lexer.ts';
import { beginScan } from './scan.ts';
import { modes, Nul, PathEnd } from './tokens.ts';

const lexer = new ModalLexer(modes, 'code');

/**
 * The tokens of a byte string, closed by the end of the file, which is there three times so that looking ahead needs
 * no check. Anything can be lexed: what is no token of the language is a token that no rule wants, and a string that
 * the file ends in the middle of simply stops.
 */
export function tokenize(text: string): IToken[] {
  beginScan();
  // A path ends before the character after it: a file that may end in a path gets one.
  const tokens = lexer.tokenize(/[\w.+\-/}]/.test(text.slice(-1)) ? `${text} ` : text);
  cutAt(text.length, tokens);
  // A NUL byte between tokens ends the program, whatever follows it.
  const nul = text.includes('\0') ? tokens.findIndex((token) => token.tokenType === Nul) : -1;
  const end = endAt(nul < 0 ? endOf(text, tokens) : tokens[nul]!.startOffset + 1);
  if (nul >= 0) tokens.length = nul;
  tokens.push(end, end, end);
  return tokens;
}

/** The last token ends with the text. */
function cutAt(length: number, tokens: IToken[]): void {
  const last = tokens.at(-1);
  if (last === undefined || last.startOffset + last.image.length <= length) return;
  last.image = last.image.slice(0, length - last.startOffset);
  if (last.image === '') tokens.pop();
}

/** Where errors place the end of the file: behind the text, but for a path there, of which only the last piece starts. */
function endOf(text: string, tokens: readonly IToken[]): number {
  const last = tokens.at(-1);
  if (last?.tokenType === PathEnd && last.startOffset === text.length) return tokens.at(-2)!.startOffset;
  return text.length;
}

function endAt(startOffset: number): IToken {
  return tokenOf('', startOffset, EOF);
}
