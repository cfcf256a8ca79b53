/** Values to derivations in the store. */
import { resolve } from 'node:path';
import type { OutputOf } from '../build-outputs.ts';
import type { Evaluation } from '../evaluation.ts';
import { writtenDerivations } from '../kept/derivations.ts';
import { Session, type SessionOptions } from '../session.ts';
import { type Subject, subjectValues } from '../subject.ts';

export interface InstantiatedDerivation extends OutputOf {
  /** The path to show: that of the root which was made, or `drvPath`. */
  readonly shown: string;
}

/** Evaluates and writes what the derivations need; with a store that keeps nothing, only computes their paths. */
export async function* instantiate(
  options: SessionOptions,
  subject: Subject,
  rootLink?: string,
): AsyncGenerator<InstantiatedDerivation> {
  const session = new Session(options);
  try {
    let count = 0;
    const find = (evaluation: Evaluation): AsyncIterable<OutputOf> => derivationsOf(session, evaluation, subject);
    for await (const found of writtenDerivations(session, ['instantiate', subject], find)) {
      count += 1;
      yield { ...found, shown: await rooted(session, found.drvPath, linkName(rootLink, count)) };
    }
  } finally {
    session.close();
  }
}

async function* derivationsOf(session: Session, evaluation: Evaluation, subject: Subject): AsyncGenerator<OutputOf> {
  for await (const { value, args } of subjectValues(session, evaluation, subject)) {
    yield* await evaluation.run(() => evaluation.evaluator.derivations(value, args));
  }
}

async function rooted(session: Session, drvPath: OutputOf['drvPath'], link: string | undefined): Promise<string> {
  if (session.location.kind === 'dummy' || link === undefined) return drvPath;
  const path = resolve(session.cwd, link);
  (await session.store()).addPermanentRoot(path, drvPath);
  return path;
}

/** `link`, `link-2`, `link-3`… */
function linkName(link: string | undefined, count: number): string | undefined {
  return link === undefined || count === 1 ? link : `${link}-${count}`;
}
