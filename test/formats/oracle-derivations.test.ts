/**
 * Derivations of every kind, a few hundred in one graph, made by the real Nix: their files, paths, placeholders and
 * JSON must come out of this room byte for byte.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect } from 'vitest';
import {
  baseNameOf,
  type Derivation,
  type DerivationOutput,
  derivationFromJson,
  derivationNameOf,
  derivationPath,
  derivationToJson,
  downstreamPlaceholder,
  fillOutputPaths,
  type HashModulo,
  hashDerivationModulo,
  hashPlaceholder,
  type JsonObject,
  outputPath,
  parseDerivation,
  parseJsonObject,
  parseStorePath,
  printDerivation,
  printJson,
  type StorePath,
} from '../../src/formats/index.ts';
import { byteText, storeDir, storeName } from '../support/format-arbitraries.ts';
import { oracleTest } from '../support/oracle.ts';
import { OracleStore } from '../support/oracle-store.ts';

const count = 250;
const seed = 20_230_407;
const kinds = ['input', 'input', 'fixed', 'floating', 'floating', 'impure'] as const;
const text = byteText.map((bytes) => Buffer.from(bytes.replaceAll('\0', ' '), 'utf8').toString('latin1'));

/** One derivation as an attribute set in the language; it may refer to any before it. */
const wanted = fc.record({
  kind: fc.constantFrom(...kinds),
  name: storeName.filter((name) => !name.endsWith('.drv')),
  outputs: fc.uniqueArray(fc.constantFrom('out', 'dev', 'lib', 'doc'), { minLength: 1, maxLength: 3 }),
  args: fc.array(text, { maxLength: 3 }),
  attributes: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/), text, { maxKeys: 4 }),
  inputs: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 3 }),
  source: fc.option(text),
  structured: fc.boolean(),
  mode: fc.constantFrom('flat', 'recursive', 'text'),
  algorithm: fc.constantFrom('sha256', 'sha1', 'sha512', 'md5'),
  digest: fc.uint8Array({ minLength: 64, maxLength: 64 }),
});

type Wanted = typeof wanted extends fc.Arbitrary<infer T> ? T : never;

const sizes: Record<string, number> = { md5: 16, sha1: 20, sha256: 32, sha512: 64 };

interface Made {
  readonly drvPath: string;
  /** What the language gives for each output: a path, or a placeholder. */
  readonly outputs: Record<string, string>;
}

const store = new OracleStore('/nix/store');
afterAll(() => store.remove());

oracleTest('derivations of every kind are those of the real Nix', async () => {
  const cases = fc.sample(wanted, { seed, numRuns: count });
  writeFileSync(join(store.folder, 'graph.nix'), Buffer.from(graph(cases), 'latin1'));
  await store.run(
    'nix-instantiate --eval --strict --json --read-write-mode graph.nix >made.json;' +
      'nix derivation show $(grep -o "/nix/store/[^\\"]*[.]drv" made.json) >shown.json',
  );
  const made = JSON.parse(readFileSync(join(store.folder, 'made.json'), 'utf8')) as Made[];
  const shown = parseJsonObject(readFileSync(join(store.folder, 'shown.json'), 'latin1'), 'formats/derivation-json');
  const drvs = new Map(made.map(({ drvPath }) => load(drvPath)));
  expect(made).toHaveLength(count);
  for (const [path, drv] of drvs) {
    expect(derivationPath(storeDir, drv)).toBe(path);
    expect(printDerivation(storeDir, fillOutputPaths(storeDir, unfilled(drv), lookupIn(drvs)))).toBe(
      printDerivation(storeDir, drv),
    );
    checkJson(path, drv, shown);
  }
  for (const { drvPath, outputs } of made) checkOutputs(drvPath as StorePath, drvs, outputs);
  const found = new Set([...drvs.values()].flatMap((drv) => [...drv.outputs.values()].map(({ kind }) => kind)));
  expect([...found].sort()).toEqual(['deferred', 'fixed', 'floating', 'impure', 'input-addressed']);
});

/** The derivation in a file, which prints as that file. */
function load(drvPath: string): [StorePath, Derivation] {
  const path = parseStorePath(storeDir, drvPath);
  const file = readFileSync(join(store.folder, 'root', path), 'latin1');
  const drv = parseDerivation(storeDir, file, derivationNameOf(path));
  expect(printDerivation(storeDir, drv)).toBe(file);
  return [path, drv];
}

/** The derivation as an evaluator has it before output paths are known. */
function unfilled(drv: Derivation): Derivation {
  const env = new Map(drv.env);
  const outputs = new Map<string, DerivationOutput>();
  for (const [name, output] of drv.outputs) {
    if (output.kind === 'input-addressed' || output.kind === 'fixed') env.set(name, '');
    outputs.set(name, output.kind === 'input-addressed' ? { kind: 'deferred' } : output);
  }
  return { ...drv, outputs, env };
}

function lookupIn(drvs: ReadonlyMap<StorePath, Derivation>): (path: StorePath) => HashModulo {
  const known = new Map<StorePath, HashModulo>();
  const lookup = (path: StorePath): HashModulo => {
    const modulo = known.get(path) ?? hashDerivationModulo(storeDir, drvs.get(path)!, lookup);
    known.set(path, modulo);
    return modulo;
  };
  return lookup;
}

function checkJson(path: StorePath, drv: Derivation, shown: JsonObject): void {
  const json = (shown.get('derivations') as JsonObject).get(baseNameOf(path))!;
  expect(printJson(derivationToJson(drv))).toBe(printJson(json));
  expect(printDerivation(storeDir, derivationFromJson(storeDir, json))).toBe(printDerivation(storeDir, drv));
}

function checkOutputs(path: StorePath, drvs: ReadonlyMap<StorePath, Derivation>, outputs: Made['outputs']): void {
  const drv = drvs.get(path)!;
  expect([...drv.outputs.keys()].sort()).toEqual(Object.keys(outputs).sort());
  for (const [name, value] of Object.entries(outputs)) {
    expect(outputPath(storeDir, drv, name) ?? downstreamPlaceholder(path, name)).toBe(value);
    const { kind } = drv.outputs.get(name)!;
    if (kind === 'floating' || kind === 'impure') expect(drv.env.get(name)).toBe(hashPlaceholder(name));
  }
}

/** A list of all derivations, in the language. */
function graph(cases: readonly Wanted[]): string {
  const bindings = cases.map((item, i) => `  d${i} = derivation ${attributes(item, i, cases)};`);
  const results = cases.map(
    (item, i) =>
      `{ drvPath = d${i}.drvPath; outputs = { ${outputsOf(item)
        .map((o) => `${o} = d${i}.${o}.outPath;`)
        .join(' ')} }; }`,
  );
  return `let\n${bindings.join('\n')}\nin [\n${results.join('\n')}\n]\n`;
}

function outputsOf(item: Wanted): readonly string[] {
  return item.kind === 'fixed' ? ['out'] : item.outputs;
}

function attributes(item: Wanted, index: number, cases: readonly Wanted[]): string {
  const lines = [`name = ${literal(item.name)}; system = "x86_64-linux"; builder = "/bin/sh";`];
  if (item.kind !== 'fixed') lines.push(`outputs = [ ${item.outputs.map(literal).join(' ')} ];`);
  if (item.args.length > 0) lines.push(`args = [ ${item.args.map(literal).join(' ')} ];`);
  for (const [name, value] of Object.entries(item.attributes)) lines.push(`a_${name} = ${literal(value)};`);
  for (const [i, [which, output]] of item.inputs.entries()) {
    const input = pickInput(cases, index, which, item.kind === 'impure');
    if (input === undefined) continue;
    const names = outputsOf(cases[input]!);
    lines.push(`i_${i} = "x\${d${input}.${names[output % names.length]}}";`);
  }
  if (item.source !== null) lines.push(`src = builtins.toFile "source" ${literal(item.source)};`);
  if (item.structured) lines.push('__structuredAttrs = true; n = 1.5; l = [ 1 true null "\u00c3\u00a9" { a = -3; } ];');
  return `{ ${lines.join(' ')} ${addressing(item)} }`;
}

/** Nothing but an impure derivation may depend on an impure one. */
function pickInput(cases: readonly Wanted[], before: number, which: number, impure: boolean): number | undefined {
  const allowed = cases.slice(0, before).flatMap(({ kind }, i) => (impure || kind !== 'impure' ? [i] : []));
  return allowed[which % allowed.length];
}

function addressing(item: Wanted): string {
  const text = item.mode === 'text';
  if (item.kind === 'fixed') {
    const digest = Buffer.from(item.digest.subarray(0, sizes[text ? 'sha256' : item.algorithm])).toString('hex');
    return `outputHash = "${digest}"; outputHashAlgo = "${text ? 'sha256' : item.algorithm}"; outputHashMode = "${item.mode}";`;
  }
  if (item.kind === 'floating')
    return `__contentAddressed = true; outputHashAlgo = "sha256"; outputHashMode = "${item.mode}";`;
  return item.kind === 'impure' ? '__impure = true; outputHashAlgo = "sha256"; outputHashMode = "recursive";' : '';
}

/** A string literal of the language. */
function literal(value: string): string {
  return `"${value.replace(/["\\$]/g, '\\$&').replaceAll('\r', '\\r')}"`;
}
