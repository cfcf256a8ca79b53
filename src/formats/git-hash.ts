/**
 * The hash that git gives to a tree, from the events of its archive:
 *
 *     blob := hash('blob ' size '\0' bytes)         of a file's bytes, or of a link's target
 *     tree := hash('tree ' size '\0' entry*)        entry := mode ' ' name '\0' hash
 *
 * Modes are 100644, 100755 (executable), 120000 (link) and 40000 (directory). Entries stand in the order of their
 * names, those of directories with a slash at the end. Git leaves out empty directories; here, as in Nix, they count.
 * Whether a file that is the root is executable is not in its hash.
 */
import { invariant } from '../base/assert.ts';
import { compareBytes } from '../base/bytes.ts';
import type { Hash, HashAlgorithm } from './hash.ts';
import { createHasher, type Hasher } from './hasher.ts';
import type { NarEvent } from './nar-grammar.ts';

interface Entry {
  readonly name: string;
  readonly mode: '40000' | '100644' | '100755' | '120000';
  readonly hash: Hash;
}

/** Follows one whole tree. */
export class GitHasher {
  readonly #algorithm: HashAlgorithm;
  /** The entries so far of each directory that is open, and its own name. */
  readonly #open: { readonly name: string; readonly entries: Entry[] }[] = [];
  #name = '';
  #file: { readonly hasher: Hasher; readonly mode: Entry['mode'] } | undefined;
  #root: Hash | undefined;

  /** @param algorithm SHA-1 or SHA-256, the two that git has */
  constructor(algorithm: HashAlgorithm) {
    this.#algorithm = algorithm;
  }

  write(event: NarEvent): void {
    switch (event.type) {
      case 'directory':
        this.#open.push({ name: this.#name, entries: [] });
        return;
      case 'entry':
        this.#name = event.name;
        return;
      case 'regular':
        this.#file = { hasher: this.#begin('blob', event.size), mode: event.executable ? '100755' : '100644' };
        return;
      case 'data':
        this.#file!.hasher.update(event.bytes);
        return;
      case 'symlink':
        this.#done(this.#name, '120000', this.#hash('blob', Buffer.from(event.target, 'latin1')));
        return;
      case 'end':
        this.#end();
    }
  }

  digest(): Hash {
    invariant(this.#root !== undefined, 'a tree is hashed when it is whole');
    return this.#root;
  }

  #end(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) {
      this.#done(this.#name, file.mode, file.hasher.digest());
      return;
    }
    const { name, entries } = this.#open.pop()!;
    this.#done(name, '40000', this.#hash('tree', treeOf(entries)));
  }

  #done(name: string, mode: Entry['mode'], hash: Hash): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = hash;
    else parent.entries.push({ name, mode, hash });
  }

  #hash(kind: 'blob' | 'tree', bytes: Uint8Array): Hash {
    const hasher = this.#begin(kind, bytes.length);
    hasher.update(bytes);
    return hasher.digest();
  }

  #begin(kind: 'blob' | 'tree', size: number): Hasher {
    const hasher = createHasher(this.#algorithm);
    hasher.update(`${kind} ${size}\0`);
    return hasher;
  }
}

function treeOf(entries: readonly Entry[]): Buffer {
  const order = ({ name, mode }: Entry): string => (mode === '40000' ? `${name}/` : name);
  const sorted = [...entries].sort((a, b) => compareBytes(order(a), order(b)));
  return Buffer.concat(
    sorted.flatMap(({ name, mode, hash }) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), hash.bytes]),
  );
}
