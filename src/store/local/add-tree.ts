/** Adds a file or tree from anywhere on disk: read once, hashed, and written only when the store does not have it. */
import { faultPoint } from '../../base/fault.ts';
import { temporaryName } from '../../base/fs-atomic.ts';
import {
  type ContentAddressMethod,
  contentAddressText,
  type HashAlgorithm,
  makeFixedOutputPath,
  type NarEvent,
  NarWriter,
  type StorePath,
} from '../../formats/index.ts';
import type { PathInfo, Provenance } from '../store.ts';
import { type ContentHasher, contentHasher } from './content-hasher.ts';
import { makeDurable, syncStoreFolder } from './durable.ts';
import { NarHasher } from './nar.ts';
import { now, type Parts, realPathIn } from './parts.ts';
import { lockPathSync } from './path-locks.ts';
import { place } from './place.ts';
import { rawPathOf } from './raw-path.ts';
import { register } from './register.ts';
import { removeTree } from './remove-tree.ts';
import { type EntryFilter, type TreeSink, unsupported, walkTree } from './tree-events.ts';
import { TreeRecorder } from './tree-recorder.ts';

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
  return ingest(storeDir, request, { write() {} }).path;
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
  const nar = new NarHasher();
  const content = method === 'nar' && algorithm === 'sha256' ? undefined : contentOf(request, algorithm);
  const writer = new NarWriter((chunk) => {
    nar.update(chunk);
    content?.archive(chunk);
  });
  const sink: TreeSink = {
    write(event) {
      const seen = method === 'flat' || method === 'text' ? plain(event) : event;
      content?.event(seen);
      writer.write(seen);
      recorder.write(seen);
    },
  };
  walkTree(rawPathOf(request.physicalPath), sink, { filter: request.filter });
  writer.finish();
  const { hash: narHash, size: narSize } = nar.finish();
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

/** Whether a file is executable is no part of an address by its bytes alone, and is dropped. */
function plain(event: NarEvent): NarEvent {
  return event.type === 'regular' ? { ...event, executable: false } : event;
}

function tellWait(parts: Parts, path: StorePath): void {
  parts.sink.emit({ type: 'message', level: 'notice', text: `waiting for another process that makes '${path}'` });
}
