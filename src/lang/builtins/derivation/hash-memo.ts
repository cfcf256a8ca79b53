/**
 * Hashes modulo of the derivations of this evaluation. Each is worked out when another derivation that uses it is
 * made, which for most final products is never, and then remembered.
 */
import {
  type Derivation,
  fillOutputPaths,
  type HashModulo,
  hashDerivationModulo,
  type StorePath,
} from '../../../formats/index.ts';
import type { Host } from '../../host.ts';
import type { Runtime } from '../../runtime/runtime.ts';

const memoKey = Symbol('hashes of derivations');

export class HashMemo {
  readonly #host: Host;
  readonly #storeDir: string;
  readonly #derivations = new Map<StorePath, Derivation>();
  readonly #hashes = new Map<StorePath, HashModulo>();
  readonly #lookup = (path: StorePath): HashModulo => this.#hash(path);

  constructor(host: Host) {
    this.#host = host;
    this.#storeDir = host.settings.storeDir;
  }

  static of(rt: Runtime): HashMemo {
    return rt.remember(memoKey, () => new HashMemo(rt.host));
  }

  /** The derivation with the output paths that can be known by now. */
  fill(derivation: Derivation): Derivation {
    return fillOutputPaths(this.#storeDir, derivation, this.#lookup);
  }

  /** Tells of a derivation, which then need not be read back. */
  know(path: StorePath, derivation: Derivation): void {
    if (!this.#hashes.has(path)) this.#derivations.set(path, derivation);
  }

  #hash(path: StorePath): HashModulo {
    let hash = this.#hashes.get(path);
    if (hash === undefined) {
      const derivation = this.#derivations.get(path) ?? this.#host.readDerivation(path);
      hash = hashDerivationModulo(this.#storeDir, derivation, this.#lookup);
      this.#hashes.set(path, hash);
      this.#derivations.delete(path);
    }
    return hash;
  }
}
