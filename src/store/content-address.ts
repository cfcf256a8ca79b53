/** Whether a path is where the content address that is claimed for it leads. */
import { makeFixedOutputPath, nameOf, parseContentAddress, type StorePath } from '../formats/index.ts';
import { StoreError } from './errors.ts';
import type { PathInfo } from './store.ts';

/** The path that follows from the content address and the references of `info`; undefined without an address. */
export function addressedPath(
  storeDir: string,
  info: Pick<PathInfo, 'path' | 'references' | 'contentAddress'>,
): StorePath | undefined {
  if (info.contentAddress === undefined) return undefined;
  return makeFixedOutputPath(storeDir, {
    ...parseContentAddress(info.contentAddress),
    name: nameOf(info.path),
    references: {
      others: info.references.filter((path) => path !== info.path),
      self: info.references.includes(info.path),
    },
  });
}

/** Throws `StoreError` `store/content-address-mismatch`. */
export function checkContentAddress(storeDir: string, info: PathInfo): void {
  const expected = addressedPath(storeDir, info);
  if (expected === undefined || expected === info.path) return;
  throw new StoreError(
    'store/content-address-mismatch',
    `path '${info.path}' claims to be content-addressed, but its address leads to '${expected}'`,
    { details: { path: info.path, contentAddress: info.contentAddress, expected } },
  );
}
