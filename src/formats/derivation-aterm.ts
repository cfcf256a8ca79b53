/**
 * `.drv` files.
 *
 *     drv    := 'Derive(' outputs ',' inputDrvs ',' inputSrcs ',' system ',' builder ',' args ',' env ')'
 *     output := '(' name ',' path ',' [method] algorithm ',' base16 | 'impure' | '' ')'
 *     input  := '(' drvPath ',' [outputName…] ')'          env := '(' name ',' value ')'
 *
 * Paths, output names and the system are written without escapes, so that none of them can hold a special character.
 * All lists but args are sorted bytewise, without repetitions; the reader takes any order and refuses repetitions.
 * The path of a fixed output is written for its readers' convenience: it follows from the hash, and is not compared
 * here. Dynamic derivations (`DrvWithVersion`) are refused.
 */
import { ATermReader, plainATerm, quoteATerm, quoteATermList } from './aterm.ts';
import { makeTextPath, methodPrefix, parseMethodAlgorithm } from './content-address.ts';
import { type Derivation, type DerivationOutput, fixedOutputPath } from './derivation.ts';
import { formatHash, parseHashDigits } from './hash.ts';
import { hashBytes } from './hasher.ts';
import { parseStorePath, type StorePath } from './store-path.ts';

/** What the hash of a derivation is made of instead of the derivation itself. */
export interface PrintOptions {
  /** Leaves out output paths, in the list of outputs and in the environment. */
  readonly maskOutputs?: boolean;
  /** Stands in for the input derivations: output names by base16 hash. */
  readonly inputs?: ReadonlyMap<string, readonly string[]>;
}

/** The bytes of the `.drv` file, as a byte string. */
export function printDerivation(storeDir: string, drv: Derivation, options: PrintOptions = {}): string {
  const mask = options.maskOutputs === true;
  let text = `Derive([${printOutputs(storeDir, drv, mask)}],[${printInputs(options.inputs ?? drv.inputDrvs)}],[`;
  text += sortedUnique(drv.inputSrcs).map(plainATerm).join(',');
  text += `],${plainATerm(drv.system)},${quoteATerm(drv.builder)},${quoteATermList(drv.args)},[`;
  let separator = '';
  for (const name of [...drv.env.keys()].sort()) {
    const value = mask && drv.outputs.has(name) ? '' : drv.env.get(name)!;
    text += `${separator}(${quoteATerm(name)},${quoteATerm(value)})`;
    separator = ',';
  }
  return `${text}])`;
}

/** Where a derivation stands in the store: the path of its text, with its inputs as references. */
export function derivationPath(storeDir: string, drv: Derivation): StorePath {
  const hash = hashBytes('sha256', printDerivation(storeDir, drv));
  return makeTextPath(storeDir, `${drv.name}.drv`, hash, derivationReferences(drv));
}

/** What a `.drv` file refers to: its input derivations and sources, sorted. */
export function derivationReferences(drv: Derivation): StorePath[] {
  return sortedUnique([...drv.inputSrcs, ...drv.inputDrvs.keys()]);
}

/**
 * @param name of the derivation, from its file's name: the text does not have it
 * @throws FormatError `formats/derivation-syntax`, and the codes of store paths and hashes
 */
export function parseDerivation(storeDir: string, text: string, name: string): Derivation {
  const reader = new ATermReader(text);
  if (text.startsWith('DrvWithVersion(')) throw reader.error('dynamic derivations are not supported');
  reader.expect('Derive(');
  const outputs = parseOutputs(reader, storeDir);
  reader.expect(',');
  const inputDrvs = parseInputs(reader, storeDir);
  reader.expect(',');
  const inputSrcs = reader.strings().map((path) => parseStorePath(storeDir, path));
  if (new Set(inputSrcs).size !== inputSrcs.length) throw reader.error('a source is listed twice');
  reader.expect(',');
  const system = reader.plainString();
  reader.expect(',');
  const builder = reader.string();
  reader.expect(',');
  const args = reader.strings();
  reader.expect(',');
  const env = parseEnvironment(reader);
  reader.expect(')');
  reader.end();
  return { name, outputs, inputDrvs, inputSrcs, system, builder, args, env };
}

function parseOutputs(reader: ATermReader, storeDir: string): Map<string, DerivationOutput> {
  const outputs = new Map<string, DerivationOutput>();
  reader.list(() => {
    reader.expect('(');
    const name = reader.plainString();
    reader.expect(',');
    const path = reader.string();
    reader.expect(',');
    const algorithm = reader.string();
    reader.expect(',');
    const output = parseOutput(reader, storeDir, path, algorithm, reader.string());
    reader.expect(')');
    if (outputs.has(name)) throw reader.error(`output '${name}' is listed twice`);
    outputs.set(name, output);
  });
  return outputs;
}

function parseOutput(
  reader: ATermReader,
  storeDir: string,
  path: string,
  methodAlgorithm: string,
  hash: string,
): DerivationOutput {
  if (methodAlgorithm === '') {
    if (hash !== '') throw reader.error('an output has a hash and no hash algorithm');
    return path === '' ? { kind: 'deferred' } : { kind: 'input-addressed', path: parseStorePath(storeDir, path) };
  }
  const { method, algorithm } = parseMethodAlgorithm(methodAlgorithm);
  if (hash !== '' && hash !== 'impure') {
    if (!path.startsWith('/')) throw reader.error(`bad path '${path}' in derivation`);
    return { kind: 'fixed', method, hash: parseHashDigits(hash, algorithm) };
  }
  if (path !== '') throw reader.error('content-addressing derivation output should not specify output path');
  return { kind: hash === '' ? 'floating' : 'impure', method, algorithm };
}

function parseInputs(reader: ATermReader, storeDir: string): Map<StorePath, string[]> {
  const inputs = new Map<StorePath, string[]>();
  reader.list(() => {
    reader.expect('(');
    const path = parseStorePath(storeDir, reader.string());
    reader.expect(',');
    const names = reader.plainStrings();
    reader.expect(')');
    if (inputs.has(path)) throw reader.error(`input '${path}' is listed twice`);
    if (new Set(names).size !== names.length) throw reader.error(`an output of '${path}' is listed twice`);
    inputs.set(path, names);
  });
  return inputs;
}

function parseEnvironment(reader: ATermReader): Map<string, string> {
  const env = new Map<string, string>();
  reader.list(() => {
    reader.expect('(');
    const name = reader.string();
    reader.expect(',');
    const value = reader.string();
    reader.expect(')');
    if (env.has(name)) throw reader.error(`environment variable '${name}' is listed twice`);
    env.set(name, value);
  });
  return env;
}

function printOutputs(storeDir: string, drv: Derivation, mask: boolean): string {
  let text = '';
  for (const name of [...drv.outputs.keys()].sort()) {
    const fields = outputFields(storeDir, drv.name, name, drv.outputs.get(name)!, mask);
    text += `${text === '' ? '' : ','}(${plainATerm(name)},${fields})`;
  }
  return text;
}

function outputFields(
  storeDir: string,
  drvName: string,
  name: string,
  output: DerivationOutput,
  mask: boolean,
): string {
  switch (output.kind) {
    case 'input-addressed':
      return mask ? '"","",""' : `"${output.path}","",""`;
    case 'deferred':
      return '"","",""';
    case 'fixed': {
      const path = mask ? '' : fixedOutputPath(storeDir, drvName, name, output);
      return `"${path}","${methodAlgorithmText(output)}","${formatHash(output.hash, 'base16')}"`;
    }
    case 'floating':
      return `"","${methodPrefix(output.method)}${output.algorithm}",""`;
    case 'impure':
      return `"","${methodPrefix(output.method)}${output.algorithm}","impure"`;
  }
}

/** `r:sha256` and its like, of a fixed output. */
export function methodAlgorithmText(output: Extract<DerivationOutput, { kind: 'fixed' }>): string {
  return `${methodPrefix(output.method)}${output.hash.algorithm}`;
}

function printInputs(inputs: ReadonlyMap<string, readonly string[]>): string {
  let text = '';
  for (const key of [...inputs.keys()].sort()) {
    const names = sortedUnique(inputs.get(key)!).map(plainATerm).join(',');
    text += `${text === '' ? '' : ','}("${key}",[${names}])`;
  }
  return text;
}

function sortedUnique<T extends string>(items: readonly T[]): T[] {
  const sorted = items.toSorted();
  return sorted.every((item, i) => i === 0 || item !== sorted[i - 1]) ? sorted : [...new Set(sorted)];
}
