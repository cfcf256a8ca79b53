/** Adds a file or tree from anywhere on disk: read once, hashed, and written only when the store does not have it. */
import { faultPoint } from '../../base/fault.ts';
import { syncDirectory, temporaryName } from '../../base/fs-atomic.ts';
import {
  contentAddressText,
  createHasher,
  type Hash,
  makeFixedOutputPath,
  type NarEvent,
  NarWriter,
  type StorePath,
} from '../../formats/index.ts';
import type { PathInfo } from '../store.ts';
import { makeDurable } from './durable.ts';
import { NarHasher } from './nar.ts';
import { now, type Parts, realPathIn } from './parts.ts';
import { lockPathSync } from './path-locks.ts';
import { place } from './place.ts';
import { rawPathOf } from './raw-path.ts';
import { register } from './register.ts';
import { removeTree } from './remove-tree.ts';
import { type EntryFilter, type TreeSink, unsupported, walkTree } from './tree-events.ts';
import { TreeRecorder } from './tree-recorder.ts';

export type Ingestion = 'flat' | 'nar' | 'text';

export interface AddRequest {
  /** Where the file or tree is; a symbolic link is added as such. Bytes, where the path is not UTF-8. */
  readonly physicalPath: string | Uint8Array;
  readonly name: string;
  readonly ingestion: Ingestion;
  /** Asked for each entry below the path; gets its path as a byte string. */
  readonly filter?: EntryFilter | undefined;
  /** Only for `nar` and `text`. */
  readonly references?: readonly StorePath[] | undefined;
}

export function addTree(parts: Parts, request: AddRequest): StorePath {
  return parts.guard.during(() => {
    const temporary = temporaryName(parts.layout.realStoreDir);
    const recorder = new TreeRecorder(rawPathOf(temporary));
    try {
      const info = ingest(parts.layout.storeDir, request, recorder);
      parts.tempRoots.add([info.path]);
      if (parts.queries.idOf(info.path) === undefined) install(parts, info, recorder, temporary);
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

function install(parts: Parts, info: PathInfo, recorder: TreeRecorder, temporary: string): void {
  const { realStoreDir } = parts.layout;
  const realPath = realPathIn(parts.layout, info.path);
  const lock = lockPathSync(realPath, () => tellWait(parts, info.path));
  try {
    if (parts.queries.idOf(info.path) !== undefined) return;
    const nodes = recorder.materialise();
    faultPoint('tree/written');
    makeDurable(realStoreDir, [temporary], nodes);
    faultPoint('tree/durable');
    place(temporary, realPath);
    faultPoint('tree/renamed');
    syncDirectory(realStoreDir);
    faultPoint('tree/name-durable');
    register(parts, [{ info }]);
    faultPoint('tree/registered');
  } finally {
    lock.release();
  }
}

/** Reads the tree into `recorder`, and returns what is to be known of it. */
function ingest(storeDir: string, request: AddRequest, recorder: TreeSink): PathInfo {
  const nar = new NarHasher();
  const writer = new NarWriter((chunk) => nar.update(chunk));
  const flat = request.ingestion === 'nar' ? undefined : new FlatHasher(rawPathOf(request.physicalPath));
  const sink: TreeSink = {
    write(event) {
      const seen = flat === undefined ? event : flat.write(event);
      writer.write(seen);
      recorder.write(seen);
    },
  };
  walkTree(rawPathOf(request.physicalPath), sink, { filter: request.filter });
  writer.finish();
  const { hash: narHash, size: narSize } = nar.finish();
  const method = request.ingestion;
  const hash = flat?.digest() ?? narHash;
  const references = [...new Set(request.references)].sort();
  const path = makeFixedOutputPath(storeDir, {
    method,
    hash,
    name: request.name,
    references: { others: references, self: false },
  });
  return {
    path,
    narHash,
    narSize,
    references,
    deriver: undefined,
    registrationTime: now(),
    ultimate: false,
    signatures: [],
    contentAddress: contentAddressText(method, hash),
  };
}

/** Hashes one file's bytes alone; whether it is executable is not part of that, and is dropped. */
class FlatHasher {
  readonly #rawPath: string;
  readonly #hasher = createHasher('sha256');

  constructor(rawPath: string) {
    this.#rawPath = rawPath;
  }
  write(event: NarEvent): NarEvent {
    if (event.type === 'directory' || event.type === 'symlink') throw unsupported(this.#rawPath);
    if (event.type === 'data') this.#hasher.update(event.bytes);
    return event.type === 'regular' ? { ...event, executable: false } : event;
  }
  digest(): Hash {
    return this.#hasher.digest();
  }
}

function tellWait(parts: Parts, path: StorePath): void {
  parts.sink.emit({ type: 'message', level: 'notice', text: `waiting for another process that makes '${path}'` });
}
