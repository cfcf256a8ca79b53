/** Values of expressions, as text. */

import type { StorePath } from '../../formats/index.ts';
import type { Value } from '../../lang/index.ts';
import type { Evaluation } from '../evaluation.ts';
import { type Results, resultsOf } from '../kept/results.ts';
import { areValid } from '../kept/validity.ts';
import { Session, type SessionOptions } from '../session.ts';
import { type Arguments, type Subject, subjectValues } from '../subject.ts';

export interface EvaluateOptions {
  readonly format: 'nix' | 'json' | 'xml' | 'raw';
  readonly strict: boolean;
  /** With XML: say where attributes and functions stand. */
  readonly locations: boolean;
}

/** The texts of all values, and the paths in the store that they mention. */
interface Shown {
  readonly texts: readonly string[];
  readonly mentioned: readonly StorePath[];
}

/** Yields a byte string for each value, ready to be written. */
export async function* evaluate(
  options: SessionOptions,
  subject: Subject,
  shown: EvaluateOptions,
): AsyncGenerator<string> {
  const session = new Session(options);
  try {
    const results = resultsOf<Shown>(session, ['evaluate', subject, shown]);
    const kept = results?.find();
    if (kept !== undefined && (await areValid(session, kept.result.mentioned))) {
      for (const event of kept.said) session.sink.emit(event);
      yield* kept.result.texts;
    } else yield* evaluateAnew(session, subject, shown, results);
  } finally {
    session.close();
  }
}

async function* evaluateAnew(
  session: Session,
  subject: Subject,
  options: EvaluateOptions,
  results: Results<Shown> | undefined,
): AsyncGenerator<string> {
  const { Evaluation } = await import('../evaluation.ts');
  const evaluation = new Evaluation(session, results);
  const [texts, mentioned]: [string[], StorePath[]] = [[], []];
  for await (const { value, args } of subjectValues(session, evaluation, subject)) {
    const text = await evaluation.run(() => show(evaluation, value, args, options));
    mentioned.push(...(await evaluation.writeMentioned(text)));
    texts.push(text);
    yield text;
  }
  results?.keep({ texts, mentioned });
}

function show({ evaluator }: Evaluation, value: Value, args: Arguments, options: EvaluateOptions): string {
  const result = args.size === 0 ? value : evaluator.autoCall(value, args);
  switch (options.format) {
    case 'raw':
      return evaluator.toStringValue(result).text;
    case 'json':
      return `${evaluator.toJson(result, options.strict).text}\n`;
    case 'xml':
      return evaluator.toXml(result, { strict: options.strict, location: options.locations });
    case 'nix':
      if (options.strict) evaluator.deepForce(result);
      return `${evaluator.print(result)}\n`;
  }
}
