/** Call trees in the formats that viewers of flame graphs read. */
import { toUnicode } from '../../base/bytes.ts';
import type { CallNode, Frame } from './call-tree.ts';

export type ProfileFormat = 'speedscope' | 'cpuprofile' | 'collapsed';

export function writeProfile(root: CallNode, format: ProfileFormat): string {
  switch (format) {
    case 'speedscope':
      return `${JSON.stringify(speedscope(root))}\n`;
    case 'cpuprofile':
      return `${JSON.stringify(cpuProfile(root))}\n`;
    case 'collapsed':
      return collapsed(root);
  }
}

/** All nodes, each before its children. */
function* nodesOf(root: CallNode): Generator<CallNode> {
  const todo = [root];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    yield next;
    todo.push(...[...next.children.values()].reverse());
  }
}

/** From the outermost function on. */
function stackOf(node: CallNode): CallNode[] {
  const stack: CallNode[] = [];
  for (let at: CallNode | undefined = node; at !== undefined; at = at.parent) stack.push(at);
  return stack.reverse();
}

const micros = (milliseconds: number): number => Math.round(milliseconds * 1000);

/** `name (file:line:column)`. */
function labelOf({ name, file, line, column }: Frame): string {
  if (file === '') return toUnicode(name);
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return toUnicode(name === file ? file : `${name} (${place})`);
}

/** One line for each stack: its functions with `;` between, and its own time in microseconds. */
function collapsed(root: CallNode): string {
  const lines: string[] = [];
  for (const node of nodesOf(root)) {
    if (micros(node.self) === 0) continue;
    const stack = stackOf(node).map(({ frame }) => labelOf(frame).replaceAll(';', ':').replace(/\s+/g, ' '));
    lines.push(`${stack.join(';')} ${micros(node.self)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** The file format of speedscope, with a sample for each stack whose weight is its time. */
function speedscope(root: CallNode): unknown {
  const indices = new Map<Frame, number>();
  const frames: unknown[] = [];
  const indexOf = (frame: Frame): number => {
    let index = indices.get(frame);
    if (index === undefined) {
      const { name, file, line, column } = frame;
      const place = file === '' ? {} : { file: toUnicode(file), ...(line === 0 ? {} : { line, col: column }) };
      index = frames.push({ name: toUnicode(name), ...place }) - 1;
      indices.set(frame, index);
    }
    return index;
  };
  const samples: number[][] = [];
  const weights: number[] = [];
  for (const node of nodesOf(root)) {
    if (micros(node.self) === 0) continue;
    samples.push(stackOf(node).map(({ frame }) => indexOf(frame)));
    weights.push(micros(node.self));
  }
  const endValue = weights.reduce((sum, weight) => sum + weight, 0);
  const profile = {
    type: 'sampled',
    name: 'evaluation',
    unit: 'microseconds',
    startValue: 0,
    endValue,
    samples,
    weights,
  };
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'sysbuild',
    name: 'evaluation',
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [profile],
  };
}

/** A CPU profile of Chrome's tools; lines and columns count from 0 there. */
function cpuProfile(root: CallNode): unknown {
  const ids = new Map<CallNode, number>();
  const all = [...nodesOf(root)];
  for (const [index, node] of all.entries()) ids.set(node, index + 1);
  const nodes = all.map((node) => ({
    id: ids.get(node)!,
    callFrame: {
      functionName: toUnicode(node.frame.name),
      scriptId: '0',
      url: toUnicode(node.frame.file),
      lineNumber: node.frame.line - 1,
      columnNumber: node.frame.column - 1,
    },
    hitCount: micros(node.self) > 0 ? 1 : 0,
    children: [...node.children.values()].map((child) => ids.get(child)!),
  }));
  // A sample tells of the time after it.
  const timed = all.filter((node) => micros(node.self) > 0);
  const timeDeltas = [0, ...timed.map((node) => micros(node.self))];
  const samples = [...timed.map((node) => ids.get(node)!), 1];
  const endTime = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  return { nodes, startTime: 0, endTime, samples, timeDeltas };
}
