/**
 * A machine's files as the realms read them: small texts, names in folders, digests. Behind an interface, so that the
 * thousand small cases of the tests run in memory. Paths are byte strings of the machine; links are followed within it.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { bytesOf } from '../../../base/bytes.ts';
import { errnoOf } from '../../../base/errors.ts';
import { physicalPath, RootPaths } from '../../root-path.ts';

export interface HostFiles {
  /** The bytes of a file as a byte string; undefined when there is none, or none that may be read. */
  read(path: string): string | undefined;
  /** The names in a folder; none when there is no such folder. */
  list(path: string): readonly string[];
  /** A digest of a file in hexadecimal; undefined when it cannot be read. */
  digest(path: string, algorithm: 'md5' | 'sha256'): string | undefined;
  /** Where a link leads; undefined for anything else. */
  target(path: string): string | undefined;
  /** The path with all links of its folder followed. */
  real(path: string): string;
}

/** The files below a root (as in `MachineLayout`). */
export class DiskFiles implements HostFiles {
  readonly #root: string;
  readonly #paths: RootPaths;

  constructor(root: string) {
    this.#root = root;
    this.#paths = new RootPaths(root);
  }

  read(path: string): string | undefined {
    return this.#attempt(() => fs.readFileSync(this.#physical(this.#followed(path)), 'latin1'));
  }

  list(path: string): readonly string[] {
    return this.#attempt(() => fs.readdirSync(this.#physical(path), 'latin1').sort()) ?? [];
  }

  digest(path: string, algorithm: 'md5' | 'sha256'): string | undefined {
    return this.#attempt(() => {
      const hash = createHash(algorithm);
      const fd = fs.openSync(this.#physical(path), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
      try {
        const buffer = Buffer.allocUnsafe(1 << 17);
        for (let size = fs.readSync(fd, buffer); size > 0; size = fs.readSync(fd, buffer))
          hash.update(buffer.subarray(0, size));
      } finally {
        fs.closeSync(fd);
      }
      return hash.digest('hex');
    });
  }

  target(path: string): string | undefined {
    return this.#attempt(() => fs.readlinkSync(this.#physical(path), 'latin1'));
  }

  real(path: string): string {
    const at = this.#attempt(() => this.#paths.placeOf(path));
    return at === undefined ? path : [at.folder, ...at.rest].join('/');
  }

  /** The path with links at its end followed as well, a few times. */
  #followed(path: string): string {
    let here = this.real(path);
    for (let links = 0; links < 10; links++) {
      const target = this.target(here);
      if (target === undefined) break;
      here = this.real(target.startsWith('/') ? target : `${here.slice(0, here.lastIndexOf('/'))}/${target}`);
    }
    return here;
  }

  #physical(path: string): Buffer {
    const slash = path.lastIndexOf('/');
    const place = this.#paths.placeOf(path);
    return bytesOf(slash < 0 ? path : physicalPath(this.#root, place));
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (errnoOf(error) === undefined && !(error instanceof Error && error.name === 'ActivateError')) throw error;
      return undefined;
    }
  }
}
