/** Strings, paths and what is interpolated in them. */
import { IndentedText, OpenIndented } from '../syntax/tokens.ts';
import { all, type Doc, flattened, group, hardLine, isHard, nest, raw, settle, softLine } from './doc.ts';
import { afterDoc, commentsBefore, wordDoc } from './layout-words.ts';
import { firstWord, type Interpolation, type Node, type TextNode } from './tree.ts';
import type { Word } from './words.ts';

export type Print = (node: Node) => Doc;

export function textDoc(print: Print, node: TextNode): Doc {
  if (node.open.type !== OpenIndented) return verbatim(print, node);
  const lines = node.open.text.includes('\n') ? linesOf(node.parts) : [];
  const indentation = leastIndentation(lines);
  return indentation === undefined ? verbatim(print, node) : indented(print, node, lines, indentation);
}

/** Whether a string has lines that can be moved. */
export const isTall = ({ open }: TextNode): boolean => open.type === OpenIndented && open.text.includes('\n');

function verbatim(print: Print, { open, parts, close }: TextNode): Doc {
  const docs = parts.map((part) => ('inner' in part ? interpolationDoc(print, part) : raw(part.text)));
  return all(wordDoc({ ...open, text: '' }), settle, raw(open.text), ...docs, raw(close.text), afterDoc(close));
}

export function interpolationDoc(print: Print, { open, inner, close }: Interpolation): Doc {
  const spread = firstWord(inner).startsLine || close.startsLine || isHard(print(inner));
  const doc = group(wordDoc(open), nest(softLine, print(inner)), softLine, wordDoc(close));
  return spread ? doc : flattened(all(wordDoc(open), print(inner), wordDoc(close)));
}

/** A line of an indented string. */
interface TextLine {
  /** Leading spaces; undefined where the line goes on behind an escaped end of line, or begins with no plain text. */
  readonly spaces: number;
  readonly parts: readonly (string | Interpolation)[];
}

function linesOf(parts: readonly (Word | Interpolation)[]): TextLine[] {
  const lines: (string | Interpolation)[][] = [[]];
  for (const part of parts) {
    if ('inner' in part || part.type !== IndentedText) {
      lines.at(-1)!.push('inner' in part ? part : part.text);
      continue;
    }
    const [first, ...rest] = part.text.split('\n');
    lines.at(-1)!.push(first!);
    for (const text of rest) lines.push([text]);
  }
  return lines.map(split);
}

function split(parts: readonly (string | Interpolation)[]): TextLine {
  const [first, ...rest] = parts.filter((part) => part !== '');
  if (typeof first !== 'string') return { spaces: 0, parts: first === undefined ? [] : [first, ...rest] };
  const spaces = /^ */.exec(first)![0].length;
  const text = first.slice(spaces);
  return { spaces, parts: text === '' ? rest : [text, ...rest] };
}

/** Of all lines with something in them; undefined where there are none. */
function leastIndentation(lines: readonly TextLine[]): number | undefined {
  const counted = lines.filter(({ parts }) => parts.length > 0).map(({ spaces }) => spaces);
  return counted.length === 0 ? undefined : Math.min(...counted);
}

function indented(print: Print, { open, close }: TextNode, lines: readonly TextLine[], indentation: number): Doc {
  const last = lines.at(-1)!;
  const closesLine = last.parts.length === 0;
  const shown = closesLine ? lines.slice(0, -1) : lines;
  const docs = shown.flatMap((one): Doc[] => [hardLine, lineDoc(print, one, indentation)]);
  return all(
    commentsBefore(open),
    settle,
    open.text.trimEnd(),
    nest(...docs),
    closesLine ? hardLine : '',
    close.text,
    afterDoc(close),
  );
}

function lineDoc(print: Print, { spaces, parts }: TextLine, indentation: number): Doc {
  const rest = parts.map((part) => (typeof part === 'string' ? raw(part) : interpolationDoc(print, part)));
  return all(' '.repeat(Math.max(spaces - indentation, 0)), ...rest);
}
