/** Hashes files and trees as sources for the store, seen as a program sees them and through its filter. */
import * as fs from 'node:fs';
import { bytesOf } from '../base/bytes.ts';
import { createHasher, type Hash, NarWriter } from '../formats/index.ts';
import { type FileKind, HostError, type SourceRequest } from '../lang/index.ts';
import type { OpenFile } from './disk.ts';
import { attempt, type FileView } from './file-view.ts';

export interface HashedSource {
  /** SHA-256 of the archive, or of the bytes when flat. */
  readonly hash: Hash;
  /** What the filter let through, as paths below the source, each with its leading slash; undefined without one. */
  readonly included: ReadonlySet<string> | undefined;
}

/** Bytes that are read at once of a large file. */
const chunkSize = 1 << 20;

export function hashSource(view: FileView, request: Omit<SourceRequest, 'name'>): HashedSource {
  const hasher = createHasher('sha256');
  if (request.ingestion !== 'nar') {
    hasher.update(view.readFile(request.path));
    return { hash: hasher.digest(), included: undefined };
  }
  const walk = new TreeWalk(view, request, (chunk) => hasher.update(chunk));
  walk.run();
  return { hash: hasher.digest(), included: request.filter === undefined ? undefined : walk.included };
}

class TreeWalk {
  readonly included = new Set<string>();
  readonly #view: FileView;
  readonly #request: Omit<SourceRequest, 'name'>;
  readonly #writer: NarWriter;

  constructor(view: FileView, request: Omit<SourceRequest, 'name'>, sink: (chunk: Uint8Array) => void) {
    this.#view = view;
    this.#request = request;
    this.#writer = new NarWriter(sink);
  }

  run(): void {
    const { path } = this.#request;
    const kind = this.#view.kindOf(path);
    // Asking for the path itself tells why there is nothing to see, where that is so.
    if (kind === undefined) this.#view.realPath(path);
    this.#node('', kind ?? 'unknown');
    this.#writer.finish();
  }

  #node(rest: string, kind: FileKind): void {
    const path = this.#request.path + rest;
    if (kind === 'directory') this.#directory(rest, path);
    else if (kind === 'symlink') this.#writer.symlink(this.#view.readLink(path));
    else if (kind === 'regular') this.#file(path);
    else {
      throw new HostError('host/io', `file '${path}' has an unsupported type`, { details: { path } });
    }
  }

  /** The filter sees an entry when its turn comes: after all that is in the entries before it. */
  #directory(rest: string, path: string): void {
    const { filter } = this.#request;
    this.#writer.directory();
    for (const [name, kind] of this.#view.readDir(path)) {
      if (filter !== undefined && !filter(`${path}/${name}`, kind)) continue;
      this.included.add(`${rest}/${name}`);
      this.#writer.entry(name);
      this.#node(`${rest}/${name}`, kind);
    }
    this.#writer.end();
  }

  #file(path: string): void {
    const located = this.#view.locate(path);
    if (located.at === 'disk') attempt(path, () => this.#diskFile(this.#view.open(located)));
    else {
      const bytes = located.at === 'memory' ? bytesOf(located.content) : this.#view.readFile(path);
      this.#writer.regular(false, bytes.length);
      this.#writer.data(bytes);
      this.#writer.end();
    }
  }

  #diskFile({ descriptor: fd, stats }: OpenFile): void {
    try {
      this.#writer.regular((stats.mode & 0o100) !== 0, stats.size);
      for (let left = stats.size; left > 0; ) {
        const buffer = Buffer.allocUnsafe(Math.min(left, chunkSize));
        const count = fs.readSync(fd, buffer, 0, buffer.length, null);
        if (count === 0) break;
        this.#writer.data(buffer.subarray(0, count));
        left -= count;
      }
      this.#writer.end();
    } finally {
      fs.closeSync(fd);
    }
  }
}
