/** From what a builder left in its folder to trees that are ready for the store, with all that is known of them. */
import {
  contentAddressText,
  type Derivation,
  derivationKind,
  formatHash,
  type Hash,
  type StorePath,
} from '../../formats/index.ts';
import type { PathInfo } from '../../store/index.ts';
import type { DerivationOptions } from '../derivation-options.ts';
import { BuildError } from '../errors.ts';
import { type Addressed, addressOutput } from './address.ts';
import { type CheckedPath, checkOutput } from './checks.ts';
import { byHashPart, type Collected, collectOutput } from './collect.ts';
import { addressingOrder } from './order.ts';

export interface TakeRequest {
  readonly storeDir: string;
  readonly drvPath: StorePath;
  readonly derivation: Derivation;
  readonly options: DerivationOptions;
  /** By output name: those outputs that are wanted, and the paths that the builder was given for them. */
  readonly scratch: ReadonlyMap<string, StorePath>;
  /** All scratch paths, those of outputs that are not wanted again among them. */
  readonly allScratch: ReadonlyMap<string, StorePath>;
  /** The final paths of outputs that are there already and not taken again. */
  readonly settled: ReadonlyMap<string, StorePath>;
  readonly folder: string;
  readonly inputs: readonly StorePath[];
  /** Whether it was made by a builder of ours. */
  readonly ours: boolean;
  /** Whether the builder could hand open files to others. */
  readonly copy: boolean;
  infoOf(path: StorePath): PathInfo | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
}

export interface TakenOutput {
  readonly outputName: string;
  readonly info: PathInfo;
  /** Where the tree stands, canonical and complete. */
  readonly place: string;
  /** What the derivation promised, where the content has another hash. */
  readonly mismatch: { readonly wanted: Hash; readonly got: Hash } | undefined;
}

/** @throws BuildError */
export async function takeOutputs(request: TakeRequest): Promise<TakenOutput[]> {
  const candidates = byHashPart([...request.inputs, ...request.allScratch.values()]);
  const collected: Collected[] = [];
  for (const [outputName, scratch] of [...request.scratch].sort()) {
    collected.push(
      await collectOutput({
        drvPath: request.drvPath,
        outputName,
        scratch,
        folder: request.folder,
        candidates,
        discardReferences: request.options.discardReferences.has(outputName),
        ours: request.ours,
      }),
    );
  }
  const taken: TakenOutput[] = [];
  const finals = new Map<StorePath, StorePath>();
  for (const [name, path] of request.settled) finals.set(request.allScratch.get(name)!, path);
  for (const output of addressingOrder(request.drvPath, collected)) {
    const addressed = await addressTaken(request, output, finals);
    finals.set(output.scratch, addressed.path);
    taken.push(takenOf(request, addressed));
  }
  return taken;
}

function addressTaken(
  request: TakeRequest,
  collected: Collected,
  siblings: ReadonlyMap<StorePath, StorePath>,
): Promise<Addressed> {
  const { derivation, drvPath, storeDir, copy } = request;
  const output = derivation.outputs.get(collected.outputName)!;
  if (output.kind === 'fixed' && collected.references.size > 0) throw fixedWithReferences(drvPath, collected);
  return addressOutput({ storeDir, drvName: derivation.name, drvPath, output, collected, siblings, copy });
}

function takenOf({ drvPath, derivation, now }: TakeRequest, addressed: Addressed): TakenOutput {
  const { outputName, path, nar, references, address, place } = addressed;
  const info: PathInfo = {
    path,
    narHash: nar.hash,
    narSize: nar.size,
    references,
    deriver: drvPath,
    registrationTime: now,
    ultimate: true,
    signatures: [],
    contentAddress: address === undefined ? undefined : contentAddressText(address.method, address.hash),
  };
  const output = derivation.outputs.get(outputName)!;
  const wanted = output.kind === 'fixed' ? output.hash : undefined;
  const got = address?.hash;
  const differs = wanted !== undefined && got !== undefined && formatHash(wanted, 'sri') !== formatHash(got, 'sri');
  return { outputName, info, place, mismatch: differs ? { wanted, got } : undefined };
}

/** The checks that the derivation asks for, on its new outputs together with those that were there. */
export function checkTaken(request: TakeRequest, taken: readonly TakenOutput[]): void {
  const outputs = new Map<string, CheckedPath>(taken.map(({ outputName, info }) => [outputName, info]));
  for (const [name, path] of request.settled) {
    const info = request.infoOf(path);
    if (info !== undefined && !outputs.has(name)) outputs.set(name, info);
  }
  for (const { outputName, mismatch } of taken) {
    if (mismatch !== undefined) throw hashMismatch(request, mismatch.wanted, mismatch.got);
    const checks = request.options.checksOf(outputName);
    if (checks === undefined) continue;
    const infoOf = (path: StorePath): CheckedPath | undefined => request.infoOf(path);
    checkOutput({ drvPath: request.drvPath, outputs, infoOf }, outputName, checks);
  }
}

function hashMismatch({ drvPath, derivation }: TakeRequest, wanted: Hash, got: Hash): BuildError {
  const url = urlOf(derivation);
  const specified = formatHash(wanted, 'sri');
  const found = formatHash(got, 'sri');
  const where = url === undefined ? '' : `\n        URL: ${url}`;
  return new BuildError(
    'build/hash-mismatch',
    `hash mismatch in fixed-output derivation '${drvPath}':\n  specified: ${specified}\n        got: ${found}${where}`,
    {
      hint: 'If the new content is what you want, put the hash that was found into the expression; if not, do not trust its source.',
      details: { drvPath, specified, got: found, url },
    },
  );
}

/** What a fixed-output derivation says about where its content comes from. */
function urlOf({ env }: Derivation): string | undefined {
  const urls = env.get('urls') ?? env.get('url') ?? '';
  return urls === '' ? undefined : urls;
}

function fixedWithReferences(drvPath: StorePath, collected: Collected): BuildError {
  const paths = [...collected.references].sort();
  return new BuildError(
    'build/reference-not-allowed',
    `the output of the fixed-output derivation '${drvPath}' must not refer to store paths, but refers to ${paths.join(', ')}`,
    { details: { drvPath, paths } },
  );
}

export function isFixed(derivation: Derivation): boolean {
  return derivationKind(derivation) === 'fixed';
}
