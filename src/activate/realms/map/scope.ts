/**
 * What the map is about: files that say what to leave out, in the form of gitignore(5). A line is a pattern; `#` begins
 * a comment, `!` takes back in, a `/` at the begin or inside binds the pattern to the root, one at the end means
 * folders only. The last line that matches counts; what is in a folder that is left out cannot be taken back. Pure.
 */
import picomatch from 'picomatch';
import type { EntryKind } from './entry.ts';

/** Where such files are, on a machine. */
export const scopeFiles: readonly string[] = ['/.sysbuildignore', '/etc/sysbuild/ignore'];

interface Line {
  readonly leavesOut: boolean;
  readonly foldersOnly: boolean;
  readonly matches: (path: string) => boolean;
  /** The path itself where the pattern has no wildcards. */
  readonly plain: string | undefined;
}

export class Scope {
  readonly #lines: readonly Line[];

  constructor(text: string) {
    this.#lines = text.split('\n').flatMap((line) => parseLine(line) ?? []);
  }

  /** Whether a path is left out; what is below it is not asked about. */
  leavesOut(path: string, kind: EntryKind): boolean {
    const last = this.#lines.findLast((line) => (kind === 'directory' || !line.foldersOnly) && line.matches(path));
    return last?.leavesOut ?? false;
  }

  /** Paths that are left out without a look at them: a walk need not enter them. */
  get plainPaths(): string[] {
    return this.#lines.flatMap(({ plain, leavesOut }) =>
      plain !== undefined && leavesOut && this.leavesOut(plain, 'directory') && this.leavesOut(plain, 'file')
        ? [plain]
        : [],
    );
  }
}

function parseLine(raw: string): Line | undefined {
  let text = raw.replace(/\r$/, '').replace(/(?<!\\) +$/, '');
  if (text === '' || text.startsWith('#')) return undefined;
  const leavesOut = !text.startsWith('!');
  if (!leavesOut) text = text.slice(1);
  const foldersOnly = text.endsWith('/');
  if (foldersOnly) text = text.slice(0, -1);
  const options = { dot: true, nonegate: true } as const;
  if (!text.includes('/')) {
    const matchesName = picomatch(text, options);
    const matches = (path: string): boolean => matchesName(path.slice(path.lastIndexOf('/') + 1));
    return { leavesOut, foldersOnly, matches, plain: undefined };
  }
  const pattern = `/${text.replace(/^\//, '')}`;
  const plain = picomatch.scan(pattern).glob === '' ? pattern : undefined;
  // Without the first slash, so that a first `**` stands for no folder as well; a last one is not the folder itself.
  const matchesBelow = picomatch(pattern.slice(1).replace(/\/\*\*$/, '/**/*'), options);
  const matches = (path: string): boolean => matchesBelow(path.slice(1));
  return { leavesOut, foldersOnly, matches, plain };
}
