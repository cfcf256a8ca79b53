/**
 * What a switch has to do to the files of a machine: from what the current generation wants, what the new one wants,
 * and what is there, to steps in order, each with its reason. Pure: a dry run prints the same value that is applied.
 *
 * The rules: what is as the new generation wants it is left. What is as the old one left it is replaced or removed.
 * Anything else holds bytes that are not ours, a file of somebody else or an edit of ours: they are saved before the
 * place is used. A place that is no longer declared gets back the file that was there before us, if there was one.
 */
import { ancestorsOf } from './manifest.ts';
import type { FilePlan, Step } from './plan-values.ts';
import { decideGone, decideWanted, type PlaceFacts } from './step-rules.ts';
import type { Desired, DesiredTree, Observed } from './tree-state.ts';

export interface PlanInput {
  readonly from: { readonly tree: DesiredTree } | undefined;
  readonly to: { readonly tree: DesiredTree };
  /** What is at every path of both trees and the folders above them. */
  readonly seen: ReadonlyMap<string, Observed>;
  /** The newest saved foreign file by the path it was at. */
  readonly originals: ReadonlyMap<string, number>;
  /** Folders that were made for declared files. */
  readonly madeFolders: ReadonlySet<string>;
  /** Attributes of folders that nobody declares. */
  readonly folder: Extract<Desired, { kind: 'directory' }>;
}

/** What a switch does to files. */
export function planFiles(input: PlanInput): FilePlan {
  const paths = new Set([...(input.from?.tree.keys() ?? []), ...input.to.tree.keys()]);
  const steps: Step[] = [];
  const adopted: string[] = [];
  const left: { path: string; why: string }[] = [];
  let unchanged = 0;
  const view = viewOf(input);
  for (const path of paths) {
    const facts = factsOf(view, path);
    const decision = facts.wanted === undefined ? decideGone(facts) : decideWanted(facts, facts.wanted);
    if (decision.kind === 'step') steps.push(decision.step);
    else if (decision.kind === 'left') left.push({ path, why: decision.why });
    else if (decision.kind === 'adopt') adopted.push(path);
    if (decision.kind === 'keep' || decision.kind === 'adopt') unchanged += 1;
  }
  steps.push(...foldersAbove(view), ...foldersLeftOver(view));
  return {
    steps: inOrder(steps),
    adopted: adopted.sort(),
    left: left.sort((a, b) => (a.path < b.path ? -1 : 1)),
    unchanged,
  };
}

/** The input with what follows from it. */
interface View extends PlanInput {
  /** Paths of the old generation that the new one does not have. */
  readonly gone: ReadonlySet<string>;
  /** The folders that wanted files are in. */
  readonly needed: ReadonlySet<string>;
}

function viewOf(input: PlanInput): View {
  const gone = new Set([...(input.from?.tree.keys() ?? [])].filter((path) => !input.to.tree.has(path)));
  return { ...input, gone, needed: new Set([...input.to.tree.keys()].flatMap(ancestorsOf)) };
}

function factsOf(view: View, path: string): PlaceFacts {
  const seen = view.seen.get(path) ?? { kind: 'absent' };
  return {
    path,
    seen,
    foreignInside: seen.kind === 'directory' && seen.entries.some((name) => !isOurs(view, `${path}/${name}`)),
    had: view.from?.tree.get(path),
    wanted: view.to.tree.get(path),
    original: view.originals.get(path),
    madeFolder: view.madeFolders.has(path),
    neededAsFolder: view.needed.has(path),
  };
}

/** Whether what is at a path is there because of the old generation, and goes with it. */
function isOurs(view: View, path: string): boolean {
  const seen = view.seen.get(path);
  if (seen?.kind !== 'directory') return seen !== undefined && view.gone.has(path) && seen.kind !== 'other';
  return view.madeFolders.has(path) && seen.entries.every((name) => isOurs(view, `${path}/${name}`));
}

/** Folders that wanted files need and that nobody declares: made where nothing is, cleared where something else is. */
function foldersAbove(view: View): Step[] {
  const steps: Step[] = [];
  for (const path of view.needed) {
    const facts = factsOf(view, path);
    // Folders that are there keep their attributes: they are not declared.
    if (facts.wanted !== undefined || facts.seen.kind === 'directory' || servesAsFolder(view, path)) continue;
    const declared = { option: `a file below ${path}`, definedIn: '' };
    const decision = decideWanted(facts, { path, state: view.folder, realm: 'congruent', declared });
    if (decision.kind === 'step') steps.push({ ...decision.step, declared: undefined });
  }
  return steps;
}

/** A link to a folder serves as one, unless it is one of ours that goes away. */
function servesAsFolder(view: View, path: string): boolean {
  const seen = view.seen.get(path);
  return seen?.kind === 'symlink' && seen.toFolder && !view.gone.has(path);
}

/** Folders that we made and that nothing wanted is in any more: removed when nothing is in them. */
function foldersLeftOver(view: View): Step[] {
  const steps: Step[] = [];
  for (const path of view.madeFolders) {
    const before = view.seen.get(path);
    if (before?.kind !== 'directory') continue;
    if (view.needed.has(path) || view.to.tree.has(path) || view.from?.tree.has(path)) continue;
    steps.push({
      path,
      action: 'remove-folder',
      reason: 'not needed any more',
      realm: 'congruent',
      declared: undefined,
      before,
      after: { kind: 'absent' },
      saves: undefined,
    });
  }
  return steps;
}

/** What goes away first, innermost first; then folders, outermost first; then what is in them. */
function inOrder(steps: readonly Step[]): Step[] {
  const rank = (step: Step): number => {
    if (step.action === 'remove-folder') return 1;
    if (step.after.kind === 'absent') return 0;
    return step.after.kind === 'directory' ? 2 : 3;
  };
  const byPath = (a: Step, b: Step): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
  return steps.toSorted((a, b) => {
    const ranks = rank(a) - rank(b);
    return ranks !== 0 ? ranks : rank(a) < 2 ? byPath(b, a) : byPath(a, b);
  });
}
