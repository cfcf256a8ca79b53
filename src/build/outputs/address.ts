/**
 * The final path of an output. Where that is computed from the content, the output was made at a scratch path, and
 * its references to itself and to its siblings are rewritten to their final paths; so is, where the builder could
 * not be given the right path, an output whose path was known.
 *
 * A digest of content that refers to itself is taken modulo the hash part of the scratch path.
 */
import * as fs from 'node:fs';
import {
  type ContentAddressMethod,
  createHasher,
  createModuloHasher,
  type DerivationOutput,
  type Hash,
  type HashAlgorithm,
  type Hasher,
  HashRewriter,
  hashPartOf,
  makeFixedOutputPath,
  outputPathName,
  type StorePath,
} from '../../formats/index.ts';
import { type NarHash, NarHasher, removeTree, restoreNar, streamNar } from '../../store/index.ts';
import { BuildError } from '../errors.ts';
import { type Collected, readArchive } from './collect.ts';

export interface AddressRequest {
  readonly storeDir: string;
  readonly drvName: string;
  readonly drvPath: StorePath;
  readonly output: DerivationOutput;
  readonly collected: Collected;
  /** Final paths of the siblings that were addressed before, by their scratch paths. */
  readonly siblings: ReadonlyMap<StorePath, StorePath>;
  /** Copy the bytes even when nothing has to be rewritten: somebody may still have the files open. */
  readonly copy: boolean;
}

export interface Addressed {
  readonly outputName: string;
  readonly path: StorePath;
  /** Where the finished tree stands. */
  readonly place: string;
  readonly nar: NarHash;
  readonly references: readonly StorePath[];
  readonly address: { readonly method: ContentAddressMethod; readonly hash: Hash } | undefined;
}

export async function addressOutput(request: AddressRequest): Promise<Addressed> {
  const { collected, output } = request;
  const { scratch } = collected;
  const others = [...collected.references].filter((path) => path !== scratch);
  const self = collected.references.has(scratch);
  const finals = others.map((path) => request.siblings.get(path) ?? path);
  const rewrites = rewritesOf(others, request.siblings);
  let address: Addressed['address'];
  let path: StorePath;
  if (output.kind === 'input-addressed') path = output.path;
  else {
    address = await contentAddress(request, rewrites);
    const name = outputPathName(request.drvName, collected.outputName);
    path = makeFixedOutputPath(request.storeDir, { ...address, name, references: { others: finals, self } });
  }
  if (self && path !== scratch) rewrites.set(hashPartOf(scratch), hashPartOf(path));
  const finished = await rewritten(request, rewrites);
  const references = [...new Set(self ? [...finals, path] : finals)].sort();
  return { outputName: collected.outputName, path, references, address, ...finished };
}

function rewritesOf(
  references: readonly StorePath[],
  siblings: ReadonlyMap<StorePath, StorePath>,
): Map<string, string> {
  const rewrites = new Map<string, string>();
  for (const reference of references) {
    const final = siblings.get(reference);
    if (final !== undefined && final !== reference) rewrites.set(hashPartOf(reference), hashPartOf(final));
  }
  return rewrites;
}

async function contentAddress(
  request: AddressRequest,
  rewrites: ReadonlyMap<string, string>,
): Promise<{ method: ContentAddressMethod; hash: Hash }> {
  const { output, collected } = request;
  const { method, algorithm } = methodOf(request, output);
  const simple = rewrites.size === 0 && !collected.references.has(collected.scratch);
  if (method === 'nar' && algorithm === 'sha256' && simple) return { method, hash: collected.nar.hash };
  const hasher = simple ? createHasher(algorithm) : createModuloHasher(algorithm, hashPartOf(collected.scratch));
  if (method === 'nar') await digestArchive(collected.place, rewrites, hasher);
  else digestFile(request, rewrites, hasher);
  return { method, hash: hasher.digest() };
}

function methodOf(
  { drvPath, collected }: AddressRequest,
  output: DerivationOutput,
): { method: ContentAddressMethod; algorithm: HashAlgorithm } {
  if (output.kind === 'fixed') return { method: output.method, algorithm: output.hash.algorithm };
  if (output.kind === 'floating' && output.method !== 'git') return output;
  throw new BuildError(
    'build/unsupported',
    `output '${collected.outputName}' of '${drvPath}' is addressed in a way that builds do not know yet`,
    { details: { drvPath, output: collected.outputName, kind: output.kind } },
  );
}

async function digestArchive(place: string, rewrites: ReadonlyMap<string, string>, hasher: Hasher): Promise<void> {
  const rewriter = new HashRewriter(rewrites, (chunk) => hasher.update(chunk));
  await readArchive(place, (chunk) => rewriter.push(chunk));
  rewriter.finish();
}

/** Flat and text: the bytes of one file that is not executable. */
function digestFile(request: AddressRequest, rewrites: ReadonlyMap<string, string>, hasher: Hasher): void {
  const { collected, drvPath } = request;
  if (!collected.isPlainFile) {
    throw new BuildError(
      'build/output-rejected',
      `output '${collected.outputName}' of '${drvPath}' should be a regular file that is not executable`,
      {
        hint: "Only such a file can be hashed with outputHashMode 'flat' or 'text'; for everything else it is 'nar'.",
        details: { drvPath, output: collected.outputName },
      },
    );
  }
  const rewriter = new HashRewriter(rewrites, (chunk) => hasher.update(chunk));
  const fd = fs.openSync(collected.place, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(256 * 1024);
    for (let count = fs.readSync(fd, buffer); count > 0; count = fs.readSync(fd, buffer)) {
      rewriter.push(buffer.subarray(0, count));
    }
  } finally {
    fs.closeSync(fd);
  }
  rewriter.finish();
}

/** The tree with its hash parts replaced: the one that is there when there is nothing to replace. */
async function rewritten(
  { collected, copy }: AddressRequest,
  rewrites: ReadonlyMap<string, string>,
): Promise<{ place: string; nar: NarHash }> {
  if (rewrites.size === 0 && !copy) return { place: collected.place, nar: collected.nar };
  const place = rewrittenPlace(collected.place);
  const hasher = new NarHasher();
  await restoreNar(rewriteArchive(collected.place, rewrites, hasher), place);
  removeTree(collected.place);
  return { place, nar: hasher.finish() };
}

/** Where the rewritten form of a tree is made. */
export function rewrittenPlace(place: string): string {
  return `${place}.final`;
}

async function* rewriteArchive(
  place: string,
  rewrites: ReadonlyMap<string, string>,
  hasher: NarHasher,
): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const rewriter = new HashRewriter(rewrites, (chunk) => {
    hasher.update(chunk);
    ready.push(chunk);
  });
  const take = (): Uint8Array[] => {
    const taken = ready;
    ready = [];
    return taken;
  };
  for await (const chunk of streamNar(place)) {
    rewriter.push(chunk);
    yield* take();
  }
  rewriter.finish();
  yield* take();
}
