/** What a store notes of a path that came with a narinfo. */
import type { NarInfo } from '../formats/index.ts';
import { now } from './local/parts.ts';
import type { PathInfo } from './store.ts';

/** Registered now, and not built here. */
export function pathInfoOf(info: NarInfo): PathInfo {
  const { path, narHash, narSize, references, deriver, signatures, contentAddress } = info;
  return {
    path,
    narHash,
    narSize,
    references,
    deriver,
    signatures,
    contentAddress,
    registrationTime: now(),
    ultimate: false,
  };
}
