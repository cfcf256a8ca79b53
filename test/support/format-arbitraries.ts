/** Random values of the formats room, for property tests, fuzzing and the oracle. */
import fc from 'fast-check';
import {
  type Derivation,
  type DerivationOutput,
  formatJsonDouble,
  type Hash,
  type HashAlgorithm,
  hashSizes,
  type Json,
  JsonNumber,
  makeStorePathOf,
  type NarEvent,
  type NarInfo,
  nix32Encode,
  type StorePath,
} from '../../src/formats/index.ts';

export const storeDir = '/nix/store';

/** Any byte string, most of them made of what has to be escaped somewhere. */
export const byteText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '\\', '\n', '\r', '\t', '\0', '${', 'n', ',', '(', ')', '[', ']', '\u00ff', '\u0080', '/'),
      fc.string({ minLength: 1, maxLength: 6 }).map((text) => text.replace(/[^\0-\u00ff]/g, 'x')),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const nameCharacters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?=';

/** A valid name of a store path. */
export const storeName: fc.Arbitrary<string> = fc
  .string({ unit: fc.constantFrom(...nameCharacters), minLength: 1, maxLength: 20 })
  .filter((name) => !/^\.\.?(?:-|$)/.test(name));

const outputName = fc.constantFrom('out', 'dev', 'lib', 'bin', 'doc');

export const hashPart: fc.Arbitrary<string> = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(nix32Encode);

export const storePath: fc.Arbitrary<StorePath> = fc
  .tuple(hashPart, storeName)
  .map(([hash, name]) => makeStorePathOf(storeDir, hash, name));

export const derivationFile: fc.Arbitrary<StorePath> = fc
  .tuple(hashPart, storeName)
  .map(([hash, name]) => makeStorePathOf(storeDir, hash, `${name}.drv`));

export const algorithm: fc.Arbitrary<HashAlgorithm> = fc.constantFrom('md5', 'sha1', 'sha256', 'sha512', 'blake3');

export const hashOf = (of: HashAlgorithm): fc.Arbitrary<Hash> =>
  fc.uint8Array({ minLength: hashSizes[of], maxLength: hashSizes[of] }).map((bytes) => ({ algorithm: of, bytes }));

export const hash: fc.Arbitrary<Hash> = algorithm.chain(hashOf);

const method = fc.constantFrom('flat' as const, 'nar' as const);

/** The outputs of one derivation, all of one kind. */
const outputs: fc.Arbitrary<ReadonlyMap<string, DerivationOutput>> = fc.oneof(
  fc.record({ kind: fc.constant('fixed' as const), method, hash }).map((output) => new Map([['out', output]])),
  outputMap(fc.record({ kind: fc.constant('input-addressed' as const), path: storePath })),
  outputMap(fc.constant({ kind: 'deferred' as const })),
  outputMap(fc.record({ kind: fc.constant('floating' as const), method, algorithm: fc.constant('sha256' as const) })),
  outputMap(fc.record({ kind: fc.constant('impure' as const), method, algorithm: fc.constant('sha256' as const) })),
);

function outputMap<T extends DerivationOutput>(output: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> {
  return fc
    .uniqueArray(fc.tuple(outputName, output), { minLength: 1, maxLength: 4, selector: ([name]) => name })
    .map((entries) => new Map(entries));
}

const outputNames = fc.uniqueArray(outputName, { minLength: 1, maxLength: 3 });

export const derivation: fc.Arbitrary<Derivation> = fc.record({
  name: storeName,
  outputs,
  inputDrvs: fc.array(fc.tuple(derivationFile, outputNames), { maxLength: 4 }).map((entries) => new Map(entries)),
  inputSrcs: fc.uniqueArray(storePath, { maxLength: 4 }),
  system: fc.constantFrom('x86_64-linux', 'builtin'),
  builder: byteText,
  args: fc.array(byteText, { maxLength: 4 }),
  env: fc.array(fc.tuple(byteText, byteText), { maxLength: 6 }).map((entries) => new Map(entries)),
});

/** A file, symlink or directory tree. */
export type Tree =
  | { readonly type: 'file'; readonly executable: boolean; readonly bytes: Uint8Array }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'directory'; readonly entries: ReadonlyMap<string, Tree> };

/** Names that a file system takes. */
export const fileName: fc.Arbitrary<string> = byteText
  .map((text) => text.replace(/[/\0]/g, '-').slice(0, 40))
  .filter((name) => name !== '' && name !== '.' && name !== '..');

const linkTarget = byteText.map((text) => text.replaceAll('\0', '.')).filter((text) => text !== '');

export const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.record({
      type: fc.constant('file' as const),
      executable: fc.boolean(),
      bytes: fc.uint8Array({ maxLength: 70 }),
    }),
    fc.record({ type: fc.constant('symlink' as const), target: linkTarget }),
    fc.record({
      type: fc.constant('directory' as const),
      entries: fc.array(fc.tuple(fileName, tie('tree')), { maxLength: 5 }).map((entries) => new Map(entries)),
    }),
  ),
})).tree;

/** The events of a tree, file contents in pieces of at most `piece` bytes. */
export function narEvents(node: Tree, piece = 1_000_000): NarEvent[] {
  if (node.type === 'symlink') return [{ type: 'symlink', target: node.target }];
  if (node.type === 'file') {
    const { executable, bytes } = node;
    const data: NarEvent[] = [];
    for (let at = 0; at < bytes.length; at += piece) data.push({ type: 'data', bytes: bytes.subarray(at, at + piece) });
    return [{ type: 'regular', executable, size: bytes.length }, ...data, { type: 'end' }];
  }
  const entries = [...node.entries.keys()].sort();
  const inner = entries.flatMap((name): NarEvent[] => [
    { type: 'entry', name },
    ...narEvents(node.entries.get(name)!, piece),
  ]);
  return [{ type: 'directory' }, ...inner, { type: 'end' }];
}

const signature = fc
  .tuple(fc.stringMatching(/^[a-z0-9.-]{1,12}$/), fc.uint8Array({ minLength: 64, maxLength: 64 }))
  .map(([name, bytes]) => `${name}:${Buffer.from(bytes).toString('base64')}`);

export const narInfo: fc.Arbitrary<NarInfo> = fc.record({
  path: storePath,
  url: fc.stringMatching(/^nar\/[0-9a-z]{1,12}\.nar(\.xz|\.zst)?$/),
  compression: fc.constantFrom('none', 'xz', 'zstd'),
  fileHash: fc.option(hashOf('sha256'), { nil: undefined }),
  fileSize: fc.option(fc.nat(), { nil: undefined }),
  narHash: hashOf('sha256'),
  narSize: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  references: fc.uniqueArray(storePath, { maxLength: 4 }).map((paths) => paths.sort()),
  deriver: fc.option(derivationFile, { nil: undefined }),
  signatures: fc.uniqueArray(signature, { maxLength: 3 }).map((signatures) => signatures.sort()),
  contentAddress: fc.constantFrom(undefined, `fixed:r:sha256:${'0'.repeat(52)}`, `text:sha256:${'1'.repeat(52)}`),
});

const jsonText = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .map((text) => Buffer.from(text, 'utf8').toString('latin1'));

export const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.constantFrom<Json>(null, true, false),
    jsonText,
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map((n) => new JsonNumber(n.toString())),
    fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => new JsonNumber(formatJsonDouble(value))),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(jsonText, tie('json')), { maxLength: 4 }).map((members) => new Map(members)),
  ),
})).json;

/** Bytes cut into pieces at random places; some pieces are empty. */
export function cut(bytes: Uint8Array, borders: readonly number[]): Uint8Array[] {
  const at = [0, ...borders.map((border) => border % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}
