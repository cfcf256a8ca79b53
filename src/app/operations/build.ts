/** Values to built outputs. */
import { resolve } from 'node:path';
import type { BuildPlan } from '../../build/index.ts';
import { derivationKind, isStorePath, type StorePath } from '../../formats/index.ts';
import { type BuildCounts, buildOutputs, type OutputOf, wantedOf } from '../build-outputs.ts';
import type { Evaluation } from '../evaluation.ts';
import { writtenDerivations } from '../kept/derivations.ts';
import { type Session, type SessionOptions, withSession } from '../session.ts';
import { type ExpressionSource, type Subject, subjectValues } from '../subject.ts';
import { evaluateSystem } from '../system-subject.ts';

export interface BuildRequest {
  readonly subject: Subject;
  /** Where links to the results are made; undefined: nowhere. */
  readonly outLink: string | undefined;
  /** Build what is there already once more, and compare. */
  readonly check: boolean;
  /** The subject describes a machine: its system is built. */
  readonly machine?: boolean;
}

export interface BuiltOutput extends OutputOf {
  readonly outPath: StorePath;
  /** The link that was made, which keeps the output from being collected. */
  readonly link: string | undefined;
}

export interface BuildSummary {
  readonly outputs: readonly BuiltOutput[];
  readonly counts: BuildCounts;
  readonly milliseconds: number;
}

/** In the order of the subject, an output for each derivation found. */
export function build(options: SessionOptions, request: BuildRequest): Promise<BuildSummary> {
  const started = performance.now();
  return withSession(options, async (session) => {
    const { subject, machine } = request;
    const isMachine = machine === true;
    const wanted = isMachine ? [await evaluateSystem(session, subject)] : await wantedDerivations(session, subject);
    const { outputs, counts } = await buildOutputs(session, wanted, { check: request.check });
    const store = await session.store();
    const links = linkNames(wanted, request.outLink);
    const built = wanted.map(({ drvPath, outputName }, index) => {
      const outPath = outputs.get(drvPath)!.get(outputName)!;
      const link = links[index] && resolve(session.cwd, links[index]);
      if (link !== undefined) store.addPermanentRoot(link, outPath);
      return { drvPath, outputName, outPath, link };
    });
    return { outputs: built, counts, milliseconds: performance.now() - started };
  });
}

/** A path that will come from a cache. */
export interface Download {
  readonly path: StorePath;
  /** The address of the cache. */
  readonly from: string;
  /** Bytes that are transferred; undefined where the cache does not say. */
  readonly downloadSize: number | undefined;
  /** Bytes of its archive. */
  readonly unpackedSize: number;
}

export interface BuildPreview {
  /** In an order in which they can be built. */
  readonly willBuild: readonly StorePath[];
  /** Builds that fetch something known by its hash. */
  readonly willFetch: readonly StorePath[];
  /** Derivations whose outputs come from caches, with `downloads`. */
  readonly willSubstitute: readonly StorePath[];
  readonly downloads: readonly Download[];
  /** Depend on content that is not known yet: they may turn out to be there. */
  readonly perhaps: readonly StorePath[];
  readonly present: readonly StorePath[];
}

/** What `build` would do. */
export function previewBuild(options: SessionOptions, subject: Subject): Promise<BuildPreview> {
  return withSession(options, async (session) => {
    const wanted = await wantedDerivations(session, subject);
    const { planWanted } = await import('../realise.ts');
    return preview(await planWanted(session, await session.store(), wantedOf(wanted)));
  });
}

function preview({ nodes, willBuild, willSubstitute, perhaps, present, downloads }: BuildPlan): BuildPreview {
  const isFetch = (path: StorePath): boolean => derivationKind(nodes.get(path)!.derivation) === 'fixed';
  return {
    willBuild: willBuild.filter((path) => !isFetch(path)),
    willFetch: willBuild.filter(isFetch),
    willSubstitute,
    downloads: downloads.map(({ path, info, source }) => ({
      path,
      from: source.uri,
      downloadSize: info.fileSize,
      unpackedSize: info.narSize,
    })),
    perhaps,
    present,
  };
}

/** What is named: derivations in the store as they are, and those that expressions give. */
export async function wantedDerivations(session: Session, subject: Subject): Promise<OutputOf[]> {
  const { storeDir } = session.location;
  const found = subject.sources.flatMap((source) => derivationOperand(storeDir, source) ?? []);
  const sources = subject.sources.filter((source) => derivationOperand(storeDir, source) === undefined);
  return sources.length === 0 ? found : [...found, ...(await evaluateSources(session, { ...subject, sources }))];
}

/** `/nix/store/….drv`, alone for its output `out`, or with `!NAME` or `^NAME`. */
function derivationOperand(storeDir: string, source: ExpressionSource): OutputOf | undefined {
  if (source.kind !== 'file') return undefined;
  const match = /^(.*\.drv)(?:[!^]([\w+.?=-]+))?$/.exec(source.path);
  if (match === null || !isStorePath(storeDir, match[1]!)) return undefined;
  return { drvPath: match[1], outputName: match[2] ?? 'out' };
}

async function evaluateSources(session: Session, subject: Subject): Promise<OutputOf[]> {
  const find = (evaluation: Evaluation): AsyncIterable<OutputOf> => derivationsOf(session, evaluation, subject);
  const found: OutputOf[] = [];
  // What was asked for is the same as with `instantiate`: so is what is kept of it.
  for await (const output of writtenDerivations(session, ['instantiate', subject], find)) found.push(output);
  return found;
}

async function* derivationsOf(session: Session, evaluation: Evaluation, subject: Subject): AsyncGenerator<OutputOf> {
  for await (const { value, args } of subjectValues(session, evaluation, subject)) {
    yield* await evaluation.run(() => evaluation.evaluator.derivations(value, args));
  }
}

/** `result`, `result-dev` for another output, `result-2` and `result-2-dev` for the next derivation. */
export function linkNames(wanted: readonly OutputOf[], link: string | undefined): (string | undefined)[] {
  const numbers = new Map<StorePath, number>();
  return wanted.map(({ drvPath, outputName }) => {
    if (link === undefined) return undefined;
    if (!numbers.has(drvPath)) numbers.set(drvPath, numbers.size + 1);
    const number = numbers.get(drvPath)!;
    return `${link}${number === 1 ? '' : `-${number}`}${outputName === 'out' ? '' : `-${outputName}`}`;
  });
}
