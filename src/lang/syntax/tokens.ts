/**
 * The words of the language, as chevrotain token types. `LABEL` is what error messages call them.
 *
 * Lexing is by mode: `code` at the beginning and in every brace and interpolation, `quoted` and `indented` in
 * strings, `path` after the first piece of a path literal. In a mode the first type that matches wins, where the
 * language asks for the longest match: the order of the lists below makes these the same.
 */
import { type CustomPatternMatcherReturn, createToken, type ITokenConfig, type TokenType } from 'chevrotain';
import {
  scanIdentifier,
  scanIndentedText,
  scanPath,
  scanPathEnd,
  scanQuotedText,
  scanTrailingSlash,
  scanTrivia,
} from './scan.ts';

type Mode = 'code' | 'quoted' | 'indented' | 'path';
type Change = Pick<ITokenConfig, 'push_mode' | 'pop_mode'>;
const push = (mode: Mode): Change => ({ push_mode: mode });
const pop: Change = { pop_mode: true };

const digits = [...'0123456789'];
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_';
const everyByte = Array.from({ length: 256 }, (_, byte) => byte);
const everyByteBut = (text: string): number[] => everyByte.filter((byte) => !text.includes(String.fromCharCode(byte)));

/** A type whose text is found by a function; `first` are the bytes that it can start with. */
function scanned(
  name: string,
  label: string,
  scan: (text: string, offset: number) => string | null,
  first: readonly (string | number)[],
  rest: Partial<ITokenConfig> = {},
): TokenType {
  // The lexer reads a result at once and keeps nothing of it: one array serves all.
  const result: CustomPatternMatcherReturn = [''];
  const pattern = (text: string, offset: number): CustomPatternMatcherReturn | null => {
    const image = scan(text, offset);
    if (image === null) return null;
    result[0] = image;
    return result;
  };
  return createToken({ name, label, pattern, line_breaks: true, start_chars_hint: [...first], ...rest });
}

/** `first` are the characters that a regular expression can start with: saying so saves the lexer from finding out. */
function shaped(
  name: string,
  label: string,
  pattern: RegExp | string,
  change: Change = {},
  first: readonly string[] = [(pattern as string)[0]!],
): TokenType {
  return createToken({ name, label, pattern, line_breaks: true, start_chars_hint: [...first], ...change });
}

const sign = (name: string, text: string, change: Change = {}): TokenType => shaped(name, `'${text}'`, text, change);
const keyword = (name: string, text: string): TokenType =>
  shaped(name, `'${text}'`, new RegExp(`${text}(?![\\w'-])`), {}, [text[0]!]);

const Trivia = scanned('Trivia', 'space', scanTrivia, [...' \t\r\n#/'], { group: 'skipped' });
export const Identifier: TokenType = scanned('Identifier', 'identifier', scanIdentifier, [...letters]);
export const Int: TokenType = shaped('Int', 'integer', /[0-9]+/, {}, digits);
export const Float: TokenType = shaped(
  'Float',
  'floating-point literal',
  /(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?/,
  {},
  ['.', ...digits],
);
export const Uri: TokenType = shaped('Uri', 'URI', /[a-zA-Z][a-zA-Z0-9+.-]*:[\w%/?:@&=+$,.!~*'-]+/, {}, [...letters]);

export const If: TokenType = keyword('If', 'if');
export const Then: TokenType = keyword('Then', 'then');
export const Else: TokenType = keyword('Else', 'else');
export const Assert: TokenType = keyword('Assert', 'assert');
export const With: TokenType = keyword('With', 'with');
export const Let: TokenType = keyword('Let', 'let');
export const In: TokenType = keyword('In', 'in');
export const Rec: TokenType = keyword('Rec', 'rec');
export const Inherit: TokenType = keyword('Inherit', 'inherit');
export const Or: TokenType = keyword('Or', 'or');

export const Equal: TokenType = sign('Equal', '==');
export const NotEqual: TokenType = sign('NotEqual', '!=');
export const LessEqual: TokenType = sign('LessEqual', '<=');
export const GreaterEqual: TokenType = sign('GreaterEqual', '>=');
export const And: TokenType = sign('And', '&&');
export const OrElse: TokenType = sign('OrElse', '||');
export const Implies: TokenType = sign('Implies', '->');
export const Update: TokenType = sign('Update', '//');
export const Concat: TokenType = sign('Concat', '++');
export const PipeFrom: TokenType = sign('PipeFrom', '<|');
export const PipeInto: TokenType = sign('PipeInto', '|>');
export const Less: TokenType = sign('Less', '<');
export const Greater: TokenType = sign('Greater', '>');
export const Plus: TokenType = sign('Plus', '+');
export const Minus: TokenType = sign('Minus', '-');
export const Star: TokenType = sign('Star', '*');
export const Slash: TokenType = sign('Slash', '/');
export const Question: TokenType = sign('Question', '?');
export const Not: TokenType = sign('Not', '!');

export const Ellipsis: TokenType = sign('Ellipsis', '...');
export const Assign: TokenType = sign('Assign', '=');
export const Colon: TokenType = sign('Colon', ':');
export const At: TokenType = sign('At', '@');
export const Comma: TokenType = sign('Comma', ',');
export const Semicolon: TokenType = sign('Semicolon', ';');
export const Dot: TokenType = sign('Dot', '.');
export const OpenParen: TokenType = sign('OpenParen', '(');
export const CloseParen: TokenType = sign('CloseParen', ')');
export const OpenBracket: TokenType = sign('OpenBracket', '[');
export const CloseBracket: TokenType = sign('CloseBracket', ']');
// The brace of the file's own mode has nothing to pop: the lexer then stays in it, as the language wants.
export const OpenBrace: TokenType = sign('OpenBrace', '{', push('code'));
export const CloseBrace: TokenType = sign('CloseBrace', '}', pop);
export const Interpolation: TokenType = sign('Interpolation', '${', push('code'));

export const OpenQuote: TokenType = shaped('OpenQuote', `'"'`, '"', push('quoted'));
export const CloseQuote: TokenType = shaped('CloseQuote', `'"'`, '"', pop);
export const QuotedText: TokenType = scanned('QuotedText', 'string', scanQuotedText, everyByteBut('"'));

export const OpenIndented: TokenType = shaped(
  'OpenIndented',
  'start of an indented string',
  /''(?: *\n)?/,
  push('indented'),
  ["'"],
);
export const CloseIndented: TokenType = shaped('CloseIndented', 'end of an indented string', "''", pop);
const indented = 'indented string';
export const IndentedText: TokenType = scanned('IndentedText', indented, scanIndentedText, everyByte);
/** `''$`, and a dollar that interpolates nothing. */
export const IndentedDollar: TokenType = shaped('IndentedDollar', indented, /(?:'')?\$/, {}, [..."'$"]);
export const IndentedTicks: TokenType = shaped('IndentedTicks', indented, "'''");
export const IndentedTick: TokenType = shaped('IndentedTick', indented, "'");
export const IndentedEscape: TokenType = shaped('IndentedEscape', indented, /''\\[\0-\xff]/, {}, ["'"]);

export const SearchPath: TokenType = shaped('SearchPath', "'<…>' path", /<[\w.+-]+(?:\/[\w.+-]+)*>/, {}, ['<']);
export const Path: TokenType = scanned('Path', 'path', scanPath, [...letters, ...'0123456789.+-/'], push('path'));
export const HomePath: TokenType = shaped(
  'HomePath',
  "'~/…' path",
  /~(?:(?:\/[\w.+-]+)+\/?|\/(?=\$\{))/,
  push('path'),
  ['~'],
);
export const PathText: TokenType = shaped('PathText', 'string', /[\w.+-]*(?:\/[\w.+-]+)+\/?|[\w.+-]*\/|[\w.+-]+/, {}, [
  ...letters,
  ...digits,
  ...'.+-/',
]);
export const PathEnd: TokenType = scanned('PathEnd', 'end of path', scanPathEnd, everyByte, pop);
export const TrailingSlash: TokenType = scanned('TrailingSlash', 'end of path', scanTrailingSlash, everyByte, pop);

/** A NUL byte between tokens: the language reads it as the end of the file. */
export const Nul: TokenType = shaped('Nul', 'end of file', '\0');
/** A byte that starts nothing. */
export const Invalid: TokenType = scanned('Invalid', 'invalid token', (text, at) => text[at]!, everyByte);

const code: TokenType[] = [
  ...[Trivia, Identifier, Path, HomePath, SearchPath, Uri, Float, Int],
  ...[If, Then, Else, Assert, With, Let, Inherit, In, Rec, Or],
  ...[Ellipsis, Equal, NotEqual, LessEqual, GreaterEqual, And, OrElse, Implies, Update, Concat, PipeFrom, PipeInto],
  ...[Interpolation, OpenBrace, CloseBrace, OpenQuote, OpenIndented],
  ...[Assign, Colon, At, Comma, Semicolon, Dot, OpenParen, CloseParen, OpenBracket, CloseBracket],
  ...[Less, Greater, Plus, Minus, Star, Slash, Question, Not, Nul, Invalid],
];
const quoted: TokenType[] = [CloseQuote, Interpolation, QuotedText];
const indentedMode: TokenType[] = [
  ...[IndentedText, Interpolation, IndentedTicks, IndentedEscape, IndentedDollar, CloseIndented, IndentedTick],
];
const path: TokenType[] = [Interpolation, PathText, TrailingSlash, PathEnd];

export const modes: Readonly<Record<Mode, TokenType[]>> = { code, quoted, indented: indentedMode, path };
export const vocabulary: TokenType[] = [...new Set(Object.values(modes).flat())];
