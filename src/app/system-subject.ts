/** The system that a command names: an expression to evaluate, or a path in the store that was built before. */
import * as fs from 'node:fs';
import { fromUnicode, toUnicode } from '../base/bytes.ts';
import { Activity } from '../base/events.ts';
import { type StorePath, splitStorePath } from '../formats/index.ts';
import type { OutputOf } from './build-outputs.ts';
import { AppError } from './errors.ts';
import type { Evaluation } from './evaluation.ts';
import { writtenDerivations } from './kept/derivations.ts';
import { pathExpression, systemExpression } from './machine-expression.ts';
import type { MachineSession } from './machine-session.ts';
import type { Session } from './session.ts';
import { argumentValues, type Subject, subjectValues } from './subject.ts';

/** The system at a path of the store, or behind a link to one (`./result`); undefined where the subject is no such path. */
export async function builtSystem(machine: MachineSession, subject: Subject): Promise<StorePath | undefined> {
  const [source] = subject.sources;
  if (source?.kind !== 'file' || subject.attributes.length > 0) return undefined;
  const named = toUnicode(source.path);
  const target = fs.lstatSync(named, { throwIfNoEntry: false })?.isSymbolicLink() ? fs.readlinkSync(named) : named;
  const split = splitStorePath(machine.location.storeDir, target);
  if (split === undefined || (split.rest !== '' && split.rest !== '/')) return undefined;
  for (const store of [await machine.store(), await machine.session.store()]) {
    if (store.isValid(split.path)) return split.path;
  }
  return undefined;
}

/** The one system that the subject names, written to the store that is built in. */
export async function evaluateSystem(session: Session, subject: Subject): Promise<OutputOf> {
  const activity = new Activity(session.sink, 'evaluate', describeSubject(subject));
  try {
    const find = (evaluation: Evaluation): AsyncIterable<OutputOf> => systemOf(session, evaluation, subject);
    let found: OutputOf | undefined;
    // To its end: only then the result is kept.
    for await (const system of writtenDerivations(session, ['system', subject], find)) found = system;
    if (found === undefined) throw notOneSystem(0);
    activity.stop(true);
    return found;
  } catch (error) {
    activity.stop(false);
    throw error;
  }
}

async function* systemOf(session: Session, evaluation: Evaluation, subject: Subject): AsyncGenerator<OutputOf> {
  const { evaluator } = evaluation;
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
    yield found[0]!;
    return;
  }
}

function describeSubject(subject: Subject): string {
  const source = subject.sources[0];
  return source?.kind === 'file' ? source.path : 'expression';
}

function notOneSystem(count: number): AppError {
  return new AppError('app/wrong-value', `the file has ${count} systems, and a machine is one`, {
    hint: 'Name an attribute with -A.',
  });
}
