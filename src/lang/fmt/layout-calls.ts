/** Calls, operators, selections and parentheses. */
import { all, broken, choice, type Doc, flattened, group, isHard, line, nest, softLine } from './doc.ts';
import type { Print } from './layout-text.ts';
import { afterDoc, lastComments, wordDoc } from './layout-words.ts';
import type { ApplyNode, BinaryNode, Node } from './tree.ts';

type Test = (node: Node) => boolean;

/** On one line, or with the last argument begun there, or with each argument on a line of its own. */
export function callDoc(print: Print, node: ApplyNode, isAbsorbable: Test): Doc {
  const tall = group(print(node.fn), nest(...node.args.map((arg) => all(line, print(arg)))));
  const absorbed = absorbedCall(print, node, isAbsorbable);
  return absorbed === undefined ? tall : choice(...absorbed, broken(tall));
}

/**
 * The ways to write a call of which one argument may be begun on its line: the only one of several lines, or else the
 * last. Undefined: there is none.
 */
export function absorbedCall(print: Print, { fn, args }: ApplyNode, isAbsorbable: Test): Doc[] | undefined {
  const docs = args.map(print);
  const tall = docs.flatMap((doc, index) => (isHard(doc) ? [index] : []));
  const at = tall[0] ?? args.length - 1;
  const head = print(fn);
  const arg = args[at]!;
  const absorbed = isAbsorbable(arg) || (arg.kind === 'text' && at === args.length - 1);
  if (tall.length > 1 || isHard(head) || !absorbed) return undefined;
  const written = (one: Doc): Doc =>
    all(flattened(head), ...docs.flatMap((doc, index): Doc[] => [' ', index === at ? one : flattened(doc)]));
  const flat = tall.length > 0 ? [] : [written(flattened(docs[at]!))];
  return [...flat, written(broken(docs[at]!))];
}

/** The operands of operators of one level, and the operators between them. */
function chainOf(node: BinaryNode): { operands: Node[]; ops: Doc[] } {
  const operands: Node[] = [node.right];
  const ops: Doc[] = [wordDoc(node.op)];
  let left = node.left;
  while (left.kind === 'binary' && left.level === node.level) {
    operands.unshift(left.right);
    ops.unshift(wordDoc(left.op));
    left = left.left;
  }
  return { operands: [left, ...operands], ops };
}

export function operatorDoc(print: Print, node: BinaryNode): Doc {
  const { operands, ops } = chainOf(node);
  const [first, ...rest] = operands.map(print);
  return group(first!, ...rest.map((doc, index) => all(line, ops[index]!, ' ', doc)));
}

/** `a // { … }` with the set begun on the line; undefined: it cannot be. */
export function absorbedOperator(print: Print, node: BinaryNode, isAbsorbable: Test): Doc[] | undefined {
  const { left, op, right } = node;
  const isPlain = left.kind === 'word' || left.kind === 'select';
  if (!isPlain || !['//', '++', '+'].includes(op.text) || !isAbsorbable(right)) return undefined;
  const head = all(print(left), ' ', wordDoc(op), ' ');
  const doc = print(right);
  if (isHard(head)) return undefined;
  return [...(isHard(doc) ? [] : [all(head, flattened(doc))]), all(head, broken(doc))];
}

export function parenthesesDoc(print: Print, node: Extract<Node, { kind: 'parens' }>, isAbsorbable: Test): Doc {
  const { open, inner, close } = node;
  const [start, doc, after] = [wordDoc(open), print(inner), afterDoc(close)];
  const end = all(close.text, after);
  const nested = all(group(start, nest(softLine, doc), softLine, close.text), after);
  const tight = all(start, doc, end);
  if (open.after.length > 0 || close.before.length > 0) {
    return group(start, nest(softLine, doc, lastComments(close, true)), softLine, end);
  }
  if (inner.kind === 'word' || inner.kind === 'text' || isAbsorbable(inner)) return tight;
  if (inner.kind === 'lambda') {
    const tightly = inner.argument.length === 1 && 'text' in inner.argument[0]! && isAbsorbable(inner.body);
    return tightly ? choice(tight, nested) : nested;
  }
  if (inner.kind === 'apply') {
    const absorbed = absorbedCall(print, inner, isAbsorbable);
    return absorbed === undefined ? nested : choice(...absorbed.map((one) => all(start, one, end)), broken(nested));
  }
  return nested;
}
