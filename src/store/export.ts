/** Closures as one stream, in the form of `nix-store --export`, and back. */
import {
  createHasher,
  type ExportEvent,
  ExportReader,
  exportObjectEnd,
  exportObjectStart,
  exportStreamEnd,
  hashEquals,
  type StorePath,
  withPrefix,
} from '../formats/index.ts';
import { StoreError } from './errors.ts';
import { ImportBatch, type Imported, type ImportOptions } from './import-batch.ts';
import { inferAddress } from './infer-address.ts';
import type { LocalStore } from './local/local-store.ts';
import { now } from './local/parts.ts';
import type { PathInfo } from './store.ts';

/**
 * The paths with all that they refer to, references first. Throws `StoreError` `store/hash-mismatch` in the middle
 * when a path is damaged: the stream is then without its end.
 */
export async function* exportStream(store: LocalStore, paths: Iterable<StorePath>): AsyncGenerator<Uint8Array> {
  const closure = store.closure(paths);
  store.addTempRoots(closure);
  for (const path of closure) {
    const info = store.requireInfo(path);
    yield exportObjectStart();
    yield* verifiedNar(store, info);
    yield exportObjectEnd(info);
  }
  yield exportStreamEnd();
}

/** The archive of a path, refused at its end when it is not what was registered. */
export async function* verifiedNar(store: LocalStore, info: PathInfo): AsyncGenerator<Uint8Array> {
  const hasher = createHasher('sha256');
  for await (const chunk of store.dumpNar(info.path)) {
    hasher.update(chunk);
    yield chunk;
  }
  const found = hasher.digest();
  if (hashEquals(found, info.narHash)) return;
  const [expected, got] = [info.narHash, found].map((hash) => withPrefix(hash, 'nix32'));
  throw new StoreError('store/hash-mismatch', `'${info.path}' is damaged in this store, and was not exported`, {
    hint: `expected ${expected}, got ${got}`,
    details: { path: info.path, expected, found: got },
  });
}

/**
 * Imports such a stream. It has no signatures: what does not prove itself by its content needs `requireSignatures` to
 * be false. Throws `StoreError` and `FormatError`; then nothing was imported.
 */
export async function importStream(
  store: LocalStore,
  input: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<Imported> {
  const batch = new ImportBatch(store, options);
  const events = new Events(store.storeDir, input);
  try {
    while ((await events.peek()).type !== 'end') {
      const tree = await batch.reception.receive(events.nar());
      const event = await events.next();
      if (event.type !== 'object') throw new StoreError('store/import', 'the export stream is out of order');
      const { path, deriver } = event.object;
      const references = [...new Set(event.object.references)].sort();
      const contentAddress = await inferAddress(store.storeDir, path, references, tree);
      const { narHash, narSize } = tree;
      const known = { path, narHash, narSize, references, deriver, contentAddress, signatures: [] };
      batch.add({ ...known, registrationTime: now(), ultimate: false }, tree);
    }
    return await batch.finish();
  } finally {
    batch.close();
    await events.close();
  }
}

/** The events of a stream, one after the other. */
class Events {
  readonly #events: AsyncGenerator<ExportEvent>;
  #peeked: ExportEvent | undefined;

  constructor(storeDir: string, input: AsyncIterable<Uint8Array>) {
    this.#events = eventsOf(storeDir, input);
  }

  async peek(): Promise<ExportEvent> {
    return (this.#peeked ??= await this.#pull());
  }

  async next(): Promise<ExportEvent> {
    const event = await this.peek();
    this.#peeked = undefined;
    return event;
  }

  /** The archive that comes next. */
  async *nar(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const event = await this.peek();
      if (event.type !== 'nar') return;
      this.#peeked = undefined;
      yield event.bytes;
    }
  }

  async close(): Promise<void> {
    await this.#events.return(undefined);
  }

  async #pull(): Promise<ExportEvent> {
    const { value, done } = await this.#events.next();
    if (done) throw new StoreError('store/import', 'the export stream ends too early');
    return value;
  }
}

async function* eventsOf(storeDir: string, input: AsyncIterable<Uint8Array>): AsyncGenerator<ExportEvent> {
  const reader = new ExportReader(storeDir);
  let end: ExportEvent | undefined;
  for await (const chunk of input) {
    for (const event of reader.push(chunk)) {
      // Held back until it is sure that nothing follows.
      if (event.type === 'end') end = event;
      else yield event;
    }
  }
  reader.finish();
  if (end !== undefined) yield end;
}
