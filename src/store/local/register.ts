/**
 * Makes paths valid: one transaction for any number of them, after their bytes are durable. References must be valid
 * already or be registered together with them.
 */
import { CycleError, topologicalOrder } from '../../base/graph.ts';
import { type Derivation, hashEquals, type StorePath, staticOutputPath, withPrefix } from '../../formats/index.ts';
import { checkContentAddress } from '../content-address.ts';
import { referenceNotValid, StoreError } from '../errors.ts';
import type { PathInfo, Provenance } from '../store.ts';
import type { Parts } from './parts.ts';
import type { PathId, Queries } from './queries.ts';

export interface Registration {
  readonly info: PathInfo;
  /** What a `.drv` file holds; undefined for other paths. */
  readonly derivation?: Derivation | undefined;
  /** Noted for a path that becomes valid by this. */
  readonly provenance?: Provenance | undefined;
}

/** Throws `StoreError`; then nothing is registered. */
export function register(parts: Parts, registrations: readonly Registration[]): void {
  const { storeDir } = parts.layout;
  for (const { info } of registrations) checkContentAddress(storeDir, info);
  checkNoCycle(registrations);
  parts.database.transaction(() => {
    const ids = new Map<StorePath, PathId>();
    for (const registration of registrations) {
      ids.set(registration.info.path, insertOrUpdate(parts.queries, storeDir, registration));
    }
    for (const { info } of registrations) addReferences(parts.queries, ids, info);
  });
}

function insertOrUpdate(queries: Queries, storeDir: string, registration: Registration): PathId {
  const { info, derivation, provenance } = registration;
  const known = queries.info(storeDir, info.path);
  if (known !== undefined) {
    checkSame(known, info);
    const signatures = [...new Set([...known.signatures, ...info.signatures])];
    const contentAddress = known.contentAddress ?? info.contentAddress;
    queries.update({ ...known, signatures, contentAddress, ultimate: info.ultimate || known.ultimate });
    return queries.idOf(info.path)!;
  }
  const id = queries.insert(info);
  if (provenance !== undefined) queries.setProvenance(id, provenance);
  if (derivation !== undefined) addOutputs(queries, storeDir, id, derivation);
  return id;
}

/** Bytes that are valid are never given another hash: they stay those that were registered first. */
function checkSame(known: PathInfo, info: PathInfo): void {
  if (hashEquals(known.narHash, info.narHash)) return;
  const [expected, found] = [withPrefix(known.narHash, 'nix32'), withPrefix(info.narHash, 'nix32')];
  throw new StoreError('store/hash-mismatch', `path '${info.path}' is valid already, with other contents`, {
    hint: `expected ${expected}, got ${found}`,
    details: { path: info.path, expected, found },
  });
}

/** The collector asks which derivation makes a path. */
function addOutputs(queries: Queries, storeDir: string, id: PathId, derivation: Derivation): void {
  for (const [name, output] of derivation.outputs) {
    const path = staticOutputPath(storeDir, derivation.name, name, output);
    if (path !== undefined) queries.addDerivationOutput(id, name, path);
  }
}

function addReferences(queries: Queries, ids: Map<StorePath, PathId>, info: PathInfo): void {
  const referrer = ids.get(info.path)!;
  for (const path of info.references) {
    const reference = ids.get(path) ?? queries.idOf(path);
    if (reference === undefined) throw referenceNotValid(info.path, path);
    ids.set(path, reference);
    queries.addReference(referrer, reference);
  }
}

/** A circle cannot be copied or deleted path by path; only outputs of one derivation could make one. */
function checkNoCycle(registrations: readonly Registration[]): void {
  const byPath = new Map(registrations.map(({ info }) => [info.path, info]));
  try {
    topologicalOrder(byPath.keys(), (path) => byPath.get(path)?.references.filter((other) => other !== path) ?? []);
  } catch (error) {
    if (!(error instanceof CycleError)) throw error;
    const cycle = error.cycle.join(' -> ');
    throw new StoreError('store/reference-cycle', `paths refer to each other in a circle: ${cycle}`, {
      details: { cycle: error.cycle },
    });
  }
}
