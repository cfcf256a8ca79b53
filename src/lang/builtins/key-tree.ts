/**
 * Keys in order, in a red-black tree of the usual kind (Guibas and Sedgewick, 1978; each new key is red, and the tree
 * is mended upwards from it). Any balanced tree would find the same keys; but which of them a new key is compared with
 * is seen in errors, where it cannot be compared, and so this one has the shape of C++'s `std::map`.
 */

interface Node<K> {
  readonly key: K;
  red: boolean;
  parent: Node<K> | undefined;
  left: Node<K> | undefined;
  right: Node<K> | undefined;
}

export class KeyTree<K> {
  readonly #less: (a: K, b: K) => boolean;
  #root: Node<K> | undefined;

  /** `less` may throw, and then nothing is added. */
  constructor(less: (a: K, b: K) => boolean) {
    this.#less = less;
  }

  /** False when an equal key is there already. */
  add(key: K): boolean {
    let parent: Node<K> | undefined;
    let less = true;
    for (let at = this.#root; at !== undefined; at = less ? at.left : at.right) {
      parent = at;
      less = this.#less(key, at.key);
    }
    const before = less ? predecessor(parent) : parent;
    if (before !== undefined && !this.#less(before.key, key)) return false;
    const node: Node<K> = { key, red: true, parent, left: undefined, right: undefined };
    if (parent === undefined) this.#root = node;
    else if (less) parent.left = node;
    else parent.right = node;
    this.#mend(node);
    return true;
  }

  /** The first key in order for which `wanted` holds. */
  find(wanted: (key: K) => boolean): K | undefined {
    let at = this.#root;
    while (at?.left !== undefined) at = at.left;
    while (at !== undefined && !wanted(at.key)) at = successor(at);
    return at?.key;
  }

  #mend(added: Node<K>): void {
    let node = added;
    while (node.parent?.red === true) {
      const { parent } = node;
      const above = parent.parent!;
      const isLeft = above.left === parent;
      const uncle = isLeft ? above.right : above.left;
      if (uncle?.red === true) {
        parent.red = uncle.red = false;
        above.red = true;
        node = above;
        continue;
      }
      if (node === (isLeft ? parent.right : parent.left)) {
        node = parent;
        this.#rotate(node, isLeft);
      }
      node.parent!.red = false;
      above.red = true;
      this.#rotate(above, !isLeft);
    }
    this.#root!.red = false;
  }

  /** Moves a node down to the left (or right), and its other child up into its place. */
  #rotate(node: Node<K>, toLeft: boolean): void {
    const up = (toLeft ? node.right : node.left)!;
    const between = toLeft ? up.left : up.right;
    if (toLeft) node.right = between;
    else node.left = between;
    if (between !== undefined) between.parent = node;
    up.parent = node.parent;
    if (node.parent === undefined) this.#root = up;
    else if (node.parent.left === node) node.parent.left = up;
    else node.parent.right = up;
    if (toLeft) up.left = node;
    else up.right = node;
    node.parent = up;
  }
}

function predecessor<K>(node: Node<K> | undefined): Node<K> | undefined {
  if (node?.left !== undefined) {
    let at = node.left;
    while (at.right !== undefined) at = at.right;
    return at;
  }
  let at = node;
  while (at?.parent !== undefined && at.parent.left === at) at = at.parent;
  return at?.parent;
}

function successor<K>(node: Node<K>): Node<K> | undefined {
  if (node.right !== undefined) {
    let at = node.right;
    while (at.left !== undefined) at = at.left;
    return at;
  }
  let at: Node<K> | undefined = node;
  while (at.parent !== undefined && at.parent.right === at) at = at.parent;
  return at.parent;
}
