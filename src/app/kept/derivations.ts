/** Derivations that an evaluation gives, in the store: those of the last time, if nothing has changed since. */
import type { OutputOf } from '../build-outputs.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Session } from '../session.ts';
import { resultsOf } from './results.ts';
import { areValid } from './validity.ts';

/**
 * Yields what `find` does, which has to depend on the request and on what its evaluation reads alone. Each derivation
 * is written to the store before it is yielded; a store that keeps nothing only has its path.
 */
export async function* writtenDerivations(
  session: Session,
  request: readonly unknown[],
  find: (evaluation: Evaluation) => AsyncIterable<OutputOf>,
): AsyncGenerator<OutputOf> {
  const results = resultsOf<readonly OutputOf[]>(session, request);
  const kept = results?.find();
  const drvPaths = kept?.result.map(({ drvPath }) => drvPath) ?? [];
  if (kept !== undefined && (await areValid(session, drvPaths))) {
    for (const event of kept.said) session.sink.emit(event);
    return yield* kept.result;
  }
  const { Evaluation } = await import('../evaluation.ts');
  const evaluation = new Evaluation(session, results);
  const all: OutputOf[] = [];
  for await (const { drvPath, outputName } of find(evaluation)) {
    if (session.location.kind !== 'dummy') await evaluation.writeOut([drvPath]);
    all.push({ drvPath, outputName });
    yield { drvPath, outputName };
  }
  results?.keep(all);
}
