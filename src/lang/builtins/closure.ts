/** `genericClosure`: everything that can be reached from some items by a function, each item once by its key. */
import { addTrace, EvalError } from '../errors.ts';
import { apply } from '../runtime/call.ts';
import { lessThan } from '../runtime/equality.ts';
import { forceAttrs, forceFunction, forceList, requireAttr } from '../runtime/expect.ts';
import { showValue } from '../runtime/print.ts';
import { force } from '../runtime/thunk.ts';
import { type Attrs, type Forced, Str, type Value } from '../runtime/value.ts';
import { KeyTree } from './key-tree.ts';
import type { BuiltinDef } from './registry.ts';

function genericClosure(argument: Value): Value {
  const set = forceAttrs(argument, 'while evaluating the first argument passed to builtins.genericClosure');
  const where = 'in the attrset passed as argument to builtins.genericClosure';
  const start = forceList(
    requireAttr(set, 'startSet', where),
    "while evaluating the 'startSet' attribute passed as argument to builtins.genericClosure",
  );
  if (start.length === 0) return start;
  const operator = forceFunction(
    requireAttr(set, 'operator', where),
    "while evaluating the 'operator' attribute passed as argument to builtins.genericClosure",
  );
  const queue: Value[] = start.slice();
  const found: Attrs[] = [];
  const seen = new KeySet(found);
  // The queue grows while it is walked through.
  for (let i = 0; i < queue.length; i++) {
    const element = elementOf(queue[i]!);
    if (!seen.add(keyOf(element), element)) continue;
    found.push(element);
    pushNext(operator, element, queue);
  }
  return found;
}

function elementOf(value: Value): Attrs {
  try {
    return forceAttrs(value, '');
  } catch (error) {
    throw addTrace(error, `in genericClosure element ${showValue(value)}`);
  }
}

function keyOf(element: Attrs): Forced {
  const key = element.get('key');
  if (key !== undefined) return force(key);
  const error = new EvalError('missing-attribute', "attribute 'key' missing");
  throw addTrace(error, `in genericClosure element ${showValue(element)}`);
}

function pushNext(operator: Value, element: Attrs, queue: Value[]): void {
  const what = 'while evaluating the return value of the `operator` passed to builtins.genericClosure';
  try {
    const next = forceList(apply(operator, element), what);
    for (let i = 0; i < next.length; i++) {
      force(next[i]!);
      queue.push(next[i]!);
    }
  } catch (error) {
    throw addTrace(error, `while calling operator on genericClosure element ${showValue(element)}`);
  }
}

/**
 * The keys of the elements so far. Strings, and integers, are looked up by hashing; keys of other kinds, and mixed
 * ones, by the order of the language, whose errors are part of the answer.
 */
class KeySet {
  /** In the order in which they were found. */
  readonly #elements: readonly Attrs[];
  readonly #fast = new Set<string | number | bigint>();
  #fastKind: 'string' | 'int' | undefined;
  /** The elements by their keys, once that is needed. */
  #ordered: KeyTree<Attrs> | undefined;

  constructor(elements: readonly Attrs[]) {
    this.#elements = elements;
  }

  /** False when an equal key is there already; else the element must be added to the elements. */
  add(key: Forced, element: Attrs): boolean {
    if (this.#ordered === undefined) {
      const plain = key instanceof Str ? key.text : key;
      const kind = fastKind(plain);
      if (kind !== undefined && kind === (this.#fastKind ?? kind)) {
        this.#fastKind = kind;
        const before = this.#fast.size;
        this.#fast.add(plain as string);
        return this.#fast.size > before;
      }
      this.#ordered = new KeyTree(isLess);
      for (const known of this.#elements) this.#ordered.add(known);
    }
    return addInOrder(this.#ordered, element);
  }
}

const isLess = (a: Attrs, b: Attrs): boolean => lessThan(keyOf(a), keyOf(b));

function addInOrder(tree: KeyTree<Attrs>, element: Attrs): boolean {
  try {
    return tree.add(element);
  } catch (error) {
    const other = tree.find((known) => !isComparable(element, known));
    if (other === undefined) throw addTrace(error, `while checking key of element ${showValue(element)}`);
    addTrace(error, `with element ${showValue(other)}`);
    throw addTrace(error, `while comparing element ${showValue(element)}`);
  }
}

function isComparable(a: Attrs, b: Attrs): boolean {
  try {
    isLess(a, b);
    return true;
  } catch {
    return false;
  }
}

function fastKind(key: Forced): 'string' | 'int' | undefined {
  if (typeof key === 'string') return 'string';
  return typeof key === 'number' || typeof key === 'bigint' ? 'int' : undefined;
}

export const closureBuiltins: readonly BuiltinDef[] = [
  {
    name: 'genericClosure',
    args: ['attrset'],
    doc: 'Begins with the sets in `startSet`, adds the lists that `operator` gives for each, and keeps one set for each `key`.',
    run: (_rt, argument) => genericClosure(argument),
  },
];
