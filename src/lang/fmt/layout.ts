/** The tree of words as a document: how each form of the language is laid out. */
import { all, type Doc, group, hardLine, line, nest } from './doc.ts';
import { callDoc, operatorDoc, parenthesesDoc } from './layout-calls.ts';
import { lambdaDoc } from './layout-functions.ts';
import { isAbsorbable, letDoc, listDoc, pathDoc, setDoc } from './layout-sets.ts';
import { textDoc } from './layout-text.ts';
import { commentsBefore, lastComments, wordDoc } from './layout-words.ts';
import { firstWord, type IfNode, type Node, type ScopeNode, type SelectNode } from './tree.ts';
import type { Word } from './words.ts';

/** A whole file. */
export function fileDoc(root: Node, end: Word): Doc {
  return all(nodeDoc(root), lastComments(end, true), hardLine);
}

/** Layouts try a part in several ways: it is laid out once. */
const known = new WeakMap<Node, Doc>();

function nodeDoc(node: Node): Doc {
  let doc = known.get(node);
  if (doc === undefined) {
    doc = layOut(node);
    known.set(node, doc);
  }
  return doc;
}

function layOut(node: Node): Doc {
  switch (node.kind) {
    case 'commented':
      return all(commentsBefore(node.first), nodeDoc(node.inner));
    case 'word':
      return wordDoc(node.word);
    case 'text':
      return textDoc(nodeDoc, node);
    case 'parens':
      return parenthesesDoc(nodeDoc, node, isAbsorbable);
    case 'list':
      return listDoc(nodeDoc, node);
    case 'set':
      return setDoc(nodeDoc, node);
    case 'let':
      return letDoc(nodeDoc, node);
    case 'select':
      return selectDoc(node);
    case 'has':
      return all(nodeDoc(node.subject), ' ', wordDoc(node.question), ' ', pathDoc(nodeDoc, node.path));
    case 'unary':
      return all(wordDoc(node.op), nodeDoc(node.operand));
    case 'binary':
      return operatorDoc(nodeDoc, node);
    case 'apply':
      return callDoc(nodeDoc, node, isAbsorbable);
    case 'lambda':
      return lambdaDoc(nodeDoc, node, isAbsorbable);
    case 'if':
      return group(...ifDocs(node));
    case 'scope':
      return scopeDoc(node);
  }
}

function selectDoc({ subject, dot, path, fallback }: SelectNode): Doc {
  // A dot right behind these would be a part of them.
  const apart = (subject.kind === 'word' && /^[\d.]|[:/]/.test(subject.word.text)) || isPath(subject) ? ' ' : '';
  const doc = all(nodeDoc(subject), apart, wordDoc(dot), pathDoc(nodeDoc, path));
  if (fallback === undefined) return doc;
  return all(doc, ' ', wordDoc(fallback.or), ' ', nodeDoc(fallback.value));
}

const isPath = (node: Node): boolean =>
  node.kind === 'text' && !node.open.text.startsWith('"') && !node.open.text.startsWith("''");

/** `else if` goes on in the same line. */
function ifDocs(node: IfNode): Doc[] {
  const { ifWord, condition, thenWord, then, elseWord, otherwise } = node;
  const start = [wordDoc(ifWord), ' ', nodeDoc(condition), ' ', wordDoc(thenWord), nest(line, nodeDoc(then))];
  const chained = otherwise.kind === 'if' && firstWord(otherwise).before.length === 0;
  if (chained) return [...start, hardLine, wordDoc(elseWord), ' ', ...ifDocs(otherwise)];
  return [...start, line, wordDoc(elseWord), nest(line, nodeDoc(otherwise))];
}

function scopeDoc({ keyword, head, semicolon, body }: ScopeNode): Doc {
  const start = all(wordDoc(keyword), ' ', nodeDoc(head), wordDoc(semicolon));
  if (keyword.text === 'assert') return all(start, hardLine, nodeDoc(body));
  return isAbsorbable(body) ? all(start, ' ', nodeDoc(body)) : group(start, line, nodeDoc(body));
}
