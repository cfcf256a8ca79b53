/** The difference of two texts, line by line, in the unified form (`@@ -1,3 +1,4 @@`, then lines after ' ', '-' or '+'). Pure. */

export interface TextDiff {
  readonly added: number;
  readonly removed: number;
  /** Unified hunks with three lines around each change, without file headers. */
  readonly lines: readonly string[];
}

type Edit = { readonly sign: ' ' | '-' | '+'; readonly line: string };

/** Most cells of the table of common lines: 2,000 by 2,000. Larger changes are told as a whole. */
const mostCells = 4_000_000;
const context = 3;

export function diffText(before: string, after: string): TextDiff {
  const edits = editsBetween(linesOf(before), linesOf(after));
  const count = (sign: string): number => edits.filter((edit) => edit.sign === sign).length;
  return { added: count('+'), removed: count('-'), lines: hunks(edits) };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function editsBetween(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const same = (line: string): Edit => ({ sign: ' ', line });
  return [
    ...before.slice(0, start).map(same),
    ...editsInside(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

/** By the longest common subsequence of lines. */
function editsInside(before: readonly string[], after: readonly string[]): Edit[] {
  const removed = (line: string): Edit => ({ sign: '-', line });
  const added = (line: string): Edit => ({ sign: '+', line });
  if (before.length * after.length > mostCells) return [...before.map(removed), ...after.map(added)];
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const same = before[i] === after[j];
      common[i * width + j] = same
        ? common[(i + 1) * width + j + 1]! + 1
        : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      edits.push({ sign: ' ', line: before[i]! });
      i += 1;
      j += 1;
    } else if (
      i < before.length &&
      (j === after.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    ) {
      edits.push(removed(before[i++]!));
    } else edits.push(added(after[j++]!));
  }
  return edits;
}

function hunks(edits: readonly Edit[]): string[] {
  const near = edits.map((_, index) =>
    edits.slice(Math.max(0, index - context), index + context + 1).some((edit) => edit.sign !== ' '),
  );
  const lines: string[] = [];
  let [old, fresh] = [1, 1];
  for (let index = 0; index < edits.length; index++) {
    if (near[index] && !near[index - 1]) {
      const stop = near.indexOf(false, index);
      lines.push(header(edits.slice(index, stop < 0 ? edits.length : stop), old, fresh));
    }
    const { sign, line } = edits[index]!;
    if (near[index]) lines.push(`${sign}${line}`);
    if (sign !== '+') old += 1;
    if (sign !== '-') fresh += 1;
  }
  return lines;
}

function header(hunk: readonly Edit[], old: number, fresh: number): string {
  const without = (sign: string): number => hunk.filter((edit) => edit.sign !== sign).length;
  const range = (start: number, count: number): string => `${count === 0 ? start - 1 : start},${count}`;
  return `@@ -${range(old, without('+'))} +${range(fresh, without('-'))} @@`;
}
