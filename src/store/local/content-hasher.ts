/** What a content address is the hash of: the archive of a tree, the bytes of its one file, or its git tree. */
import {
  type ContentAddressMethod,
  createHasher,
  createModuloHasher,
  GitHasher,
  type Hash,
  type HashAlgorithm,
  type NarEvent,
} from '../../formats/index.ts';

/** Follows a tree as its archive and as its events, and hashes what counts. */
export interface ContentHasher {
  archive(chunk: Uint8Array): void;
  event(event: NarEvent): void;
  digest(): Hash;
}

export interface ContentHashing {
  readonly method: ContentAddressMethod;
  readonly algorithm: HashAlgorithm;
  /** The hash part that stands for the path itself, where the tree refers to it. */
  readonly self?: string | undefined;
  /** The error for a tree that is not one file, where that must be. */
  readonly notAFile: (event: NarEvent) => Error;
}

export function contentHasher({ method, algorithm, self, notAFile }: ContentHashing): ContentHasher {
  if (method === 'git') return gitHasher(algorithm);
  const hasher = self === undefined ? createHasher(algorithm) : createModuloHasher(algorithm, self);
  const digest = (): Hash => hasher.digest();
  if (method === 'nar') return { archive: (chunk) => hasher.update(chunk), event() {}, digest };
  return {
    archive() {},
    event(event) {
      if (event.type === 'data') hasher.update(event.bytes);
      else if (event.type !== 'regular' && event.type !== 'end') throw notAFile(event);
    },
    digest,
  };
}

function gitHasher(algorithm: HashAlgorithm): ContentHasher {
  const hasher = new GitHasher(algorithm);
  return { archive() {}, event: (event) => hasher.write(event), digest: () => hasher.digest() };
}
