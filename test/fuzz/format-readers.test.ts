/**
 * Damaged and random input: a reader gives a value or throws a FormatError, and nothing else. Where a format has one
 * text for each value, what is accepted prints as what was read.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  attributesForShell,
  derivationFromJson,
  derivationToJson,
  ExportReader,
  exportObjectEnd,
  exportObjectStart,
  exportStreamEnd,
  FormatError,
  formatHash,
  formatSignature,
  NarReader,
  NarWriter,
  PublicKey,
  parseContentAddress,
  parseDerivation,
  parseHashWithBase,
  parseJson,
  parseNarInfo,
  parseRealisation,
  parseSignature,
  parseStorePath,
  printDerivation,
  printJson,
  printNarInfo,
  printRealisation,
  SecretKey,
  structuredAttributes,
  withPrefix,
} from '../../src/formats/index.ts';
import {
  byteText,
  derivation,
  hash,
  json,
  narEvents,
  narInfo,
  storeDir,
  storePath,
  tree,
} from '../support/format-arbitraries.ts';
import { mutated } from '../support/mutate.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 400);

/** Reads mutations of good texts, and random texts; what is thrown must be a FormatError. */
function fuzz<T>(
  good: fc.Arbitrary<string>,
  read: (text: string) => T,
  accepted: (value: T, text: string) => void,
): void {
  const bytes = good.map((text) => Buffer.from(text, 'latin1'));
  const damaged = mutated(bytes).map((data) => Buffer.from(data).toString('latin1'));
  let refused = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 5, arbitrary: damaged }, { weight: 1, arbitrary: byteText }), (text) => {
      let value: T;
      try {
        value = read(text);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        refused += 1;
        return;
      }
      accepted(value, text);
    }),
    { numRuns: runs },
  );
  expect(refused).toBeGreaterThan(0);
}

test('archives', () => {
  fuzz(
    tree.map((node) => {
      const chunks: Uint8Array[] = [];
      const writer = new NarWriter((chunk) => chunks.push(chunk));
      for (const event of narEvents(node)) writer.write(event);
      writer.finish();
      return Buffer.concat(chunks).toString('latin1');
    }),
    (text) => {
      const reader = new NarReader();
      const events = reader.push(Buffer.from(text, 'latin1'));
      reader.finish();
      return events;
    },
    (events, text) => {
      const chunks: Uint8Array[] = [];
      const writer = new NarWriter((chunk) => chunks.push(chunk));
      for (const event of events) writer.write(event);
      writer.finish();
      expect(Buffer.concat(chunks).toString('latin1')).toBe(text);
    },
  );
});

test('derivations', () => {
  fuzz(
    derivation.map((drv) => printDerivation(storeDir, drv)),
    (text) => parseDerivation(storeDir, text, 'x'),
    (drv) => {
      let text: string;
      try {
        text = printDerivation(storeDir, drv);
      } catch (error) {
        // A fixed output may be read with an addressing that no path can be computed for.
        expect(error).toBeInstanceOf(FormatError);
        return;
      }
      expect(printDerivation(storeDir, parseDerivation(storeDir, text, 'x'))).toBe(text);
    },
  );
});

test('derivations in JSON', () => {
  fuzz(
    derivation.map((drv) => printJson(derivationToJson({ ...drv, env: new Map([['__json', '{"a":[1]}']]) }))),
    (text) => derivationFromJson(storeDir, parseJson(text, 'formats/derivation-json')),
    (drv) => {
      const again = derivationFromJson(storeDir, derivationToJson(drv));
      expect(printJson(derivationToJson(again))).toBe(printJson(derivationToJson(drv)));
    },
  );
});

test('JSON', () => {
  fuzz(
    json.map(printJson),
    (text) => parseJson(text, 'formats/structured-attributes'),
    (value) => {
      const text = printJson(value);
      expect(printJson(parseJson(text, 'formats/structured-attributes'))).toBe(text);
    },
  );
});

test('structured attributes', () => {
  fuzz(
    json.map((value) => printJson(new Map([['a', value]]))),
    (text) => structuredAttributes({ env: new Map([['__json', text]]) })!,
    (attributes) => {
      const text = attributesForShell(attributes);
      expect(text === '' || text.endsWith('\n')).toBe(true);
    },
  );
});

test('narinfo files', () => {
  fuzz(
    narInfo.map(printNarInfo),
    (text) => parseNarInfo(storeDir, text),
    (info) => {
      const text = printNarInfo(info);
      expect(printNarInfo(parseNarInfo(storeDir, text))).toBe(text);
    },
  );
});

test('export streams', () => {
  const archive = Buffer.from(
    '0d000000000000006e69782d617263686976652d310000000100000000000000280000000000000004000000000000007479706500000000' +
      '07000000000000007265677572000000',
    'hex',
  );
  fuzz(
    fc.tuple(storePath, fc.array(storePath, { maxLength: 2 })).map(([path, references]) => {
      const chunks: Uint8Array[] = [];
      const writer = new NarWriter((chunk) => chunks.push(chunk));
      for (const event of narEvents({ type: 'symlink', target: 'x' })) writer.write(event);
      writer.finish();
      const end = exportObjectEnd({ path, references, deriver: undefined });
      return Buffer.concat([exportObjectStart(), ...chunks, end, exportStreamEnd()]).toString('latin1');
    }),
    (text) => {
      const reader = new ExportReader(storeDir);
      const events = reader.push(Buffer.from(text, 'latin1'));
      reader.finish();
      return events;
    },
    (events) => expect(events.at(-1)).toEqual({ type: 'end' }),
  );
  expect(() => new ExportReader(storeDir).push(archive)).toThrow(FormatError);
});

test('hashes', () => {
  const base = fc.constantFrom('base16' as const, 'nix32' as const, 'base64' as const, 'sri' as const);
  fuzz(
    fc.tuple(hash, base).map(([value, form]) => withPrefix(value, form)),
    (text) => parseHashWithBase(text),
    ({ hash: value, base: form }, text) => {
      // Base 64 may end in bits that no byte takes, and base 16 may be in upper case.
      const again = withPrefix(value, form);
      if (form === 'nix32') expect(again).toBe(text);
      else expect(formatHash(parseHashWithBase(again).hash, 'sri')).toBe(formatHash(value, 'sri'));
    },
  );
});

test('store paths', () => {
  fuzz(
    storePath,
    (text) => parseStorePath(storeDir, text),
    (path, text) => expect(path).toBe(text),
  );
});

test('content addresses', () => {
  fuzz(
    fc.constantFrom(`fixed:r:sha256:${'0'.repeat(52)}`, `text:sha256:${'0'.repeat(52)}`, `fixed:md5:${'0'.repeat(26)}`),
    parseContentAddress,
    (address, text) => expect(text).toContain(address.hash.algorithm),
  );
});

test('realisations', () => {
  const id = { drvHash: '0'.repeat(64), outputName: 'out' };
  fuzz(
    storePath.map((outPath) => printRealisation({ id, outPath, signatures: [] })),
    (text) => parseRealisation(storeDir, text),
    (record) => expect(parseRealisation(storeDir, printRealisation(record))).toEqual(record),
  );
});

test('keys and signatures', () => {
  const key = new SecretKey('k', new Uint8Array(32).fill(7));
  const read = (text: string): string =>
    text.startsWith('s')
      ? formatSignature(parseSignature(text))
      : text.length > 60
        ? SecretKey.parse(text).format()
        : PublicKey.parse(text).format();
  fuzz(
    fc.constantFrom(key.format(), key.publicKey.format(), formatSignature({ ...key.sign('x'), keyName: 's' })),
    read,
    (text) => expect(read(text)).toBe(text),
  );
});
