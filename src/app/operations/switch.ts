/** A machine from its text: evaluate, build, and make the result the current generation. */
import { planSwitchTo, readManifest, type SwitchPlan, type SwitchReport, switchTo } from '../../activate/index.ts';
import { fromUnicode } from '../../base/bytes.ts';
import { Activity } from '../../base/events.ts';
import type { StorePath } from '../../formats/index.ts';
import { copyClosure } from '../../store/index.ts';
import { type BuildCounts, buildOutputs } from '../build-outputs.ts';
import { AppError } from '../errors.ts';
import { Evaluation } from '../evaluation.ts';
import { pathExpression, systemExpression } from '../machine-expression.ts';
import { type MachineOptions, type MachineSession, withMachine } from '../machine-session.ts';
import { argumentValues, type Subject, subjectValues } from '../subject.ts';

export { describeDiff, describePlan } from '../../activate/index.ts';

export interface SwitchRequest {
  readonly subject: Subject;
  readonly label: string | undefined;
  /** Wait for another switch of the machine instead of refusing. */
  readonly wait: boolean;
  /** Build and plan; leave the machine as it is. */
  readonly dryRun: boolean;
}

/** What exists after a switch. */
export interface SwitchSummary {
  /** Undefined for a dry run. */
  readonly report: SwitchReport | undefined;
  readonly plan: SwitchPlan;
  readonly root: string;
  readonly system: StorePath;
  readonly drvPath: StorePath;
  readonly hostName: string;
  readonly files: number;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly closure: { readonly paths: number; readonly bytes: number };
  readonly builds: BuildCounts;
  /** Paths copied from the store that was built in. */
  readonly copied: number;
  readonly milliseconds: number;
}

export function switchMachine(options: MachineOptions, request: SwitchRequest): Promise<SwitchSummary> {
  const started = performance.now();
  return withMachine(options, async (session) => {
    const drvPath = await evaluateSystem(session, request.subject);
    const { outputs, counts } = await buildOutputs(session.session, [drvPath]);
    const system = outputs.get(drvPath.drvPath)!.get(drvPath.outputName)!;
    const copied = await bringToMachine(session, system);
    const machine = await session.machine();
    const report = request.dryRun
      ? undefined
      : await switchTo(machine, system, { label: request.label, wait: request.wait, signal: session.session.signal });
    const manifest = readManifest(machine.store, system);
    const closure = machine.store.closure([system]);
    return {
      report,
      plan: report?.plan ?? (await planSwitchTo(machine, system)),
      root: session.root,
      system,
      drvPath: drvPath.drvPath,
      hostName: manifest.hostName,
      files: manifest.files.length,
      packages: manifest.packages.map(({ name, version }) => ({ name, version })),
      closure: { paths: closure.length, bytes: sizeOf(machine.store, closure) },
      builds: counts,
      copied,
      milliseconds: performance.now() - started,
    };
  });
}

/** The one system that the subject names, written to the store that is built in. */
async function evaluateSystem(
  machine: MachineSession,
  subject: Subject,
): Promise<{ drvPath: StorePath; outputName: string }> {
  const { session } = machine;
  const evaluation = new Evaluation(session);
  const { evaluator } = evaluation;
  const activity = new Activity(session.sink, 'evaluate', describeSubject(subject));
  try {
    const base = fromUnicode(session.cwd);
    const args = argumentValues(evaluator, subject, base);
    for await (const { value, source } of subjectValues(session, evaluation, subject)) {
      const wholeFile = source.kind === 'file' && subject.attributes.length === 0;
      const found = await evaluation.run(() => {
        const parts = new Map([
          ['value', value],
          ['file', evaluator.lazyText(wholeFile ? pathExpression(source.path) : 'null', base)],
          ['args', evaluator.attrs(args)],
        ]);
        const system = evaluator.autoCall(evaluator.evalText(systemExpression, '/', 'string'), parts);
        return evaluator.derivations(system, new Map());
      });
      if (found.length !== 1) throw notOneSystem(found.length);
      await evaluation.writeOut([found[0]!.drvPath]);
      activity.stop(true);
      return found[0]!;
    }
    throw notOneSystem(0);
  } catch (error) {
    activity.stop(false);
    throw error;
  }
}

function describeSubject(subject: Subject): string {
  const source = subject.sources[0];
  return source?.kind === 'file' ? source.path : 'expression';
}

/** Copies the system's closure where the machine has its own store. Returns how many paths that were. */
async function bringToMachine(machine: MachineSession, system: StorePath): Promise<number> {
  if (machine.buildsInPlace) return 0;
  const { session } = machine;
  return (await copyClosure(await session.store(), await machine.store(), [system], session.sink)).length;
}

function sizeOf(store: { pathInfo(path: StorePath): { narSize: number } | undefined }, paths: StorePath[]): number {
  return paths.reduce((sum, path) => sum + (store.pathInfo(path)?.narSize ?? 0), 0);
}

function notOneSystem(count: number): AppError {
  return new AppError('app/wrong-value', `the file has ${count} systems, and a machine is one`, {
    hint: 'Name an attribute with -A.',
  });
}
