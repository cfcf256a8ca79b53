/**
 * Finds out whether a tree proves its path: whether the path is what follows from the content. Exports in Nix's form do
 * not say how a path is addressed, so all ways are tried in which one can be.
 */
import {
  type ContentAddressMethod,
  contentAddressText,
  createHasher,
  createModuloHasher,
  GitHasher,
  type Hash,
  type HashAlgorithm,
  hashPartOf,
  makeFixedOutputPath,
  NarReader,
  nameOf,
  type StorePath,
} from '../formats/index.ts';
import { streamNar } from './local/physical.ts';
import type { ReceivedTree } from './local/reception.ts';

/** These are used by fixed outputs alone, which refer to nothing. */
const otherAlgorithms: readonly HashAlgorithm[] = ['sha512', 'sha1', 'md5', 'blake3'];
const gitAlgorithms: readonly HashAlgorithm[] = ['sha1', 'sha256'];

/** The content address that leads to `path`; undefined when there is none. */
export async function inferAddress(
  storeDir: string,
  path: StorePath,
  references: readonly StorePath[],
  tree: ReceivedTree,
): Promise<string | undefined> {
  const leads = leadsTo(storeDir, path, references);
  const { fileHash, narHash } = tree;
  if (fileHash !== undefined) {
    for (const method of ['text', 'flat'] as const)
      if (leads(method, fileHash)) return contentAddressText(method, fileHash);
  }
  if (!references.includes(path)) {
    if (leads('nar', narHash)) return contentAddressText('nar', narHash);
  } else {
    const hash = await hashNar(tree, createModuloHasher('sha256', hashPartOf(path)));
    return leads('nar', hash) ? contentAddressText('nar', hash) : undefined;
  }
  if (references.length > 0) return undefined;
  for (const algorithm of otherAlgorithms) {
    const nar = await hashNar(tree, createHasher(algorithm));
    if (leads('nar', nar)) return contentAddressText('nar', nar);
    const flat = fileHash === undefined ? undefined : await hashFile(tree, algorithm);
    if (flat !== undefined && leads('flat', flat)) return contentAddressText('flat', flat);
  }
  for (const algorithm of gitAlgorithms) {
    const git = await hashGit(tree, algorithm);
    if (leads('git', git)) return contentAddressText('git', git);
  }
  return undefined;
}

function leadsTo(
  storeDir: string,
  path: StorePath,
  references: readonly StorePath[],
): (method: ContentAddressMethod, hash: Hash) => boolean {
  const others = references.filter((other) => other !== path);
  const self = others.length < references.length;
  return (method, hash) => {
    // Only these ways of addressing know of references.
    if (method === 'flat' && references.length > 0) return false;
    if (method === 'text' && self) return false;
    return makeFixedOutputPath(storeDir, { method, hash, name: nameOf(path), references: { others, self } }) === path;
  };
}

async function hashNar(tree: ReceivedTree, hasher: { update(data: Uint8Array): void; digest(): Hash }): Promise<Hash> {
  for await (const chunk of streamNar(tree.place)) hasher.update(chunk);
  return hasher.digest();
}

async function hashGit(tree: ReceivedTree, algorithm: HashAlgorithm): Promise<Hash> {
  const hasher = new GitHasher(algorithm);
  const reader = new NarReader();
  for await (const chunk of streamNar(tree.place)) for (const event of reader.push(chunk)) hasher.write(event);
  return hasher.digest();
}

/** Of the bytes of the one file that the tree is. */
async function hashFile(tree: ReceivedTree, algorithm: HashAlgorithm): Promise<Hash> {
  const hasher = createHasher(algorithm);
  const reader = new NarReader();
  for await (const chunk of streamNar(tree.place)) {
    for (const event of reader.push(chunk)) if (event.type === 'data') hasher.update(event.bytes);
  }
  return hasher.digest();
}
