/** Whether the files that the current generation declares are as it wants them. The judgement is pure; looking is not. */
import * as fs from 'node:fs';
import { observe } from '../../observe.ts';
import { physicalPath } from '../../root-path.ts';
import type { StoreFiles } from '../../system-store.ts';
import { diffText } from '../../text-diff.ts';
import {
  type Desired,
  type DesiredEntry,
  type DesiredTree,
  describeState,
  isAsDesired,
  type Observed,
  sameContent,
} from '../../tree-state.ts';
import { type Aspect, type Deviation, verdictOf } from '../deviation.ts';
import { octal } from '../map/judge.ts';

/** What of a declared file is not as declared; undefined when all is. */
export function judgeDeclared(entry: DesiredEntry, seen: Observed): Deviation | undefined {
  const { state, path, realm, declared } = entry;
  if (isAsDesired(state, seen)) return undefined;
  const aspect = aspectOf(state, seen);
  return {
    realm,
    subject: { type: 'path', name: path },
    aspect,
    owner: { type: 'option', ...declared },
    ...words(aspect, state, seen),
    verdict: verdictOf(realm, false),
    remedy: 'sysbuild switch, or sysbuild rollback to the current generation',
  };
}

function aspectOf(wanted: Desired, seen: Observed): Aspect {
  if (seen.kind === 'absent') return 'missing';
  if (seen.kind === 'other') return seen.what.includes('mounted') ? 'mounted-over' : 'kind';
  if (seen.kind !== wanted.kind && !(wanted.kind === 'directory' && seen.kind === 'symlink' && seen.toFolder))
    return 'kind';
  if (!sameContent(wanted, seen)) return wanted.kind === 'symlink' ? 'target' : 'content';
  return wanted.kind !== 'symlink' && seen.kind !== 'symlink' && wanted.mode !== seen.mode ? 'mode' : 'owner';
}

function words(aspect: Aspect, wanted: Desired, seen: Observed): { expected: string; found: string } {
  const attributes = (state: Desired | Observed): string => {
    if (!('mode' in state)) return describeState(state);
    return aspect === 'mode' ? octal(state.mode) : `${state.uid}:${state.gid}`;
  };
  if (aspect === 'mode' || aspect === 'owner') return { expected: attributes(wanted), found: attributes(seen) };
  if (aspect === 'content' && wanted.kind === 'file' && seen.kind === 'file') {
    return { expected: `sha256 ${wanted.digest}`, found: `sha256 ${seen.digest}` };
  }
  return { expected: describeState(wanted), found: describeState(seen) };
}

/** Most bytes of a text that is shown line by line. */
const mostDiff = 256 * 1024;

/** Looks at every declared file. @param root as in `MachineLayout` */
export function judgeDeclaredFiles(tree: DesiredTree, files: StoreFiles, root: string): Deviation[] {
  const links = [...tree.values()].flatMap(({ path, state }) => (state.kind === 'symlink' ? [path] : []));
  const seen = observe(root, tree.keys(), new Set(links));
  return [...tree.values()].flatMap((entry) => {
    const { state, place } = seen.get(entry.path)!;
    const found = judgeDeclared(entry, state);
    if (found === undefined) return [];
    const physical = physicalPath(root, place);
    return { ...found, since: sinceOf(found.aspect, physical), diff: diffOf(entry.state, state, files, physical) };
  });
}

/** Of a file that is gone, the folder changed last then, or later. */
function sinceOf(aspect: Aspect, physical: string): string | undefined {
  const gone = aspect === 'missing';
  const stat = fs.lstatSync(gone ? physical.slice(0, physical.lastIndexOf('/')) : physical, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return (aspect === 'content' || gone ? stat.mtime : stat.ctime).toISOString();
}

function diffOf(wanted: Desired, seen: Observed, files: StoreFiles, physical: string): readonly string[] | undefined {
  if (wanted.kind !== 'file' || seen.kind !== 'file' || wanted.digest === seen.digest) return undefined;
  if (wanted.size > mostDiff || seen.size > mostDiff) return undefined;
  const [before, after] = [files.readText(wanted.source), fs.readFileSync(physical, 'utf8')];
  return before.includes('\0') || after.includes('\0') ? undefined : diffText(before, after).lines;
}
