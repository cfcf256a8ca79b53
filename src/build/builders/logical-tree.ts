/**
 * Inputs as a builder would see them: by store paths, wherever the store is on disk. Symbolic links are followed in
 * that view too, and nothing outside of the inputs exists in it.
 */
import * as fs from 'node:fs';
import { byteString, bytesOf, fromUnicode } from '../../base/bytes.ts';
import { splitStorePath } from '../../formats/index.ts';
import type { BuiltinJob } from './job.ts';

export type NodeKind = 'regular' | 'directory' | 'symlink' | 'other';

/** As many as the kernel follows. */
const mostLinks = 40;

export class LogicalTree {
  readonly #job: Pick<BuiltinJob, 'storeDir' | 'isInput' | 'realPath'>;

  constructor(job: Pick<BuiltinJob, 'storeDir' | 'isInput' | 'realPath'>) {
    this.#job = job;
  }

  /** Names, sorted. */
  entries(path: string): string[] {
    const names = fs.readdirSync(this.#physical(path)!, { encoding: 'buffer' });
    return names.map((name) => byteString(name)).sort();
  }

  readText(path: string): string {
    return byteString(fs.readFileSync(this.#physical(path)!));
  }

  /** What a path is once links are followed, and where that is; undefined when there is nothing. */
  resolve(path: string): { readonly kind: NodeKind; readonly path: string } | undefined {
    let done = '';
    let rest = path.split('/').filter((part) => part !== '');
    for (let links = 0; ; ) {
      const part = rest.shift();
      if (part === undefined) return { kind: this.#kindOf(done) ?? 'other', path: done === '' ? '/' : done };
      if (part === '.') continue;
      if (part === '..') {
        done = done.slice(0, Math.max(0, done.lastIndexOf('/')));
        continue;
      }
      const next = `${done}/${part}`;
      const kind = this.#kindOf(next);
      if (kind === undefined) return undefined;
      if (kind !== 'symlink') {
        done = next;
        continue;
      }
      links += 1;
      if (links > mostLinks) return undefined;
      const target = byteString(fs.readlinkSync(this.#physical(next)!, 'buffer'));
      if (target.startsWith('/')) done = '';
      rest = [...target.split('/').filter((word) => word !== ''), ...rest];
    }
  }

  #kindOf(path: string): NodeKind | undefined {
    if (`${this.#job.storeDir}/`.startsWith(`${path}/`)) return 'directory';
    const physical = this.#physical(path);
    if (physical === undefined) return undefined;
    const state = fs.lstatSync(physical, { throwIfNoEntry: false });
    if (state === undefined) return undefined;
    if (state.isDirectory()) return 'directory';
    if (state.isSymbolicLink()) return 'symlink';
    return state.isFile() ? 'regular' : 'other';
  }

  #physical(path: string): Buffer | undefined {
    const split = splitStorePath(this.#job.storeDir, path);
    if (split === undefined || !this.#job.isInput(split.path)) return undefined;
    return bytesOf(fromUnicode(this.#job.realPath(split.path)) + split.rest);
  }
}
