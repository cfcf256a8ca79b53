/** Adds a file or tree from anywhere on disk: read once, hashed, and written only when the store does not have it. */
import { faultPoint } from '../../base/fault.ts';
import { temporaryName } from '../../base/fs-atomic.ts';
import {
  type ContentAddressMethod,
  contentAddressText,
  type HashAlgorithm,
  makeFixedOutputPath,
  NarWriter,
  type StorePath,
} from '../../formats/index.ts';
import type { PathInfo, Provenance } from '../store.ts';
import { type ContentHasher, contentHasher } from './content-hasher.ts';
import { makeDurable, syncStoreFolder } from './durable.ts';
import { isLargeFile, type NarHash, NarHasher } from './nar.ts';
import { now, type Parts, realPathIn } from './parts.ts';
import { lockPathSync } from './path-locks.ts';
import { place } from './place.ts';
import { rawPathOf } from './raw-path.ts';
import { register } from './register.ts';
import { removeTree } from './remove-tree.ts';
import { type EntryFilter, unsupported } from './tree-events.ts';
import { TreeRecorder } from './tree-recorder.ts';
import { eventSink, type TreeSink } from './tree-sink.ts';
import { walkTree } from './walk-tree.ts';

/** How a tree is addressed by its content. */
export type Ingestion = ContentAddressMethod;

export interface AddRequest {
  /** Where the file or tree is; a symbolic link is added as such. Bytes, where the path is not UTF-8. */
  readonly physicalPath: string | Uint8Array;
  readonly name: string;
  readonly ingestion: Ingestion;
  /** By default SHA-256. */
  readonly algorithm?: HashAlgorithm | undefined;
  /** Asked for each entry below the path; gets its path as a byte string. */
  readonly filter?: EntryFilter | undefined;
  /** Only for `nar` by SHA-256, and `text`. */
  readonly references?: readonly StorePath[] | undefined;
}

export function addTree(parts: Parts, request: AddRequest): StorePath {
  return parts.guard.during(() => {
    const temporary = temporaryName(parts.layout.realStoreDir);
    const recorder = new TreeRecorder(rawPathOf(temporary));
    try {
      const info = ingest(parts.layout.storeDir, request, recorder);
      parts.tempRoots.add([info.path]);
      if (parts.queries.idOf(info.path) === undefined) install(parts, info, recorder, temporary, sourceOf(request));
      return info.path;
    } finally {
      recorder.abandon();
      removeTree(temporary);
    }
  });
}

/** The path of a file or tree, computed without a store to add it to. */
export function pathOfTree(storeDir: string, request: AddRequest): StorePath {
  return ingest(
    storeDir,
    request,
    eventSink(() => {}),
  ).path;
}

function sourceOf({ physicalPath }: AddRequest): Provenance {
  const path = typeof physicalPath === 'string' ? physicalPath : Buffer.from(physicalPath).toString('utf8');
  return { kind: 'source', time: now(), details: { path } };
}

function install(
  parts: Parts,
  info: PathInfo,
  recorder: TreeRecorder,
  temporary: string,
  provenance: Provenance,
): void {
  const realPath = realPathIn(parts.layout, info.path);
  const lock = lockPathSync(realPath, () => tellWait(parts, info.path));
  try {
    if (parts.queries.idOf(info.path) !== undefined) return;
    recorder.materialise();
    faultPoint('tree/written');
    makeDurable(parts, [temporary]);
    faultPoint('tree/durable');
    place(temporary, realPath);
    faultPoint('tree/renamed');
    syncStoreFolder(parts);
    faultPoint('tree/name-durable');
    register(parts, [{ info, provenance }]);
    faultPoint('tree/registered');
  } finally {
    lock.release();
  }
}

/** Reads the tree into `recorder`, and returns what is to be known of it. */
function ingest(storeDir: string, request: AddRequest, recorder: TreeSink): PathInfo {
  const { ingestion: method, algorithm = 'sha256', name } = request;
  const rawPath = rawPathOf(request.physicalPath);
  const nar = new NarHasher({ thread: isLargeFile(rawPath) });
  const content = method === 'nar' && algorithm === 'sha256' ? undefined : contentOf(request, algorithm);
  const archive = (chunk: Uint8Array): void => {
    nar.update(chunk);
    content?.archive(chunk);
  };
  const writer = new NarWriter(archive, { reuse: true });
  const plain = method === 'flat' || method === 'text';
  const sinks =
    content === undefined ? [writer, recorder] : [writer, recorder, eventSink((event) => content.event(event))];
  const { hash: narHash, size: narSize } = finishing(nar, () => {
    walkTree(rawPath, plain ? withoutModes(many(sinks)) : many(sinks), request.filter);
    writer.finish();
  });
  const hash = content?.digest() ?? narHash;
  const references = [...new Set(request.references)].sort();
  const path = makeFixedOutputPath(storeDir, { method, hash, name, references: { others: references, self: false } });
  const contentAddress = contentAddressText(method, hash);
  const known = { deriver: undefined, registrationTime: now(), ultimate: false, signatures: [] };
  return { path, narHash, narSize, references, contentAddress, ...known };
}

function contentOf({ ingestion, physicalPath }: AddRequest, algorithm: HashAlgorithm): ContentHasher {
  const notAFile = (): Error => unsupported(rawPathOf(physicalPath));
  return contentHasher({ method: ingestion, algorithm, notAFile });
}

/** The hash when `work` is done; a thread is ended when it fails. */
function finishing(nar: NarHasher, work: () => void): NarHash {
  try {
    work();
    return nar.finish();
  } catch (error) {
    nar.abandon();
    throw error;
  }
}

/** Several sinks as one. */
function many(sinks: readonly TreeSink[]): TreeSink {
  return {
    directory() {
      for (const sink of sinks) sink.directory();
    },
    entry(name) {
      for (const sink of sinks) sink.entry(name);
    },
    regular(executable, size) {
      for (const sink of sinks) sink.regular(executable, size);
    },
    data(bytes) {
      for (const sink of sinks) sink.data(bytes);
    },
    symlink(target) {
      for (const sink of sinks) sink.symlink(target);
    },
    end() {
      for (const sink of sinks) sink.end();
    },
  };
}

/** Whether a file is executable is no part of an address by its bytes alone, and is dropped. */
function withoutModes(sink: TreeSink): TreeSink {
  return { ...sink, regular: (_executable, size) => sink.regular(false, size) };
}

function tellWait(parts: Parts, path: StorePath): void {
  parts.sink.emit({ type: 'message', level: 'notice', text: `waiting for another process that makes '${path}'` });
}
