/** What is printed is read back as it was, for every format that has a text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  canonicalStructuredAttributes,
  contentAddressText,
  derivationFromJson,
  derivationPath,
  derivationToJson,
  formatHash,
  formatJsonDouble,
  formatRealisationId,
  formatSignature,
  type Hash,
  hashEquals,
  nix32Decode,
  nix32Encode,
  nix32Length,
  PublicKey,
  parseContentAddress,
  parseDerivation,
  parseHash,
  parseJson,
  parseNarInfo,
  parseRealisation,
  parseRealisationId,
  parseSignature,
  parseStorePath,
  printDerivation,
  printJson,
  printNarInfo,
  printRealisation,
  SecretKey,
  withPrefix,
} from '../../src/formats/index.ts';
import {
  algorithm,
  byteText,
  derivation,
  hash,
  hashOf,
  json,
  narInfo,
  storeDir,
  storePath,
} from '../support/format-arbitraries.ts';

const check = <T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => void, runs = 200): void =>
  fc.assert(
    fc.property(arbitrary, (value) => {
      law(value);
    }),
    { numRuns: runs },
  );

test('nix32 is read back, and says the length', () => {
  check(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    const text = nix32Encode(bytes);
    expect(text).toMatch(/^[0-9a-df-np-sv-z]*$/);
    expect(text.length).toBe(nix32Length(bytes.length));
    expect(Array.from(nix32Decode(text))).toEqual(Array.from(bytes));
  });
});

test('every text of a hash is read as the same hash', () => {
  const base = fc.constantFrom('base16' as const, 'nix32' as const, 'base64' as const, 'sri' as const);
  check(fc.tuple(hash, base), ([value, form]) => {
    const texts = [parseHash(withPrefix(value, form)), parseHash(formatHash(value, form), value.algorithm)];
    for (const read of texts) expect(hashEquals(read, value)).toBe(true);
  });
});

test('a content address is read back', () => {
  const method = fc.constantFrom('flat' as const, 'nar' as const, 'text' as const, 'git' as const);
  check(fc.tuple(method, hash), ([how, value]) => {
    const read = parseContentAddress(contentAddressText(how, value));
    expect(read.method).toBe(how);
    expect(hashEquals(read.hash, value)).toBe(true);
  });
});

test('a store path is its own text', () => {
  check(storePath, (path) => expect(parseStorePath(storeDir, path)).toBe(path));
});

test('a derivation is read back, and its text is the only one', () => {
  check(derivation, (drv) => {
    const text = printDerivation(storeDir, drv);
    const read = parseDerivation(storeDir, text, drv.name);
    expect(plain(read)).toEqual(plain(drv));
    expect(printDerivation(storeDir, read)).toBe(text);
  });
});

test('the order in which a derivation was put together does not show', () => {
  check(derivation, (drv) => {
    const turned = {
      ...drv,
      outputs: new Map([...drv.outputs].reverse()),
      inputDrvs: new Map([...drv.inputDrvs].map(([path, names]) => [path, names.toReversed()] as const).reverse()),
      inputSrcs: [...drv.inputSrcs, ...drv.inputSrcs].reverse(),
      env: new Map([...drv.env].reverse()),
    };
    expect(printDerivation(storeDir, turned)).toBe(printDerivation(storeDir, drv));
    expect(derivationPath(storeDir, turned)).toBe(derivationPath(storeDir, drv));
  });
});

test('a derivation is read back from its JSON', () => {
  const unicode = (text: string): string => Buffer.from(text.replace(/[^ -~]/g, 'é'), 'utf8').toString('latin1');
  check(derivation, (drv) => {
    const env = new Map([...drv.env].map(([name, value]) => [unicode(name), unicode(value)]));
    env.set('__json', canonicalStructuredAttributes('{"b": [1.5, 2], "a": "x"}'));
    const source = { ...drv, builder: unicode(drv.builder), args: drv.args.map(unicode), env };
    const text = printJson(derivationToJson(source));
    const read = derivationFromJson(storeDir, parseJson(text, 'formats/derivation-json'));
    expect(plain(read)).toEqual(plain(source));
  });
});

test('canonical JSON is read back as it stands', () => {
  check(json, (value) => {
    const text = printJson(value);
    expect(printJson(parseJson(text, 'formats/structured-attributes'))).toBe(text);
  });
});

test('a double reads back as the same double', () => {
  check(
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    (value) => {
      const text = formatJsonDouble(value);
      expect(Object.is(Number(text), value)).toBe(true);
      expect(text).toMatch(/^-?[0-9]+(\.[0-9]+)?(e[+-][0-9]{2,3})?$/);
      expect(text).toMatch(/[.e]/);
    },
    2000,
  );
});

test('a narinfo is read back', () => {
  check(narInfo, (info) => {
    const read = parseNarInfo(storeDir, printNarInfo(info));
    expect({ ...read, narHash: 0, fileHash: 0 }).toEqual({ ...info, narHash: 0, fileHash: 0 });
    expect(hashEquals(read.narHash, info.narHash)).toBe(true);
    expect(sri(read.fileHash)).toBe(sri(info.fileHash));
  });
});

test('a realisation is read back', () => {
  check(fc.tuple(hashOf('sha256'), storePath, fc.constantFrom('out', 'dev')), ([value, outPath, outputName]) => {
    const record = { id: { drvHash: formatHash(value, 'base16'), outputName }, outPath, signatures: ['a:b'] };
    expect(parseRealisationId(formatRealisationId(record.id))).toEqual(record.id);
    expect(parseRealisation(storeDir, printRealisation(record))).toEqual(record);
  });
});

test('keys are read back, and their signatures hold for what was signed and nothing else', () => {
  const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
  check(
    fc.tuple(seed, byteText, byteText),
    ([bytes, data, other]) => {
      const key = SecretKey.parse(new SecretKey('key-1', bytes).format());
      const signature = parseSignature(formatSignature(key.sign(data)));
      const verifier = PublicKey.parse(key.publicKey.format());
      expect(verifier.verify(data, signature)).toBe(true);
      expect(verifier.verify(other, signature)).toBe(other === data);
      expect(verifier.verify(data, { ...signature, keyName: 'key-2' })).toBe(false);
    },
    50,
  );
});

test('a hash cannot be read as another algorithm', () => {
  check(fc.tuple(hash, algorithm), ([value, other]) => {
    fc.pre(value.algorithm !== other);
    expect(() => parseHash(withPrefix(value, 'sri'), other)).toThrow(/should have type/);
  });
});

/** A derivation in one order, as values that can be compared. */
function plain(drv: ReturnType<typeof parseDerivation>): unknown {
  const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const outputs = sorted(drv.outputs).map(([name, output]) => [
    name,
    output.kind === 'fixed' ? { ...output, hash: sri(output.hash) } : output,
  ]);
  const inputDrvs = sorted(drv.inputDrvs).map(([path, names]) => [path, names.toSorted()]);
  return { ...drv, outputs, inputDrvs, inputSrcs: drv.inputSrcs.toSorted(), env: sorted(drv.env) };
}

function sri(value: Hash | undefined): string | undefined {
  return value && formatHash(value, 'sri');
}
