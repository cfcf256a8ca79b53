/**
 * Expressions that a JavaScript RegExp matches exactly as Nix would, and their translation. JavaScript takes the
 * first way through that succeeds, clears a loop's groups in each round, and never goes round empty: so only what
 * cannot tell the difference is translated, and everything else is left to the `Backtracker`.
 */
import { assertNever } from '../../../base/assert.ts';
import { type CharSet, emptySet, intersects } from './charset.ts';
import { hasEmptyLoop, isNullable } from './machine.ts';
import type { Expression, Node } from './syntax.ts';

/** The RegExp for matches of a whole text, or undefined. */
export function wholeRegExp(expression: Expression): RegExp | undefined {
  if (hasEmptyLoop(expression.root) || forgetsGroups(expression.root, false, false)) return undefined;
  return new RegExp(`^(?:${translate(expression.root)})$`, '');
}

/** The RegExp (sticky or global by `lastIndex`) that finds matches one after the other, or undefined. */
export function searchRegExp(expression: Expression): RegExp | undefined {
  const { root } = expression;
  if (hasEmptyLoop(root) || forgetsGroups(root, false, false) || !firstIsLongest(root)) return undefined;
  // After an empty match the search begins anew at its end, where `^` may match again.
  if (isNullable(root) && hasBegin(root)) return undefined;
  return new RegExp(translate(root), 'g');
}

/** Whether a loop has a group that one of its rounds may leave out: JavaScript forgets what it held before. */
function forgetsGroups(node: Node, inLoop: boolean, optional: boolean): boolean {
  switch (node.kind) {
    case 'group':
      return (inLoop && optional) || forgetsGroups(node.body, inLoop, optional);
    case 'sequence':
      return node.items.some((item) => forgetsGroups(item, inLoop, optional));
    case 'alternation':
      return node.branches.some((branch) => forgetsGroups(branch, inLoop, true));
    case 'repeat':
      if (node.max > 1) return forgetsGroups(node.body, true, inLoop && (optional || node.min === 0));
      return forgetsGroups(node.body, inLoop, optional || node.min === 0);
    default:
      return false;
  }
}

/** Whether the first success is the longest: of each alternation one branch at most can succeed, or all end alike. */
function firstIsLongest(node: Node): boolean {
  switch (node.kind) {
    case 'group':
    case 'repeat':
      return firstIsLongest(node.body);
    case 'sequence':
      return node.items.every(firstIsLongest);
    case 'alternation':
      return node.branches.every(firstIsLongest) && (haveOneLength(node.branches) || areDisjoint(node.branches));
    default:
      return true;
  }
}

function haveOneLength(branches: readonly Node[]): boolean {
  const length = lengthOf(branches[0]!);
  return length !== undefined && branches.every((branch) => lengthOf(branch) === length);
}

/** How many bytes every match takes, if that is one number. */
function lengthOf(node: Node): number | undefined {
  switch (node.kind) {
    case 'set':
      return 1;
    case 'begin':
    case 'end':
      return 0;
    case 'group':
      return lengthOf(node.body);
    case 'sequence':
      return node.items.map(lengthOf).reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b), 0);
    case 'alternation':
      return haveOneLength(node.branches) ? lengthOf(node.branches[0]!) : undefined;
    case 'repeat': {
      const body = lengthOf(node.body);
      return body === undefined || node.min !== node.max ? undefined : body * node.min;
    }
    default:
      return assertNever(node);
  }
}

function areDisjoint(branches: readonly Node[]): boolean {
  const seen: CharSet[] = [];
  for (const branch of branches) {
    if (isNullable(branch)) return false;
    const first = emptySet();
    addFirst(branch, first);
    if (seen.some((other) => intersects(other, first))) return false;
    seen.push(first);
  }
  return true;
}

/** Adds the bytes that a match may begin with; true when what follows the node may begin the match too. */
function addFirst(node: Node, into: CharSet): boolean {
  switch (node.kind) {
    case 'set':
      for (let byte = 0; byte < 256; byte++) if (node.set[byte] === 1) into[byte] = 1;
      return false;
    case 'begin':
    case 'end':
      return true;
    case 'group':
      return addFirst(node.body, into);
    case 'sequence':
      return node.items.every((item) => addFirst(item, into));
    case 'alternation':
      return node.branches.map((branch) => addFirst(branch, into)).includes(true);
    case 'repeat':
      return addFirst(node.body, into) || node.min === 0;
    default:
      return assertNever(node);
  }
}

function hasBegin(node: Node): boolean {
  switch (node.kind) {
    case 'begin':
      return true;
    case 'group':
    case 'repeat':
      return hasBegin(node.body);
    case 'sequence':
      return node.items.some(hasBegin);
    case 'alternation':
      return node.branches.some(hasBegin);
    default:
      return false;
  }
}

function translate(node: Node): string {
  switch (node.kind) {
    case 'set':
      return translateSet(node.set);
    case 'begin':
      return '^';
    case 'end':
      return '$';
    case 'group':
      return `(${translate(node.body)})`;
    case 'sequence':
      return node.items
        .map((item) => (item.kind === 'alternation' ? `(?:${translate(item)})` : translate(item)))
        .join('');
    case 'alternation':
      return node.branches.map(translate).join('|');
    case 'repeat':
      return `(?:${translate(node.body)})${quantifier(node.min, node.max)}`;
    default:
      return assertNever(node);
  }
}

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

/** A set as ranges of hexadecimal escapes: no byte has a meaning of its own there. */
function translateSet(set: CharSet): string {
  let ranges = '';
  for (let byte = 1; byte < 256; byte++) {
    if (set[byte] === 0) continue;
    const first = byte;
    while (set[byte + 1] === 1) byte += 1;
    ranges += first === byte ? hex(byte) : `${hex(first)}-${hex(byte)}`;
  }
  return `[${ranges}]`;
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
