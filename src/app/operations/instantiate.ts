/** Values to derivations in the store. */
import { resolve } from 'node:path';
import type { StorePath } from '../../formats/index.ts';
import { Evaluation } from '../evaluation.ts';
import { Session, type SessionOptions } from '../session.ts';
import { type Subject, subjectValues } from '../subject.ts';

export interface InstantiatedDerivation {
  readonly drvPath: StorePath;
  readonly outputName: string;
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
    const evaluation = new Evaluation(session);
    let count = 0;
    for await (const { value, args } of subjectValues(session, evaluation, subject)) {
      const derivations = await evaluation.run(() => evaluation.evaluator.derivations(value, args));
      for (const { drvPath, outputName } of derivations) {
        count += 1;
        yield { drvPath, outputName, shown: await keep(session, evaluation, drvPath, linkName(rootLink, count)) };
      }
    }
  } finally {
    session.close();
  }
}

async function keep(
  session: Session,
  evaluation: Evaluation,
  drvPath: StorePath,
  link: string | undefined,
): Promise<string> {
  if (session.location.kind === 'dummy') return drvPath;
  const store = await evaluation.writeOut([drvPath]);
  if (link === undefined) return drvPath;
  const path = resolve(session.cwd, link);
  store.addPermanentRoot(path, drvPath);
  return path;
}

/** `link`, `link-2`, `link-3`… */
function linkName(link: string | undefined, count: number): string | undefined {
  return link === undefined || count === 1 ? link : `${link}-${count}`;
}
