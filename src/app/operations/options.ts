/** What options there are, what they mean, and which values a machine gives them, where and by whom. */
import { fromUnicode, toUnicode } from '../../base/bytes.ts';
import { didYouMean } from '../../base/text.ts';
import { EvalError, type Value } from '../../lang/index.ts';
import { diagnosticOf } from '../diagnose.ts';
import { AppError } from '../errors.ts';
import { Evaluation } from '../evaluation.ts';
import { modulesDirectory } from '../installation.ts';
import { pathExpression, systemExpression } from '../machine-expression.ts';
import { optionPath } from '../option-path.ts';
import { Session, type SessionOptions } from '../session.ts';
import { type Subject, subjectValues } from '../subject.ts';

/** An option as it is declared. Values are texts in the language. */
export interface OptionSummary {
  /** `systemd.services.<name>.script`: what is in angle brackets stands for any name, `*` for any element. */
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly default: string | null;
  readonly example: string | null;
  /** `file:line:column`. */
  readonly declaredAt: readonly string[];
  readonly readOnly: boolean;
  readonly internal: boolean;
}

export interface OptionDefinition {
  /** `file:line:column`, or a name in angle brackets. */
  readonly place: string;
  readonly value: string;
}

/** An option, or a place inside of one, with what a machine says of it. */
export interface OptionDetail extends OptionSummary {
  /** Null where it has none, or where there is no machine. */
  readonly value: string | null;
  /** Why the value cannot be had. */
  readonly error: string | null;
  readonly isDefined: boolean;
  readonly definitions: readonly OptionDefinition[];
  /** Definitions that others are stronger than. */
  readonly overridden: readonly OptionDefinition[];
  /** Names of the options inside. */
  readonly below: readonly string[];
}

export interface OptionsRequest {
  /** The machine; without one, the module library alone is looked at. */
  readonly subject: Subject | undefined;
  /** An option's name, or words to look for; undefined: everything. */
  readonly query: string | undefined;
  /** Also options that are not for configurations to set. */
  readonly internal: boolean;
}

export type OptionsAnswer =
  | { readonly kind: 'one'; readonly option: OptionDetail }
  | { readonly kind: 'list'; readonly options: readonly OptionSummary[] };

/** @throws AppError `app/no-option` when nothing fits */
export async function findOptions(options: SessionOptions, request: OptionsRequest): Promise<OptionsAnswer> {
  const session = new Session(options);
  try {
    const evaluation = new Evaluation(session);
    const machine = request.subject && (await evaluateMachine(session, evaluation, request.subject));
    const described = await evaluation.run(() => {
      const { evaluator } = evaluation;
      const parts = new Map([['machine', machine ?? evaluator.lazyText('null', '/')]]);
      return evaluator.autoCall(evaluator.evalText('{ machine }: (import <sysbuild>).describe machine', '/'), parts);
    });
    const exact = request.query && (await findExactly(evaluation, described, request.query, machine !== undefined));
    if (exact) return { kind: 'one', option: exact };
    const all = await readIndex(evaluation, described, request.internal);
    const placeholder = all.find((option) => option.name === request.query);
    if (placeholder !== undefined) return { kind: 'one', option: { ...placeholder, ...nothing, below: [] } };
    return { kind: 'list', options: request.query === undefined ? all : search(all, request.query) };
  } finally {
    session.close();
  }
}

/** The machine that the subject names, evaluated as far as its options. */
async function evaluateMachine(session: Session, evaluation: Evaluation, subject: Subject): Promise<Value> {
  const { evaluator } = evaluation;
  const base = fromUnicode(session.cwd);
  for await (const { value, args, source } of subjectValues(session, evaluation, subject)) {
    const wholeFile = source.kind === 'file' && subject.attributes.length === 0;
    return evaluation.run(() => {
      const parts = new Map([
        ['value', value],
        ['file', evaluator.lazyText(wholeFile ? pathExpression(source.path) : 'null', base)],
        ['args', evaluator.attrs(args)],
      ]);
      const machine = evaluator.autoCall(evaluator.evalText(systemExpression, '/', 'string'), parts);
      if (
        evaluator.toJson(evaluator.autoCall(evaluator.evalText(isMachine, '/'), new Map([['machine', machine]])))
          .text === 'true'
      ) {
        return machine;
      }
      throw new AppError('app/wrong-value', 'the value is no machine of the module library, and has no options', {
        hint: 'Name a module, or what `sysbuild.machine` returns.',
      });
    });
  }
  throw new AppError('app/wrong-value', 'no machine was named');
}

const isMachine = '{ machine }: machine ? options && machine ? config';

async function readIndex(evaluation: Evaluation, described: Value, internal: boolean): Promise<OptionSummary[]> {
  const { evaluator } = evaluation;
  const text = await evaluation.run(() => evaluator.toJson(evaluator.select(described, 'index')).text);
  const found = (JSON.parse(toUnicode(text)) as OptionSummary[]).map(readSummary);
  return internal ? found : found.filter((option) => !option.internal);
}

/** The place that a name names, with its values; undefined where there is none of this name. */
async function findExactly(
  evaluation: Evaluation,
  described: Value,
  query: string,
  hasMachine: boolean,
): Promise<OptionDetail | undefined> {
  const path = optionPath(query);
  if (path === undefined) return undefined;
  const { evaluator } = evaluation;
  const list = `[ ${path.map((part) => JSON.stringify(part).replaceAll('$', '\\$')).join(' ')} ]`;
  const record = await evaluation.run(() => {
    const find = evaluator.evalText('{ described, path }: described.find path', '/');
    const parts = new Map([
      ['described', described],
      ['path', evaluator.lazyText(fromUnicode(list), '/')],
    ]);
    return evaluator.autoCall(find, parts);
  });
  if (record === null) return undefined;
  const field = async <T>(name: string): Promise<T> => {
    const text = await evaluation.run(() => evaluator.toJson(evaluator.select(record, name)).text);
    return JSON.parse(toUnicode(text)) as T;
  };
  const summary = readSummary({
    name: await field('name'),
    type: await field('type'),
    description: await field('description'),
    default: await field<string | null>('default').catch(unlessItThrows(null)),
    example: await field('example'),
    declaredAt: await field('declaredAt'),
    readOnly: await field('readOnly'),
    internal: await field('internal'),
  });
  const below = await field<string[]>('below');
  if (!hasMachine) return { ...summary, ...nothing, below };
  return { ...summary, ...(await readValue(field)), below };
}

/** What is known of a value where there is no machine. */
const nothing = { value: null, error: null, isDefined: false, definitions: [], overridden: [] } as const;

type ReadField = <T>(name: string) => Promise<T>;

async function readValue(field: ReadField): Promise<Omit<OptionDetail, keyof OptionSummary | 'below'>> {
  let error: string | null = null;
  const value = await field<string | null>('value').catch((problem: unknown) => {
    error = messageOf(problem);
    return null;
  });
  const read = async (name: string): Promise<OptionDefinition[]> => {
    const found = await field<OptionDefinition[]>(name).catch(unlessItThrows([]));
    return found.map((one) => ({ ...one, place: shortPlace(one.place) }));
  };
  const definitions = await read('definitions');
  return { value, error, isDefined: definitions.length > 0, definitions, overridden: await read('overridden') };
}

function unlessItThrows<T>(fallback: T): (problem: unknown) => T {
  return (problem) => {
    messageOf(problem);
    return fallback;
  };
}

/** The words of an error of evaluation; any other is thrown on. */
function messageOf(problem: unknown): string {
  if (problem instanceof EvalError) return diagnosticOf(problem).message;
  throw problem;
}

function readSummary(option: OptionSummary): OptionSummary {
  const { name, type, description, example, declaredAt, readOnly, internal } = option;
  return {
    ...{ name, type, description: description.trim(), default: option.default, example },
    ...{ declaredAt: declaredAt.map(shortPlace), readOnly, internal },
  };
}

/** Places in the module library are named so that they are the same on every machine. */
function shortPlace(place: string): string {
  const library = `${modulesDirectory()}/`;
  return place.startsWith(library) ? `<sysbuild>/${place.slice(library.length)}` : place;
}

/** Options in whose name, or else description, all words are; those that fit best come first. */
function search(all: readonly OptionSummary[], query: string): OptionSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
  const named = all.filter((option) => has(option.name));
  const told = all.filter((option) => !named.includes(option) && has(`${option.name} ${option.description}`));
  if (named.length + told.length > 0) return [...named, ...told];
  const meant = probablyMeant(all, query);
  throw new AppError('app/no-option', `no option fits '${query}'`, {
    details: { query },
    hint: meant.length > 0 ? `Did you mean ${meant.join(', or ')}?` : 'sysbuild options lists all.',
  });
}

/** Names like this one, or else those whose last part is like its last part. */
function probablyMeant(all: readonly OptionSummary[], query: string): string[] {
  const names = all.map((option) => option.name);
  const near = didYouMean(query, names);
  if (near.length > 0) return near;
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const similar = didYouMean(last(query), new Set(names.map(last)), 1);
  return names.filter((name) => last(name) === similar[0]).slice(0, 3);
}
