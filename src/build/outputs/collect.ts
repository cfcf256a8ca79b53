/**
 * Takes what a builder made: checks that each output is there, brings it into canonical form, and finds out what it
 * refers to. One pass over its bytes gives the references, its hash and its size.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { baseNameOf, hashPartOf, ReferenceScanner, type StorePath } from '../../formats/index.ts';
import { canonicalise, type NarHash, NarHasher, streamNar } from '../../store/index.ts';
import { BuildError } from '../errors.ts';

export interface CollectRequest {
  readonly drvPath: StorePath;
  readonly outputName: string;
  /** The path that the builder was told to make. */
  readonly scratch: StorePath;
  /** The folder that it was made in. */
  readonly folder: string;
  /** Paths that it may refer to, by hash part. */
  readonly candidates: ReadonlyMap<string, StorePath>;
  readonly discardReferences: boolean;
  /** Made by a builder of ours: what it shares, it shares with inputs. */
  readonly ours: boolean;
}

/** An output as the builder left it. */
export interface Collected {
  readonly outputName: string;
  readonly scratch: StorePath;
  /** Where it stands. */
  readonly place: string;
  readonly references: ReadonlySet<StorePath>;
  readonly nar: NarHash;
  /** A regular file that is not executable: the only thing that can be hashed flat. */
  readonly isPlainFile: boolean;
}

/** @throws BuildError `build/output-missing`, `build/output-rejected` */
export async function collectOutput(request: CollectRequest): Promise<Collected> {
  const { outputName, scratch } = request;
  const place = join(request.folder, baseNameOf(scratch));
  const state = fs.lstatSync(place, { throwIfNoEntry: false });
  if (state === undefined) throw missing(request);
  if (!state.isSymbolicLink() && (state.mode & 0o022) !== 0) throw writable(request);
  canonicalise(place, request.ours);
  const scanner = new ReferenceScanner(request.discardReferences ? [] : request.candidates.keys());
  const hasher = new NarHasher();
  await readArchive(place, (chunk) => {
    scanner.push(chunk);
    hasher.update(chunk);
  });
  const references = new Set([...scanner.found()].map((hashPart) => request.candidates.get(hashPart)!));
  const isPlainFile = state.isFile() && (state.mode & 0o100) === 0;
  return { outputName, scratch, place, references, nar: hasher.finish(), isPlainFile };
}

export function byHashPart(paths: Iterable<StorePath>): Map<string, StorePath> {
  return new Map([...paths].map((path) => [hashPartOf(path), path]));
}

/** Bytes after which other work gets its turn: reading is synchronous, and an output may be large. */
const turn = 4 * 1024 * 1024;

/** Gives the archive of a tree on disk to `sink`. */
export async function readArchive(place: string, sink: (chunk: Uint8Array) => void): Promise<void> {
  let sinceTurn = 0;
  for await (const chunk of streamNar(place)) {
    sink(chunk);
    sinceTurn += chunk.length;
    if (sinceTurn < turn) continue;
    sinceTurn = 0;
    await nextTurn();
  }
}

function missing({ drvPath, outputName, scratch }: CollectRequest): BuildError {
  return new BuildError(
    'build/output-missing',
    `the builder of '${drvPath}' ended well but did not make its output '${outputName}'`,
    {
      hint: `A builder has to make '$${outputName}' (here '${scratch}') before it ends.`,
      details: { drvPath, output: outputName, path: scratch },
    },
  );
}

function writable({ drvPath, outputName, scratch }: CollectRequest): BuildError {
  return new BuildError(
    'build/output-rejected',
    `output '${outputName}' of '${drvPath}' may be written by its group or by everybody: suspicious, and rejected`,
    {
      hint: `Let the builder end with 'chmod go-w $${outputName}'.`,
      details: { drvPath, output: outputName, path: scratch },
    },
  );
}
