/**
 * How the files of a binary cache are reached: a folder, an HTTP server, later an object store. A transport knows
 * nothing of what is in them. Names are relative, with slashes: `nix-cache-info`, `nar/<hash>.nar.zst`.
 *
 * Everything throws `StoreError`: `store/cache-unreachable` when the same may work later, `store/cache-denied` when it
 * will not without other credentials, `store/cache-broken` for a name that leads out of the cache. What may pass is
 * tried again before any of them is thrown. An aborted signal throws its own reason.
 */

export interface Transport {
  /** As the user knows it, without parameters. */
  readonly uri: string;
  /** Whether answers are worth keeping, because asking takes long. */
  readonly remote: boolean;

  /** The bytes of a file; undefined when it is not there. Read to the end, or `return()`, to free what it holds. */
  read(name: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** All bytes of a small file at once; throws `store/cache-broken` when there are more than `most`. */
  readAll(name: string, most: number, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  exists(name: string, signal?: AbortSignal): Promise<boolean>;
  /** Makes or replaces a file in one step: readers see the old one or the new one. */
  write(name: string, content: Uint8Array, type: string, signal?: AbortSignal): Promise<void>;
  /** The same with a file on this machine for content, which is gone afterwards. */
  writeFile(name: string, file: string, type: string, signal?: AbortSignal): Promise<void>;

  /** A folder of this machine from which `writeFile` takes files cheaply. */
  scratchFolder(): string;
  /** The names at the top; only where they can be listed. */
  names?(): AsyncIterable<string>;
  close(): void;
}

/** Bytes of the largest file that is read as a whole: a narinfo of a path with very many references. */
const mostBytes = 16 * 1024 * 1024;

/** The text of a small file, as a byte string; undefined when it is not there. */
export async function readText(transport: Transport, name: string, signal?: AbortSignal): Promise<string | undefined> {
  const bytes = await transport.readAll(name, mostBytes, signal);
  return bytes === undefined ? undefined : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
