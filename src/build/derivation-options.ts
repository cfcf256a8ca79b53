/**
 * What a derivation says about its own build, in its environment or, with structured attributes, in their JSON:
 * checks of its outputs, variables passed as files, features of the machine. Source: the manual's page on advanced
 * attributes; the shapes and the words of errors as observed of Nix.
 */
import {
  type Derivation,
  isStorePath,
  type Json,
  JsonNumber,
  type JsonObject,
  type StorePath,
  structuredAttributes,
} from '../formats/index.ts';
import { BuildError } from './errors.ts';

/** A path, or the name of an output of the derivation itself. */
export type Reference = { readonly path: StorePath } | { readonly output: string };

export interface OutputChecks {
  readonly maxSize?: number | undefined;
  readonly maxClosureSize?: number | undefined;
  readonly allowedReferences?: readonly Reference[] | undefined;
  readonly allowedRequisites?: readonly Reference[] | undefined;
  readonly disallowedReferences: readonly Reference[];
  readonly disallowedRequisites: readonly Reference[];
  /** Whether a reference to itself is no requisite. */
  readonly ignoreSelf: boolean;
}

export interface DerivationOptions {
  /** The attributes of a derivation that has structured ones. */
  readonly attributes: JsonObject | undefined;
  checksOf(outputName: string): OutputChecks | undefined;
  /** Outputs whose references are not looked for. */
  readonly discardReferences: ReadonlySet<string>;
  readonly passAsFile: ReadonlySet<string>;
  /** Paths by the name of the file, or the attribute, that tells their closure. */
  readonly exportGraph: ReadonlyMap<string, readonly string[]>;
  readonly noChroot: boolean;
  /** An input whose top-level entries the builder finds in its root folder. */
  readonly sandboxRoot: string | undefined;
  /** It is quickly made: not worth the way to another machine. */
  readonly preferLocal: boolean;
  readonly impureEnvVars: readonly string[];
  readonly requiredFeatures: readonly string[];
}

/** @throws BuildError `build/invalid-derivation` */
export function optionsOf(storeDir: string, drv: Derivation): DerivationOptions {
  const attributes = structuredAttributes(drv);
  const source = attributes === undefined ? fromEnvironment(drv.env) : fromAttributes(attributes);
  return {
    attributes,
    checksOf: attributes === undefined ? sameChecks(storeDir, source) : checksByOutput(storeDir, attributes),
    discardReferences: discarded(attributes),
    passAsFile: new Set(attributes === undefined ? source.words('passAsFile') : []),
    exportGraph: attributes === undefined ? graphOfWords(source) : graphOfAttributes(attributes),
    noChroot: source.flag('__noChroot'),
    sandboxRoot: attributes === undefined ? drv.env.get('sandboxRoot') : textOf(attributes.get('sandboxRoot')),
    preferLocal: source.flag('preferLocalBuild'),
    impureEnvVars: source.words('impureEnvVars') ?? [],
    requiredFeatures: source.words('requiredSystemFeatures') ?? [],
  };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Where simple options are read from. */
interface Source {
  words(name: string): readonly string[] | undefined;
  flag(name: string): boolean;
}

function fromEnvironment(env: ReadonlyMap<string, string>): Source {
  return {
    words: (name) => {
      const text = env.get(name);
      return text === undefined ? undefined : wordsOf(text);
    },
    flag: (name) => env.get(name) === '1',
  };
}

function fromAttributes(attributes: JsonObject): Source {
  return {
    words: (name) => {
      const value = attributes.get(name);
      return value === undefined ? undefined : stringsOf(value, name);
    },
    flag: (name) => {
      const value = attributes.get(name);
      if (value === undefined || typeof value === 'boolean') return value ?? false;
      throw badAttribute(name, 'a Boolean');
    },
  };
}

/** Without structured attributes, the same checks hold for each output. */
function sameChecks(storeDir: string, source: Source): () => OutputChecks {
  const references = (name: string): Reference[] | undefined =>
    source.words(name)?.map((word) => referenceOf(storeDir, word));
  const checks: OutputChecks = {
    allowedReferences: references('allowedReferences'),
    allowedRequisites: references('allowedRequisites'),
    disallowedReferences: references('disallowedReferences') ?? [],
    disallowedRequisites: references('disallowedRequisites') ?? [],
    ignoreSelf: true,
  };
  return () => checks;
}

function checksByOutput(storeDir: string, attributes: JsonObject): (outputName: string) => OutputChecks | undefined {
  const all = objectOf(attributes.get('outputChecks') ?? new Map(), 'outputChecks');
  const checks = new Map<string, OutputChecks>();
  for (const [outputName, value] of all) {
    const where = `outputChecks."${outputName}"`;
    checks.set(outputName, checksOfObject(storeDir, objectOf(value, where), where));
  }
  return (outputName) => checks.get(outputName);
}

function checksOfObject(storeDir: string, object: JsonObject, where: string): OutputChecks {
  const references = (name: string): Reference[] | undefined => {
    const value = object.get(name);
    if (value === undefined) return undefined;
    return stringsOf(value, `${where}.${name}`).map((word) => referenceOf(storeDir, word));
  };
  const size = (name: string): number | undefined => {
    const value = object.get(name);
    if (value === undefined) return undefined;
    if (value instanceof JsonNumber) return Number(value.text);
    throw badAttribute(`${where}.${name}`, 'a number');
  };
  return {
    maxSize: size('maxSize'),
    maxClosureSize: size('maxClosureSize'),
    allowedReferences: references('allowedReferences'),
    allowedRequisites: references('allowedRequisites'),
    disallowedReferences: references('disallowedReferences') ?? [],
    disallowedRequisites: references('disallowedRequisites') ?? [],
    ignoreSelf: false,
  };
}

function discarded(attributes: JsonObject | undefined): Set<string> {
  const outputs = new Set<string>();
  const value = attributes?.get('unsafeDiscardReferences');
  if (value === undefined) return outputs;
  for (const [outputName, flag] of objectOf(value, 'unsafeDiscardReferences')) {
    if (typeof flag !== 'boolean') throw badAttribute(`unsafeDiscardReferences.${outputName}`, 'a Boolean');
    if (flag) outputs.add(outputName);
  }
  return outputs;
}

function graphOfWords(source: Source): Map<string, readonly string[]> {
  const words = source.words('exportReferencesGraph') ?? [];
  if (words.length % 2 !== 0) {
    throw invalid(`odd number of tokens in 'exportReferencesGraph': '${words.join(' ')}'`);
  }
  const graph = new Map<string, readonly string[]>();
  for (let i = 0; i < words.length; i += 2) {
    const file = words[i]!;
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(file)) {
      throw invalid(`invalid file name '${file}' in 'exportReferencesGraph'`);
    }
    graph.set(file, [words[i + 1]!]);
  }
  return graph;
}

function graphOfAttributes(attributes: JsonObject): Map<string, readonly string[]> {
  const value = attributes.get('exportReferencesGraph');
  const graph = new Map<string, readonly string[]>();
  if (!(value instanceof Map)) return graph;
  for (const [name, paths] of value) graph.set(name, flattened(paths));
  return graph;
}

function flattened(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(flattened);
  throw invalid("'exportReferencesGraph' value is not an array or a string");
}

function referenceOf(storeDir: string, word: string): Reference {
  return isStorePath(storeDir, word) ? { path: word } : { output: word };
}

function wordsOf(text: string): string[] {
  return text.split(/[ \t\n\r]+/).filter((word) => word !== '');
}

function stringsOf(value: Json, where: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw badAttribute(where, 'a list of strings');
}

function objectOf(value: Json, where: string): JsonObject {
  if (value instanceof Map) return value;
  throw badAttribute(where, 'a set');
}

function badAttribute(where: string, expected: string): BuildError {
  return invalid(`the attribute '${where}' of a derivation must be ${expected}`);
}

function invalid(message: string): BuildError {
  return new BuildError('build/invalid-derivation', message);
}
