/**
 * A syntax tree that keeps every word: what is written, in the order in which it is written. Which parentheses and
 * commas there are, how bindings are spread, where lines were broken: all that the language does not care about.
 */
import type { Word } from './words.ts';

export type Node =
  /** An expression below comments that are not about its first word alone. */
  | { readonly kind: 'commented'; readonly first: Word; readonly inner: Node }
  | { readonly kind: 'word'; readonly word: Word }
  /** `"…"`, `''…''` or a path: pieces of text, and what is interpolated. */
  | TextNode
  | { readonly kind: 'parens'; readonly open: Word; readonly inner: Node; readonly close: Word }
  | ListNode
  | SetNode
  | {
      readonly kind: 'let';
      readonly keyword: Word;
      readonly bindings: readonly Binding[];
      readonly inWord: Word;
      readonly body: Node;
    }
  | SelectNode
  | { readonly kind: 'has'; readonly subject: Node; readonly question: Word; readonly path: AttrPath }
  | { readonly kind: 'unary'; readonly op: Word; readonly operand: Node }
  | BinaryNode
  | ApplyNode
  | LambdaNode
  | IfNode
  /** `with e; body`, `assert e; body` */
  | ScopeNode;

export interface TextNode {
  readonly kind: 'text';
  /** The quotes, the first piece of a path. */
  readonly open: Word;
  readonly parts: readonly (Word | Interpolation)[];
  readonly close: Word;
}

export interface Interpolation {
  readonly open: Word;
  readonly inner: Node;
  readonly close: Word;
}

export interface ListNode {
  readonly kind: 'list';
  readonly open: Word;
  readonly items: readonly Node[];
  readonly close: Word;
}

export interface SetNode {
  readonly kind: 'set';
  /** `rec`, or the `let` of old. */
  readonly keyword: Word | undefined;
  readonly open: Word;
  readonly bindings: readonly Binding[];
  readonly close: Word;
}

export type AttrName = Word | Interpolation | TextNode;

/** Names and the dots between them. */
export interface AttrPath {
  readonly names: readonly AttrName[];
  readonly dots: readonly Word[];
}

export type Binding =
  | {
      readonly kind: 'binding';
      readonly path: AttrPath;
      readonly equals: Word;
      readonly value: Node;
      readonly semicolon: Word;
    }
  | {
      readonly kind: 'inherit';
      readonly keyword: Word;
      readonly from: { readonly open: Word; readonly inner: Node; readonly close: Word } | undefined;
      readonly names: readonly AttrName[];
      readonly semicolon: Word;
    };

export interface SelectNode {
  readonly kind: 'select';
  readonly subject: Node;
  readonly dot: Word;
  readonly path: AttrPath;
  readonly fallback: { readonly or: Word; readonly value: Node } | undefined;
}

export interface BinaryNode {
  readonly kind: 'binary';
  readonly left: Node;
  readonly op: Word;
  readonly right: Node;
  /** Operators of one level stand below each other. */
  readonly level: number;
}

export interface ApplyNode {
  readonly kind: 'apply';
  readonly fn: Node;
  readonly args: readonly Node[];
}

export interface Formal {
  readonly name: Word;
  readonly fallback: { readonly question: Word; readonly value: Node } | undefined;
}

export interface Formals {
  readonly open: Word;
  readonly list: readonly Formal[];
  /** One after each formal, but perhaps the last. */
  readonly commas: readonly Word[];
  readonly ellipsis: Word | undefined;
  readonly close: Word;
}

export interface LambdaNode {
  readonly kind: 'lambda';
  /** In the order as written: a name, a pattern, or both with an `@` between. */
  readonly argument: readonly (Word | Formals)[];
  readonly colon: Word;
  readonly body: Node;
}

export interface IfNode {
  readonly kind: 'if';
  readonly ifWord: Word;
  readonly condition: Node;
  readonly thenWord: Word;
  readonly then: Node;
  readonly elseWord: Word;
  readonly otherwise: Node;
}

export interface ScopeNode {
  readonly kind: 'scope';
  readonly keyword: Word;
  readonly head: Node;
  readonly semicolon: Word;
  readonly body: Node;
}

/** The first word of a node. */
export function firstWord(node: Node): Word {
  switch (node.kind) {
    case 'commented':
      return node.first;
    case 'word':
      return node.word;
    case 'text':
    case 'parens':
    case 'list':
      return node.open;
    case 'set':
      return node.keyword ?? node.open;
    case 'let':
    case 'scope':
      return node.keyword;
    case 'select':
    case 'has':
      return firstWord(node.subject);
    case 'unary':
      return node.op;
    case 'binary':
      return firstWord(node.left);
    case 'apply':
      return firstWord(node.fn);
    case 'lambda':
      return firstOf(node.argument[0]!);
    case 'if':
      return node.ifWord;
  }
}

export function firstOf(item: Word | Formals | Interpolation | TextNode): Word {
  return 'open' in item ? item.open : item;
}
