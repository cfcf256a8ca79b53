/** What is to be evaluated: files or texts, attributes of their values, arguments for functions among them. */
import { fromUnicode, toUnicode } from '../base/bytes.ts';
import type { Evaluator, Value } from '../lang/index.ts';
import type { Evaluation } from './evaluation.ts';
import type { Session } from './session.ts';

/** Texts and paths are byte strings. */
export type ExpressionSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'stdin'; readonly text: string }
  /** `<name>` of the search path, or the URL of a tarball. */
  | { readonly kind: 'lookup'; readonly name: string };

export interface Argument {
  readonly name: string;
  readonly kind: 'expression' | 'string';
  readonly text: string;
}

export interface Subject {
  readonly sources: readonly ExpressionSource[];
  /** Attribute paths; none is the value itself. */
  readonly attributes: readonly string[];
  readonly arguments: readonly Argument[];
}

export type Arguments = ReadonlyMap<string, Value>;

/** The values that a subject names, evaluated to weak head normal form, one after the other. */
export async function* subjectValues(
  session: Session,
  evaluation: Evaluation,
  subject: Subject,
): AsyncGenerator<{ value: Value; args: Arguments; source: ExpressionSource }> {
  const { evaluator } = evaluation;
  session.evaluating(originOf(subject));
  const base = fromUnicode(session.cwd);
  const args = argumentValues(evaluator, subject, base);
  const attributes = subject.attributes.length === 0 ? [''] : subject.attributes;
  for (const source of subject.sources) {
    const root = await evaluation.run(() => evaluateSource(evaluator, source, base));
    for (const attribute of attributes) {
      yield { value: await evaluation.run(() => evaluator.select(root, attribute, args)), args, source };
    }
  }
}

/** For those who ask later where something in the store came from. */
function originOf({ sources, attributes }: Subject): Readonly<Record<string, unknown>> {
  const names = sources.map((source) => {
    return toUnicode(source.kind === 'file' ? source.path : source.kind === 'lookup' ? source.name : source.text);
  });
  return { of: names.map((name) => name.slice(0, 200)), ...(attributes.length === 0 ? {} : { attributes }) };
}

/** `--arg` and `--argstr`, by name; nothing is evaluated yet. */
export function argumentValues(evaluator: Evaluator, subject: Subject, base: string): Map<string, Value> {
  return new Map(subject.arguments.map((one) => [fromUnicode(one.name), argumentValue(evaluator, one, base)]));
}

function argumentValue(evaluator: Evaluator, argument: Argument, base: string): Value {
  return argument.kind === 'string' ? argument.text : evaluator.lazyText(argument.text, base);
}

function evaluateSource(evaluator: Evaluator, source: ExpressionSource, base: string): Value {
  switch (source.kind) {
    case 'file':
      return evaluator.evalFile(source.path);
    case 'text':
      return evaluator.evalText(source.text, base, 'string');
    case 'stdin':
      return evaluator.evalText(source.text, base, 'stdin');
    case 'lookup':
      return evaluator.evalText(lookupExpression(source.name), base, 'string');
  }
}

function lookupExpression(name: string): string {
  return name.startsWith('<') ? `import ${name}` : `import (builtins.fetchTarball "${name}")`;
}
