/** Adds a path from an archive that somebody else wrote: nothing of it is believed before it is registered. */
import { faultPoint } from '../../base/fault.ts';
import { temporaryName } from '../../base/fs-atomic.ts';
import { type Derivation, derivationNameOf, isDerivationPath, parseDerivation } from '../../formats/index.ts';
import { checkContentAddress } from '../content-address.ts';
import type { PathInfo } from '../store.ts';
import { makeDurable, syncStoreFolder } from './durable.ts';
import { type Parts, realPathIn } from './parts.ts';
import { lockPaths } from './path-locks.ts';
import { place } from './place.ts';
import { readStoreFile } from './read-file.ts';
import { register } from './register.ts';
import { removeTree } from './remove-tree.ts';
import { writeNar } from './write-nar.ts';

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
    await writeNar(nar, temporary, info);
    faultPoint('nar/written');
    makeDurable(parts, [temporary]);
    faultPoint('nar/durable');
    place(temporary, realPath);
    faultPoint('nar/renamed');
    syncStoreFolder(parts);
    faultPoint('nar/name-durable');
    register(parts, [{ info, derivation: derivationAt(parts, info, realPath) }]);
    faultPoint('nar/registered');
  } finally {
    removeTree(temporary);
  }
}

/** What the `.drv` file of a path holds; undefined for other paths. */
export function derivationAt(parts: Parts, info: Pick<PathInfo, 'path'>, realPath: string): Derivation | undefined {
  if (!isDerivationPath(info.path)) return undefined;
  return parseDerivation(parts.layout.storeDir, readStoreFile(realPath), derivationNameOf(info.path));
}
