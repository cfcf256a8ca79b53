/** Expressions as the parser understands them, printed in canonical form. */
import { fromUnicode } from '../../base/bytes.ts';
import { AppError } from '../errors.ts';
import { Evaluation } from '../evaluation.ts';
import { Session, type SessionOptions } from '../session.ts';
import type { ExpressionSource } from '../subject.ts';

/** Yields a byte string for each source. */
export async function* parse(options: SessionOptions, sources: readonly ExpressionSource[]): AsyncGenerator<string> {
  const session = new Session(options);
  try {
    const evaluation = new Evaluation(session);
    const base = fromUnicode(session.cwd);
    for (const source of sources) yield await evaluation.run(() => printed(evaluation, source, base));
  } finally {
    session.close();
  }
}

function printed({ evaluator }: Evaluation, source: ExpressionSource, base: string): string {
  if (source.kind === 'lookup') {
    throw new AppError('app/usage', `'${source.name}' is not a file`, { hint: 'Name a file, or use -E TEXT.' });
  }
  const origin = source.kind === 'stdin' ? 'stdin' : 'string';
  return evaluator.printExpr(
    source.kind === 'file' ? evaluator.parseFile(source.path) : evaluator.parseText(source.text, base, origin),
  );
}
