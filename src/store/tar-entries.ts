/** The entries of a tar archive, one after the other, in the kinds that a store can hold. */
import type { Extract } from 'tar-stream';
import { fromUnicode } from '../base/bytes.ts';
import { StoreError } from './errors.ts';

interface Common {
  /** A byte string without a final slash. */
  readonly name: string;
}

export type TarEntry =
  | (Common & {
      readonly type: 'file';
      readonly executable: boolean;
      readonly size: number;
      /** To be read before the next entry is asked for. */
      readonly bytes: AsyncIterable<Uint8Array>;
    })
  | (Common & { readonly type: 'directory' })
  | (Common & { readonly type: 'symlink'; readonly target: string });

/** An entry as the library gives it. */
interface RawEntry extends AsyncIterable<Uint8Array> {
  readonly header: {
    readonly name: string;
    readonly type?: string | null | undefined;
    readonly linkname?: string | null | undefined;
    readonly size?: number | undefined;
    readonly mode?: number | undefined;
    readonly pax?: Readonly<Record<string, string>> | null | undefined;
  };
  resume(): unknown;
}

export class TarEntries {
  readonly #entries: AsyncIterator<RawEntry>;
  #peeked: { readonly entry: TarEntry | undefined } | undefined;

  /** @param archive that reads names as latin1, so that they stay bytes */
  constructor(archive: Extract) {
    this.#entries = (archive as unknown as AsyncIterable<RawEntry>)[Symbol.asyncIterator]();
  }

  /** The entry that comes next; undefined at the end. */
  async peek(): Promise<TarEntry | undefined> {
    this.#peeked ??= { entry: await this.#pull() };
    return this.#peeked.entry;
  }

  async next(): Promise<TarEntry | undefined> {
    const entry = await this.peek();
    this.#peeked = undefined;
    return entry;
  }

  async #pull(): Promise<TarEntry | undefined> {
    const { value, done } = await this.#entries.next();
    return done ? undefined : entryOf(value);
  }
}

/** Names in the header itself are bytes; those in an extended header are UTF-8 by definition. */
function entryOf(raw: RawEntry): TarEntry {
  const { header } = raw;
  const name = (header.pax?.['path'] === undefined ? header.name : fromUnicode(header.pax['path'])).replace(/\/$/, '');
  const target = header.pax?.['linkpath'] === undefined ? header.linkname : fromUnicode(header.pax['linkpath']);
  const { type, size = 0, mode = 0 } = header;
  if (type === 'file') return { name, type, executable: (mode & 0o100) !== 0, size, bytes: raw };
  raw.resume();
  if (type === 'directory') return { name, type };
  if (type === 'symlink' && typeof target === 'string') return { name, type, target };
  throw new StoreError('store/import', `'${name}' is a ${type}, which no store can hold`, { details: { name, type } });
}
