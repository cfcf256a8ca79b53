/** What `exportReferencesGraph` tells a builder: closures of some of its inputs, as text or as an attribute. */
import { compareBytes } from '../base/bytes.ts';
import {
  isDerivationPath,
  isStorePath,
  type Json,
  JsonNumber,
  outputPath,
  type StorePath,
  withPrefix,
} from '../formats/index.ts';
import type { PathInfo } from '../store/index.ts';
import type { DerivationOptions } from './derivation-options.ts';
import type { EnvironmentRequest } from './environment.ts';
import { BuildError } from './errors.ts';
import type { PlanView } from './plan.ts';

export interface GraphView extends PlanView {
  closure(paths: Iterable<StorePath>): StorePath[];
  pathInfo(path: StorePath): PathInfo | undefined;
}

/**
 * @param inputs the derivation's input closure
 * @throws BuildError `build/invalid-derivation` for a path that is not in it
 */
export function exportedGraphs(
  view: GraphView,
  options: DerivationOptions,
  inputs: ReadonlySet<string>,
): EnvironmentRequest['graphs'] {
  const files = new Map<string, string>();
  const attributes = new Map<string, Json>();
  for (const [name, roots] of options.exportGraph) {
    const paths = closureOf(view, roots, inputs);
    const infos = paths.map((path) => view.pathInfo(path)!);
    if (options.attributes === undefined) files.set(name, infos.map(registrationText).join(''));
    else
      attributes.set(
        name,
        infos.map((info) => attributeOf(view, info)),
      );
  }
  return { files, attributes };
}

function closureOf(view: GraphView, roots: readonly string[], inputs: ReadonlySet<string>): StorePath[] {
  const start = roots.map((root) => {
    if (inputs.has(root) && isStorePath(view.storeDir, root)) return root;
    throw new BuildError(
      'build/invalid-derivation',
      `cannot export references of path '${root}' because it is not in the input closure of the derivation`,
      { details: { path: root } },
    );
  });
  const found = view.closure(start);
  const made = found.filter(isDerivationPath).flatMap((drvPath) => builtOutputs(view, drvPath));
  return [...new Set(view.closure([...found, ...made]))].sort(compareBytes);
}

/** The outputs of derivations in the graph belong to it too, as far as they are there. */
function builtOutputs(view: GraphView, drvPath: StorePath): StorePath[] {
  const derivation = view.readDerivation(drvPath);
  return [...derivation.outputs.keys()].flatMap((name) => {
    const path = outputPath(view.storeDir, derivation, name);
    return path !== undefined && view.isValid(path) ? [path] : [];
  });
}

/** Four or more lines: the path, an empty one for the deriver, the number of references, the references. */
function registrationText({ path, references }: PathInfo): string {
  return `${path}\n\n${references.length}\n${references.map((reference) => `${reference}\n`).join('')}`;
}

function attributeOf(view: GraphView, info: PathInfo): Json {
  const closureSize = view.closure([info.path]).reduce((sum, path) => sum + view.pathInfo(path)!.narSize, 0);
  const members: [string, Json][] = [
    ['narHash', withPrefix(info.narHash, 'nix32')],
    ['narSize', new JsonNumber(String(info.narSize))],
    ['references', [...info.references]],
    ['path', info.path],
    ['valid', true],
    ['closureSize', new JsonNumber(String(closureSize))],
  ];
  if (info.contentAddress !== undefined) members.push(['ca', info.contentAddress]);
  return new Map(members);
}
