/** Values of expressions, as text. */

import type { Value } from '../../lang/index.ts';
import { Evaluation } from '../evaluation.ts';
import { Session, type SessionOptions } from '../session.ts';
import { type Arguments, type Subject, subjectValues } from '../subject.ts';

export interface EvaluateOptions {
  readonly format: 'nix' | 'json' | 'xml' | 'raw';
  readonly strict: boolean;
  /** With XML: say where attributes and functions stand. */
  readonly locations: boolean;
}

/** Yields a byte string for each value, ready to be written. */
export async function* evaluate(
  session: SessionOptions,
  subject: Subject,
  options: EvaluateOptions,
): AsyncGenerator<string> {
  const opened = new Session(session);
  try {
    const evaluation = new Evaluation(opened);
    for await (const { value, args } of subjectValues(opened, evaluation, subject)) {
      const text = await evaluation.run(() => show(evaluation, value, args, options));
      await evaluation.writeMentioned(text);
      yield text;
    }
  } finally {
    opened.close();
  }
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
