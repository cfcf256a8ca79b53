/**
 * The JSON form of derivations, version 4: that of `nix derivation show` and `nix derivation add` in Nix 2.34. Store
 * paths are base names; hashes are SRI; structured attributes are an object of their own and not in `env`.
 *
 *     output := { path } | { method, hash } (fixed) | { method, hashAlgo } (floating) | {} (deferred)
 *             | { method, hashAlgo, impure }                              method := "flat" | "nar" | "text" | "git"
 */
import type { ContentAddressMethod } from './content-address.ts';
import { type Derivation, type DerivationOutput, structuredAttributesName } from './derivation.ts';
import { FormatError } from './errors.ts';
import { formatHash, parseHash, parseHashAlgorithm } from './hash.ts';
import { type Json, JsonNumber, type JsonObject, printJson } from './json.ts';
import { baseNameOf, checkName, parseBaseName, type StorePath } from './store-path.ts';
import { structuredAttributes } from './structured-attributes.ts';

const version = '4';
const methods: readonly string[] = ['flat', 'nar', 'text', 'git'] satisfies ContentAddressMethod[];

/** @throws FormatError `formats/structured-attributes` when those are not JSON */
export function derivationToJson(drv: Derivation): JsonObject {
  const attributes = structuredAttributes(drv);
  const env = [...drv.env].filter(([name]) => name !== structuredAttributesName);
  const inputDrvs = [...drv.inputDrvs].map(([path, outputs]) => [baseNameOf(path), inputToJson(outputs)] as const);
  const members: [string, Json][] = [
    ['name', drv.name],
    ['version', new JsonNumber(version)],
    ['outputs', new Map([...drv.outputs].map(([name, output]) => [name, outputToJson(output)]))],
    [
      'inputs',
      new Map<string, Json>([
        ['srcs', drv.inputSrcs.map(baseNameOf).sort()],
        ['drvs', new Map(inputDrvs)],
      ]),
    ],
    ['system', drv.system],
    ['builder', drv.builder],
    ['args', drv.args],
    ['env', new Map(env)],
  ];
  if (attributes !== undefined) members.push(['structuredAttrs', attributes]);
  return new Map(members);
}

/**
 * The derivation that JSON describes. Output paths are taken as they stand: see `fillOutputPaths`.
 * @throws FormatError `formats/derivation-json`, and the codes of paths and hashes
 */
export function derivationFromJson(storeDir: string, json: Json): Derivation {
  const drv = object(json, 'derivation');
  if (number(drv, 'version') !== version) throw broken(`only version ${version} of derivations in JSON is supported`);
  const inputs = object(member(drv, 'inputs'), 'inputs');
  const env = new Map(strings(object(member(drv, 'env'), 'env')));
  if (env.has(structuredAttributesName)) throw broken(`'${structuredAttributesName}' is reserved in env`);
  const attributes = drv.get('structuredAttrs');
  if (attributes !== undefined) env.set(structuredAttributesName, printJson(object(attributes, 'structuredAttrs')));
  const name = string(member(drv, 'name'), 'name');
  checkName(name);
  return {
    name,
    outputs: mapValues(object(member(drv, 'outputs'), 'outputs'), (output) => outputFromJson(storeDir, output)),
    inputDrvs: inputsFromJson(storeDir, object(member(inputs, 'drvs'), 'drvs')),
    inputSrcs: list(member(inputs, 'srcs'), 'srcs').map((path) => parseBaseName(storeDir, path)),
    system: string(member(drv, 'system'), 'system'),
    builder: string(member(drv, 'builder'), 'builder'),
    args: list(member(drv, 'args'), 'args'),
    env,
  };
}

function inputToJson(outputs: readonly string[]): Json {
  return new Map<string, Json>([
    ['outputs', outputs.toSorted()],
    ['dynamicOutputs', new Map()],
  ]);
}

function inputsFromJson(storeDir: string, inputs: JsonObject): Map<StorePath, string[]> {
  const result = new Map<StorePath, string[]>();
  for (const [baseName, json] of inputs) {
    const input = object(json, baseName);
    if (object(member(input, 'dynamicOutputs'), 'dynamicOutputs').size > 0) {
      throw broken('dynamic derivations are not supported');
    }
    result.set(parseBaseName(storeDir, baseName), list(member(input, 'outputs'), 'outputs'));
  }
  return result;
}

function outputToJson(output: DerivationOutput): Json {
  switch (output.kind) {
    case 'input-addressed':
      return new Map([['path', baseNameOf(output.path)]]);
    case 'fixed':
      return new Map([
        ['method', output.method],
        ['hash', formatHash(output.hash, 'sri')],
      ]);
    case 'deferred':
      return new Map();
    case 'floating':
    case 'impure': {
      const fields: [string, Json][] = [
        ['method', output.method],
        ['hashAlgo', output.algorithm],
      ];
      return new Map(output.kind === 'impure' ? [...fields, ['impure', true]] : fields);
    }
  }
}

function outputFromJson(storeDir: string, json: Json): DerivationOutput {
  const output = object(json, 'output');
  const text = (name: string) => string(member(output, name), name);
  switch ([...output.keys()].sort().join(' ')) {
    case '':
      return { kind: 'deferred' };
    case 'path':
      return { kind: 'input-addressed', path: parseBaseName(storeDir, text('path')) };
    case 'hash method':
      return { kind: 'fixed', method: method(text('method')), hash: parseHash(text('hash')) };
    case 'hashAlgo method':
      return { kind: 'floating', method: method(text('method')), algorithm: parseHashAlgorithm(text('hashAlgo')) };
    case 'hashAlgo impure method':
      return { kind: 'impure', method: method(text('method')), algorithm: parseHashAlgorithm(text('hashAlgo')) };
    default:
      throw broken('invalid JSON for derivation output');
  }
}

function method(text: string): ContentAddressMethod {
  if (methods.includes(text)) return text as ContentAddressMethod;
  throw broken(`unknown ingestion method '${text}'`);
}

function object(json: Json, what: string): JsonObject {
  if (json instanceof Map) return json;
  throw broken(`${what} is not an object`);
}

function member(json: JsonObject, name: string): Json {
  const value = json.get(name);
  if (value === undefined) throw broken(`${name} is missing`);
  return value;
}

function string(json: Json, what: string): string {
  if (typeof json === 'string') return json;
  throw broken(`${what} is not a string`);
}

function number(json: JsonObject, name: string): string {
  const value = member(json, name);
  if (value instanceof JsonNumber) return value.text;
  throw broken(`${name} is not a number`);
}

function list(json: Json, what: string): string[] {
  if (!Array.isArray(json)) throw broken(`${what} is not a list`);
  return json.map((item: Json) => string(item, what));
}

function strings(json: JsonObject): Map<string, string> {
  return mapValues(json, (value, name) => string(value, name));
}

function mapValues<T>(json: JsonObject, convert: (value: Json, name: string) => T): Map<string, T> {
  return new Map([...json].map(([name, value]) => [name, convert(value, name)]));
}

function broken(message: string): FormatError {
  return new FormatError('formats/derivation-json', message);
}
