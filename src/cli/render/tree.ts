/** Trees as indented lines. */

export interface Tree {
  readonly path: string;
  readonly references: readonly Tree[];
  /** Its branches stand elsewhere. */
  readonly repeated: boolean;
}

/** One line a node; a node that was unfolded before is marked. Any depth is fine. */
export function renderTree(root: Tree): string {
  const lines: string[] = [];
  const pending: { node: Tree; margin: string; branch: string; below: string }[] = [
    { node: root, margin: '', branch: '', below: '' },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, margin, branch, below } = next;
    lines.push(`${margin}${branch}${node.path}${node.repeated && node.path !== root.path ? ' [...]' : ''}\n`);
    const inside = margin + below;
    const last = node.references.length - 1;
    for (let i = last; i >= 0; i--) {
      const isLast = i === last;
      pending.push({
        node: node.references[i]!,
        margin: inside,
        branch: isLast ? '└───' : '├───',
        below: isLast ? '    ' : '│   ',
      });
    }
  }
  return lines.join('');
}
