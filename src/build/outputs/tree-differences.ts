/** What is different between two trees on disk, as a few lines for people. */
import * as fs from 'node:fs';
import { join } from 'node:path';

export interface TreeDifference {
  /** Below the trees' roots; empty for the roots themselves. */
  readonly path: string;
  /** `only in the first`, `byte 17: 4a is 4b` … */
  readonly what: string;
}

/** The first differences, in the order of names; undefined as the last one when there are more than `most`. */
export function treeDifferences(first: string, second: string, most: number): TreeDifference[] {
  const found: TreeDifference[] = [];
  compare(first, second, '', (path, what) => {
    found.push({ path, what });
    return found.length < most;
  });
  return found;
}

/** Returns false when nothing more is wanted. */
type Report = (path: string, what: string) => boolean;

function compare(first: string, second: string, path: string, report: Report): boolean {
  const [one, other] = [fs.lstatSync(first), fs.lstatSync(second)];
  const [kind, otherKind] = [kindOf(one), kindOf(other)];
  if (kind !== otherKind) return report(path, `${kind} in the first, ${otherKind} in the second`);
  if (kind === 'a directory') return compareDirectories(first, second, path, report);
  if (kind === 'a link') {
    const [target, otherTarget] = [fs.readlinkSync(first), fs.readlinkSync(second)];
    return (
      target === otherTarget || report(path, `leads to '${target}' in the first, to '${otherTarget}' in the second`)
    );
  }
  const [executable, otherExecutable] = [(one.mode & 0o100) !== 0, (other.mode & 0o100) !== 0];
  if (executable !== otherExecutable) return report(path, `executable in the ${executable ? 'first' : 'second'} alone`);
  const difference = fileDifference(first, second);
  return difference === undefined || report(path, difference);
}

function compareDirectories(first: string, second: string, path: string, report: Report): boolean {
  const [names, otherNames] = [new Set(fs.readdirSync(first)), new Set(fs.readdirSync(second))];
  for (const name of [...new Set([...names, ...otherNames])].sort()) {
    const below = path === '' ? name : `${path}/${name}`;
    const goesOn = !names.has(name)
      ? report(below, 'only in the second')
      : !otherNames.has(name)
        ? report(below, 'only in the first')
        : compare(join(first, name), join(second, name), below, report);
    if (!goesOn) return false;
  }
  return true;
}

function kindOf(state: fs.Stats): string {
  if (state.isDirectory()) return 'a directory';
  return state.isSymbolicLink() ? 'a link' : 'a file';
}

const blockSize = 1024 * 1024;
/** Bytes of a line that are shown. */
const mostShown = 60;

/** Where two files differ first: a line of text, or a byte. */
function fileDifference(first: string, second: string): string | undefined {
  const files = [fs.openSync(first, 'r'), fs.openSync(second, 'r')] as const;
  try {
    const blocks = [Buffer.alloc(blockSize), Buffer.alloc(blockSize)] as const;
    for (let offset = 0, line = 1; ; offset += blockSize) {
      const one = blocks[0].subarray(0, fs.readSync(files[0], blocks[0], 0, blockSize, offset));
      const other = blocks[1].subarray(0, fs.readSync(files[1], blocks[1], 0, blockSize, offset));
      if (!one.equals(other)) return describe(one, other, offset, line);
      if (one.length < blockSize) return undefined;
      line += newlines(one);
    }
  } finally {
    for (const file of files) fs.closeSync(file);
  }
}

function describe(one: Buffer, other: Buffer, offset: number, line: number): string {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at += 1;
  if (isText(one) && isText(other)) {
    const number = line + newlines(one.subarray(0, at));
    return `line ${number}: '${lineAt(one, at)}' is '${lineAt(other, at)}'`;
  }
  if (at === one.length || at === other.length)
    return `the ${at === one.length ? 'first' : 'second'} ends at byte ${offset + at}`;
  const hex = (block: Buffer): string => block.subarray(at, at + 8).toString('hex');
  return `from byte ${offset + at}: ${hex(one)} is ${hex(other)}`;
}

function newlines(block: Buffer): number {
  let count = 0;
  for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) count += 1;
  return count;
}

function isText(block: Buffer): boolean {
  return !block
    .subarray(0, 8192)
    .some((byte) => byte === 0 || byte === 127 || (byte < 32 && byte !== 9 && byte !== 10));
}

/** The line that a byte is in, around that byte. */
function lineAt(block: Buffer, at: number): string {
  const start = Math.max(block.lastIndexOf(10, at - 1) + 1, at - mostShown / 2);
  const newline = block.indexOf(10, at);
  return block.toString(
    'utf8',
    at === 0 ? 0 : start,
    Math.min(newline < 0 ? block.length : newline, start + mostShown),
  );
}
