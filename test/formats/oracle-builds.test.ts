/**
 * What the real Nix builds, signs and exports, in a store with another folder than the usual one: content-addressed
 * paths (self references included), resolved derivations, realisation ids, signatures, narinfo files, export streams.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  attributesForBuilder,
  attributesForShell,
  createModuloHasher,
  type Derivation,
  derivationNameOf,
  derivationPath,
  ExportReader,
  exportObjectEnd,
  exportObjectStart,
  exportStreamEnd,
  fingerprint,
  formatHash,
  formatRealisationId,
  formatSignature,
  type HashModulo,
  hashBytes,
  hashDerivationModulo,
  hashPartOf,
  isDerivationPath,
  makeFixedOutputPath,
  NarWriter,
  nameOf,
  needsResolution,
  outputPath,
  parseBaseName,
  parseContentAddress,
  parseDerivation,
  parseHash,
  parseNarInfo,
  parseSignature,
  parseStorePath,
  printJson,
  printNarInfo,
  ReferenceScanner,
  resolveDerivation,
  SecretKey,
  type StorePath,
  structuredAttributes,
} from '../../src/formats/index.ts';
import { haveOracle, oracleTest } from '../support/oracle.ts';
import { OracleStore } from '../support/oracle-store.ts';

const store = new OracleStore('scratch');
afterAll(() => store.remove());

const expression = `
let
  make = attributes: derivation ({ system = builtins.currentSystem; builder = "/bin/sh"; } // attributes);
  floating = attributes: make ({ __contentAddressed = true; outputHashAlgo = "sha256"; outputHashMode = "recursive"; } // attributes);
in rec {
  leaf = floating { name = "leaf"; args = [ "-c" "echo leaf > $out" ]; };
  self = floating { name = "self"; args = [ "-c" "/bin/mkdir $out; echo $out $out/x$out > $out/a; /bin/ln -s $out/a $out/b; echo \${leaf} > $out/c" ]; };
  two = floating { name = "two"; outputs = [ "out" "lib" ]; args = [ "-c" "echo $lib > $out; echo \${self} > $lib" ]; };
  flat = floating { name = "flat"; outputHashMode = "flat"; args = [ "-c" "echo flat > $out" ]; };
  old = make { name = "old"; args = [ "-c" "echo \${two.lib} \${flat} $out > $out" ]; };
  older = make { name = "older"; outputs = [ "out" "dev" ]; args = [ "-c" "echo \${old} $dev > $out; echo x > $dev" ]; };
  structured = make {
    name = "structured"; __structuredAttrs = true;
    args = [ "-c" "/bin/mkdir \${placeholder "out"}; /bin/cp $NIX_ATTRS_JSON_FILE $NIX_ATTRS_SH_FILE \${placeholder "out"}" ];
    text = "it's \\"é\\"\\n"; number = 5; large = 4294967297; half = 0.5; whole = 3.0; yes = true; no = false; nothing = null;
    list = [ "a b" 1 true null ]; set = { "x y" = 1; z = "'"; }; nested = [ [ 1 ] ]; deep = { a = { }; }; "not-a-name" = 1; empty = [ ];
  };
}
`;

interface Info {
  readonly narHash: string;
  readonly narSize: number;
  readonly references: readonly string[];
  readonly ca: string | null;
  readonly deriver: string | null;
  readonly signatures: readonly string[];
}

const key = 'cache.example-1';
let infos: Map<StorePath, Info>;
let drvs: Map<StorePath, Derivation>;

beforeAll(async () => {
  if (!haveOracle) return;
  mkdirSync(store.storeDir);
  writeFileSync(join(store.folder, 'all.nix'), expression);
  await store.run(
    `nix-build --no-out-link all.nix >built
     nix key generate-secret --key-name ${key} >secret
     nix key convert-secret-to-public <secret >public
     nix store sign --key-file secret --all
     nix path-info --all --json --json-format 1 >infos.json
     nix realisation info --json -f all.nix leaf self two flat >realisations.json
     nix copy --to "file://$PWD/cache?compression=none&store=$PWD/store" $(cat built)
     nix-store --export $(nix-store -qR $(cat built)) >exported`,
  );
  infos = new Map(Object.entries(json<Record<string, Info>>('infos.json')).map(([path, info]) => [parse(path), info]));
  drvs = new Map([...infos.keys()].filter(isDerivationPath).map((path) => [path, read(path)]));
}, 300_000);

describe('against the real Nix', () => {
  oracleTest('archives have the hashes and sizes, and references are found', () => {
    const hashParts = [...infos.keys()].map(hashPartOf);
    for (const [path, info] of infos) {
      const bytes = archive(path);
      expect([formatHash(hashBytes('sha256', bytes), 'sri'), bytes.length]).toEqual([info.narHash, info.narSize]);
      if (isDerivationPath(path)) continue;
      const scanner = new ReferenceScanner(hashParts);
      scanner.push(bytes);
      expect([...scanner.found()].sort()).toEqual(
        info.references.map((reference) => hashPartOf(parse(reference))).sort(),
      );
    }
  });

  oracleTest('content-addressed paths follow from content, name and references', () => {
    const addressed = [...infos].filter(([path, info]) => info.ca !== null && !isDerivationPath(path));
    expect(addressed.map(([path]) => nameOf(path)).sort()).toEqual(['flat', 'leaf', 'self', 'two', 'two-lib']);
    for (const [path, info] of addressed) {
      const { method, hash } = parseContentAddress(info.ca!);
      const hasher = createModuloHasher(hash.algorithm, hashPartOf(path));
      hasher.update(method === 'flat' ? readFileSync(path) : archive(path));
      expect(formatHash(hasher.digest(), 'sri')).toBe(formatHash(hash, 'sri'));
      const others = info.references.filter((reference) => reference !== path).map(parse);
      const references = { others, self: info.references.includes(path) };
      expect(makeFixedOutputPath(store.storeDir, { method, hash, name: nameOf(path), references })).toBe(path);
    }
  });

  oracleTest('realisations are known by the same ids', () => {
    const realised = json<{ id: string; outPath: string }[]>('realisations.json');
    const known = new Map(realised.map(({ id, outPath }) => [id, parseBaseName(store.storeDir, outPath)]));
    expect(known.size).toBeGreaterThanOrEqual(4);
    const ours = new Map<string, string>();
    for (const drv of drvs.values()) {
      const { hashes } = hashDerivationModulo(store.storeDir, drv, lookup, true);
      for (const [outputName, drvHash] of hashes) ours.set(formatRealisationId({ drvHash, outputName }), drv.name);
    }
    for (const [id, path] of known) expect(nameOf(path)).toContain(ours.get(id) ?? 'an unknown id');
  });

  oracleTest('resolved derivations are those that were built', () => {
    const resolved = [...drvs.values()].flatMap((drv) => {
      if (!needsResolution(drv)) return [];
      const result = resolveDerivation(store.storeDir, drv, realised)!;
      const path = derivationPath(store.storeDir, result);
      expect(infos.has(path) ? path : `${path} is not there`).toBe(path);
      return [result];
    });
    expect(new Set(resolved.map(({ name }) => name))).toEqual(new Set(['old', 'older', 'self', 'two']));
    for (const drv of resolved.filter(({ name }) => name.startsWith('old'))) {
      for (const name of drv.outputs.keys()) expect(infos.has(outputPath(store.storeDir, drv, name)!)).toBe(true);
    }
  });

  oracleTest('signatures are the same, byte for byte', () => {
    const secret = SecretKey.parse(readFileSync(join(store.folder, 'secret'), 'latin1'));
    expect(secret.publicKey.format()).toBe(readFileSync(join(store.folder, 'public'), 'latin1').trim());
    for (const [path, info] of infos) {
      const { narSize, references } = info;
      const signed = fingerprint({
        path,
        narHash: parseHash(info.narHash),
        narSize,
        references: references.map(parse),
      });
      const ours = formatSignature(secret.sign(signed));
      expect(info.signatures).toContain(ours);
      expect(secret.publicKey.verify(signed, parseSignature(ours))).toBe(true);
    }
  });

  oracleTest('narinfo files are read, and printed as they were', () => {
    const files = readdirSync(join(store.folder, 'cache')).filter((name) => name.endsWith('.narinfo'));
    expect(files.length).toBeGreaterThan(7);
    for (const file of files) {
      const text = readFileSync(join(store.folder, 'cache', file), 'latin1');
      const info = parseNarInfo(store.storeDir, text);
      expect(printNarInfo(info)).toBe(text);
      expect(formatHash(info.narHash, 'sri')).toBe(infos.get(info.path)!.narHash);
    }
  });

  oracleTest('an export stream is read, and written as it was', () => {
    const bytes = readFileSync(join(store.folder, 'exported'));
    const reader = new ExportReader(store.storeDir);
    const written: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += 1000) {
      for (const event of reader.push(bytes.subarray(at, at + 1000))) {
        if (event.type === 'object') written.push(exportObjectEnd(event.object), exportObjectStart());
        else if (event.type === 'nar') written.push(event.bytes);
      }
    }
    reader.finish();
    // After the last object the end stands where another one might have begun.
    written[written.length - 1] = exportStreamEnd();
    expect(Buffer.concat([exportObjectStart(), ...written]).equals(bytes)).toBe(true);
  });

  oracleTest('structured attributes come to the builder as they do here', () => {
    const drv = [...drvs.values()].find(({ name }) => name === 'structured')!;
    const outputs = new Map([...drv.outputs.keys()].map((name) => [name, outputPath(store.storeDir, drv, name)!]));
    const attributes = attributesForBuilder(structuredAttributes(drv)!, outputs);
    expect(printJson(attributes)).toBe(readFileSync(join(outputs.get('out')!, '.attrs.json'), 'latin1'));
    expect(attributesForShell(attributes)).toBe(readFileSync(join(outputs.get('out')!, '.attrs.sh'), 'latin1'));
  });
});

function parse(path: string): StorePath {
  return parseStorePath(store.storeDir, path);
}

function json<T>(file: string): T {
  return JSON.parse(readFileSync(join(store.folder, file), 'utf8')) as T;
}

function read(path: StorePath): Derivation {
  return parseDerivation(store.storeDir, readFileSync(path, 'latin1'), derivationNameOf(path));
}

function lookup(path: StorePath): HashModulo {
  return hashDerivationModulo(store.storeDir, drvs.get(path)!, lookup);
}

/** Where an output is, found by its name: each name stands for one content here. */
function realised(drvPath: StorePath, outputName: string): StorePath | undefined {
  const drv = drvs.get(drvPath)!;
  const wanted = outputName === 'out' ? drv.name : `${drv.name}-${outputName}`;
  return [...infos.keys()].find((path) => nameOf(path) === wanted);
}

function archive(path: StorePath): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = new NarWriter((chunk) => chunks.push(chunk));
  dump(writer, path);
  writer.finish();
  return Buffer.concat(chunks);
}

function dump(writer: NarWriter, path: string): void {
  const status = lstatSync(path);
  if (status.isSymbolicLink()) {
    writer.symlink(readlinkSync(path, 'latin1'));
    return;
  }
  if (status.isFile()) {
    const bytes = readFileSync(path);
    writer.regular((status.mode & 0o100) !== 0, bytes.length);
    writer.data(bytes);
  } else {
    writer.directory();
    for (const name of readdirSync(path, 'latin1').sort()) {
      writer.entry(name);
      dump(writer, join(path, name));
    }
  }
  writer.end();
}
