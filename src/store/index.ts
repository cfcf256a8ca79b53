/** The door of the store room. */
export { addressedPath, checkContentAddress } from './content-address.ts';
export { copyClosure } from './copy.ts';
export { StoreError, type StoreErrorCode } from './errors.ts';
export { type AddRequest, type Ingestion, pathOfTree } from './local/add-tree.ts';
export { canonicalise } from './local/canonicalise.ts';
export { defaultStoreDir } from './local/layout.ts';
export { LocalStore, type LocalStoreOptions, openLocalStore } from './local/local-store.ts';
export { type NarHash, NarHasher } from './local/nar.ts';
export type { PathLocks } from './local/path-locks.ts';
export { dumpNarSync, hashPath, restoreNar, streamNar } from './local/physical.ts';
export { removeTree } from './local/remove-tree.ts';
export type { EntryFilter, EntryKind } from './local/tree-events.ts';
export type { Problem, VerifyOptions } from './local/verify.ts';
export type { PathInfo, Provenance, Realisation, Store } from './store.ts';
