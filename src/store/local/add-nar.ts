/** Adds a path from an archive that somebody else wrote: nothing of it is believed before it is registered. */
import { faultPoint } from '../../base/fault.ts';
import { syncDirectory, temporaryName } from '../../base/fs-atomic.ts';
import {
  createHasher,
  createModuloHasher,
  type Derivation,
  derivationNameOf,
  type Hasher,
  hashEquals,
  hashPartOf,
  isDerivationPath,
  type NarEvent,
  NarReader,
  parseContentAddress,
  parseDerivation,
  withPrefix,
} from '../../formats/index.ts';
import { checkContentAddress } from '../content-address.ts';
import { StoreError } from '../errors.ts';
import type { PathInfo } from '../store.ts';
import { makeDurable } from './durable.ts';
import { NarHasher } from './nar.ts';
import { type Parts, realPathIn } from './parts.ts';
import { lockPaths } from './path-locks.ts';
import { place } from './place.ts';
import { rawPathOf } from './raw-path.ts';
import { readStoreFile } from './read-file.ts';
import { register } from './register.ts';
import { removeTree } from './remove-tree.ts';
import { TreeWriter } from './tree-writer.ts';

/** Does nothing when the path is valid already; the archive is then not read. */
export async function addFromNar(parts: Parts, info: PathInfo, nar: AsyncIterable<Uint8Array>): Promise<void> {
  checkContentAddress(parts.layout.storeDir, info);
  await parts.guard.duringAsync(async () => {
    parts.tempRoots.add([info.path]);
    if (parts.queries.idOf(info.path) !== undefined) return;
    const realPath = realPathIn(parts.layout, info.path);
    const lock = await lockPaths([realPath]);
    try {
      if (parts.queries.idOf(info.path) === undefined) await receive(parts, info, nar, realPath);
    } finally {
      lock.release();
    }
  });
}

async function receive(parts: Parts, info: PathInfo, nar: AsyncIterable<Uint8Array>, realPath: string): Promise<void> {
  const temporary = temporaryName(parts.layout.realStoreDir);
  try {
    const nodes = await restore(info, nar, temporary);
    faultPoint('nar/written');
    makeDurable(parts.layout.realStoreDir, [temporary], nodes);
    faultPoint('nar/durable');
    place(temporary, realPath);
    faultPoint('nar/renamed');
    syncDirectory(parts.layout.realStoreDir);
    faultPoint('nar/name-durable');
    register(parts, [{ info, derivation: derivationAt(parts, info, realPath) }]);
    faultPoint('nar/registered');
  } finally {
    removeTree(temporary);
  }
}

/** Writes the tree at `target`; returns the number of its files and directories. */
async function restore(info: PathInfo, nar: AsyncIterable<Uint8Array>, target: string): Promise<number> {
  const reader = new NarReader();
  const writer = new TreeWriter(rawPathOf(target));
  const hasher = new NarHasher();
  const content = contentHasher(info);
  try {
    for await (const chunk of nar) {
      hasher.update(chunk);
      content?.archive(chunk);
      for (const event of reader.push(chunk)) {
        content?.event(event);
        writer.write(event);
      }
    }
    reader.finish();
  } finally {
    writer.abandon();
  }
  checkNar(info, hasher);
  content?.check();
  return writer.nodes;
}

function checkNar(info: PathInfo, hasher: NarHasher): void {
  const { hash, size } = hasher.finish();
  if (!hashEquals(hash, info.narHash))
    throw mismatch(info, withPrefix(info.narHash, 'nix32'), withPrefix(hash, 'nix32'));
  if (size !== info.narSize) throw mismatch(info, `${info.narSize} bytes`, `${size} bytes`);
}

interface ContentHasher {
  archive(chunk: Uint8Array): void;
  event(event: NarEvent): void;
  check(): void;
}

/** Follows the bytes that a content address speaks of: the whole archive, or those of its one file. */
function contentHasher(info: PathInfo): ContentHasher | undefined {
  if (info.contentAddress === undefined) return undefined;
  const { method, hash } = parseContentAddress(info.contentAddress);
  if (method === 'git') {
    throw new StoreError(
      'store/content-address-mismatch',
      `'${info.path}' is addressed by a git tree, which cannot be checked`,
      {
        details: { path: info.path, contentAddress: info.contentAddress },
      },
    );
  }
  const hasher: Hasher =
    method === 'nar' ? createModuloHasher(hash.algorithm, hashPartOf(info.path)) : createHasher(hash.algorithm);
  return {
    archive(chunk) {
      if (method === 'nar') hasher.update(chunk);
    },
    event(event) {
      if (method === 'nar' || event.type === 'regular' || event.type === 'end') return;
      if (event.type === 'data') hasher.update(event.bytes);
      else throw mismatch(info, 'a regular file', `a ${event.type}`);
    },
    check() {
      const found = hasher.digest();
      if (!hashEquals(found, hash)) throw mismatch(info, withPrefix(hash, 'nix32'), withPrefix(found, 'nix32'));
    },
  };
}

function derivationAt(parts: Parts, info: PathInfo, realPath: string): Derivation | undefined {
  if (!isDerivationPath(info.path)) return undefined;
  return parseDerivation(parts.layout.storeDir, readStoreFile(realPath), derivationNameOf(info.path));
}

function mismatch(info: PathInfo, expected: string, found: string): StoreError {
  return new StoreError('store/hash-mismatch', `what was received for '${info.path}' is not what was announced`, {
    hint: `expected ${expected}, got ${found}`,
    details: { path: info.path, expected, found },
  });
}
