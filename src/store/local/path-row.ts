/** A row of `ValidPaths` and the `PathInfo` that it stands for. */
import { type Hash, parseHash, parseStorePath, type StorePath, withPrefix } from '../../formats/index.ts';
import type { PathInfo } from '../store.ts';

export type PathRow = readonly [
  id: number,
  path: StorePath,
  hash: string,
  registrationTime: number,
  deriver: string | null,
  narSize: number | null,
  ultimate: number | null,
  signatures: string | null,
  contentAddress: string | null,
];

export function infoOfRow(storeDir: string, row: PathRow, references: readonly StorePath[]): PathInfo {
  const [, path, hash, registrationTime, deriver, narSize, ultimate, signatures, contentAddress] = row;
  return {
    path,
    narHash: parseHash(hash),
    narSize: narSize ?? 0,
    references,
    deriver: deriver ? parseStorePath(storeDir, deriver) : undefined,
    registrationTime,
    ultimate: ultimate === 1,
    signatures: signatures ? signatures.split(' ').filter((text) => text !== '') : [],
    contentAddress: contentAddress ? contentAddress : undefined,
  };
}

/** The columns after the id. */
export function rowOfInfo(info: PathInfo) {
  return [
    info.path as string,
    hashColumn(info.narHash),
    info.registrationTime,
    info.deriver ?? null,
    info.narSize === 0 ? null : info.narSize,
    info.ultimate ? 1 : null,
    info.signatures.length === 0 ? null : info.signatures.join(' '),
    info.contentAddress ?? null,
  ] as const;
}

function hashColumn(hash: Hash): string {
  return withPrefix(hash, 'base16');
}
