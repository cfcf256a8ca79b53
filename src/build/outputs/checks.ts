/**
 * Checks that a derivation asks for: which paths its outputs may refer to, directly or by their closure, and how
 * large they may be. Pure but for the questions that it asks. Where a closure holds what it should not, the error
 * shows how it comes there.
 */
import { formatBytes } from '../../base/text.ts';
import type { StorePath } from '../../formats/index.ts';
import type { OutputChecks, Reference } from '../derivation-options.ts';
import { BuildError } from '../errors.ts';

export interface CheckedPath {
  readonly path: StorePath;
  readonly references: readonly StorePath[];
  readonly narSize: number;
}

export interface CheckRequest {
  readonly drvPath: StorePath;
  /** All outputs of the derivation, by name. */
  readonly outputs: ReadonlyMap<string, CheckedPath>;
  /** What is known of any other path. */
  infoOf(path: StorePath): CheckedPath | undefined;
}

/** @throws BuildError `build/reference-not-allowed`, `build/output-too-large`, `build/invalid-derivation` */
export function checkOutput(request: CheckRequest, outputName: string, checks: OutputChecks): void {
  const info = request.outputs.get(outputName)!;
  const closure = lazily(() => closureOf(request, info));
  checkSize(request, info, checks.maxSize, info.narSize, `path '${info.path}' is`);
  if (checks.maxClosureSize !== undefined) {
    const size = [...closure().values()].reduce((sum, { narSize }) => sum + narSize, 0);
    checkSize(request, info, checks.maxClosureSize, size, `the closure of '${info.path}' is`);
  }
  const rules: Rule[] = [
    { references: checks.allowedReferences, allowed: true, closure: false },
    { references: checks.allowedRequisites, allowed: true, closure: true },
    { references: checks.disallowedReferences, allowed: false, closure: false },
    { references: checks.disallowedRequisites, allowed: false, closure: true },
  ];
  for (const rule of rules) {
    if (rule.references === undefined || (!rule.allowed && rule.references.length === 0)) continue;
    const named = new Set(rule.references.map((reference) => pathOf(request, outputName, reference)));
    const used = rule.closure ? [...closure().keys()] : info.references;
    const considered = rule.closure && checks.ignoreSelf ? used.filter((path) => path !== info.path) : used;
    const bad = considered.filter((path) => named.has(path) !== rule.allowed);
    if (bad.length > 0) throw notAllowed(request, info, outputName, bad.sort());
  }
}

interface Rule {
  readonly references: readonly Reference[] | undefined;
  /** Whether the references are those that may be, or those that may not be. */
  readonly allowed: boolean;
  readonly closure: boolean;
}

function pathOf(request: CheckRequest, outputName: string, reference: Reference): StorePath {
  if ('path' in reference) return reference.path;
  const output = request.outputs.get(reference.output);
  if (output !== undefined) return output.path;
  const valid = [...request.outputs.keys()].sort().join(', ');
  throw new BuildError(
    'build/invalid-derivation',
    `an output check of '${outputName}' of '${request.drvPath}' names the output '${reference.output}', which it does not have (it has ${valid})`,
    { details: { drvPath: request.drvPath, output: outputName, named: reference.output } },
  );
}

function closureOf(request: CheckRequest, start: CheckedPath): Map<StorePath, CheckedPath> {
  const own = new Map([...request.outputs.values()].map((info) => [info.path, info]));
  const closure = new Map<StorePath, CheckedPath>([[start.path, start]]);
  for (const info of closure.values()) {
    for (const path of info.references) {
      const next = own.get(path) ?? request.infoOf(path);
      if (next !== undefined && !closure.has(path)) closure.set(path, next);
    }
  }
  return closure;
}

function checkSize(
  request: CheckRequest,
  info: CheckedPath,
  limit: number | undefined,
  size: number,
  what: string,
): void {
  if (limit === undefined || size <= limit) return;
  throw new BuildError(
    'build/output-too-large',
    `${what} too large at ${size} bytes (${formatBytes(size)}); the limit is ${limit} bytes`,
    { details: { drvPath: request.drvPath, path: info.path, size, limit } },
  );
}

function notAllowed(
  request: CheckRequest,
  info: CheckedPath,
  outputName: string,
  bad: readonly StorePath[],
): BuildError {
  const chains = bad.map((path) => chainTo(request, info, path));
  const lines = chains.map((chain) => `\n  ${chain.join('\n    -> ')}`).join('');
  return new BuildError(
    'build/reference-not-allowed',
    `output '${outputName}' of '${request.drvPath}' is not allowed to refer to ${bad.length === 1 ? 'this path' : 'these paths'}:${lines}`,
    { details: { drvPath: request.drvPath, output: outputName, paths: bad, chains } },
  );
}

/** The shortest way from an output to a path in its closure, without the output itself. */
function chainTo(request: CheckRequest, from: CheckedPath, to: StorePath): StorePath[] {
  const own = new Map([...request.outputs.values()].map((info) => [info.path, info]));
  const cameFrom = new Map<StorePath, StorePath>();
  const queue: CheckedPath[] = [from];
  for (const info of queue) {
    for (const path of info.references) {
      if (cameFrom.has(path)) continue;
      cameFrom.set(path, info.path);
      const next = own.get(path) ?? request.infoOf(path);
      if (next !== undefined) queue.push(next);
    }
  }
  const chain = [to];
  for (let at = cameFrom.get(to); at !== undefined && at !== from.path; at = cameFrom.get(at)) chain.unshift(at);
  return chain;
}

function lazily<T>(compute: () => T): () => T {
  let value: { readonly is: T } | undefined;
  return () => (value ??= { is: compute() }).is;
}
