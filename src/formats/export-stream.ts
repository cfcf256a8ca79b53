/**
 * The stream of `nix-store --export`: store objects one after the other, references before what refers to them.
 *
 *     stream := (1 nar magic path references deriver 0)* 0        references := count path*
 *
 * all of them framed integers and strings; the last 0 of an object is where old versions had a signature (1, and a
 * string), which is read and ignored. The description comes after the archive: a reader has to keep the archive
 * until then.
 */
import { byteString } from '../base/bytes.ts';
import { FormatError } from './errors.ts';
import { NarReader } from './nar-reader.ts';
import { parseStorePath, type StorePath } from './store-path.ts';
import { ChunkCursor, checkPadding, encodeInteger, encodeString, paddingOf } from './wire.ts';

const magic = 0x4558494e;
/** Bytes of the longest string that is read: a store path, or an old signature. */
const maxString = 4096;
const maxReferences = 1_000_000;

export interface ExportedObject {
  readonly path: StorePath;
  readonly references: readonly StorePath[];
  readonly deriver: StorePath | undefined;
}

/** What stands before each archive. */
export function exportObjectStart(): Uint8Array {
  return encodeInteger(1);
}

/** What stands after each archive. */
export function exportObjectEnd(object: ExportedObject): Uint8Array {
  const references = object.references.toSorted();
  return Buffer.concat([
    encodeInteger(magic),
    encodeString(object.path),
    encodeInteger(references.length),
    ...references.map(encodeString),
    encodeString(object.deriver ?? ''),
    encodeInteger(0),
  ]);
}

/** What ends the stream. */
export function exportStreamEnd(): Uint8Array {
  return encodeInteger(0);
}

/** `nar` events, then the `object` that the archive is; and so on until `end`. */
export type ExportEvent =
  | { readonly type: 'nar'; readonly bytes: Uint8Array }
  | { readonly type: 'object'; readonly object: ExportedObject }
  | { readonly type: 'end' };

type State = 'start' | 'nar' | 'magic' | 'path' | 'count' | 'reference' | 'deriver' | 'signed' | 'signature' | 'done';

export class ExportReader {
  private readonly storeDir: string;
  private readonly cursor = new ChunkCursor();
  private state: State = 'start';
  private nar = new NarReader({ keepRest: true });
  private events: ExportEvent[] = [];
  private length = -1;
  private path: StorePath | undefined;
  private references: StorePath[] = [];
  private wanted = 0;
  private deriver: StorePath | undefined;

  constructor(storeDir: string) {
    this.storeDir = storeDir;
  }

  /**
   * The events of the next piece. Their `bytes` are views of it.
   * @throws FormatError of `formats/export-stream`, and the codes of NARs, framing and paths
   */
  push(chunk: Uint8Array): ExportEvent[] {
    this.events = [];
    this.cursor.feed(chunk);
    while (this.state !== 'done' && this.step()) {}
    if (this.state === 'done' && this.cursor.left > 0) throw broken('unexpected data after the end');
    return this.events;
  }

  /** @throws FormatError `formats/wire-truncated` unless the stream is complete */
  finish(): void {
    if (this.state === 'done') return;
    throw new FormatError('formats/wire-truncated', 'export stream ends too early', { details: { at: this.state } });
  }

  private step(): boolean {
    switch (this.state) {
      case 'start':
        return this.integer((value) => this.start(value));
      case 'nar':
        return this.archive();
      case 'magic':
        return this.integer((value) => this.checkMagic(value));
      case 'path':
        return this.string((text) => this.begin(text));
      case 'count':
        return this.integer((value) => this.count(value));
      case 'reference':
        return this.string((text) => this.reference(text));
      case 'deriver':
        return this.string((text) => this.derive(text));
      case 'signed':
        return this.integer((value) => this.signed(value));
      case 'signature':
        return this.string(() => this.object());
      case 'done':
        return false;
    }
  }

  private start(value: number): State {
    if (value > 1) throw broken("input doesn't look like something created by 'nix-store --export'");
    this.nar = new NarReader({ keepRest: true });
    if (value === 0) this.events.push({ type: 'end' });
    return value === 0 ? 'done' : 'nar';
  }

  private archive(): boolean {
    const bytes = this.cursor.takeUpTo(this.cursor.left);
    if (bytes.length === 0) return false;
    this.nar.push(bytes);
    const rest = this.nar.done ? this.nar.rest() : new Uint8Array(0);
    this.events.push({ type: 'nar', bytes: bytes.subarray(0, bytes.length - rest.length) });
    this.cursor.feed(rest);
    if (this.nar.done) this.state = 'magic';
    return true;
  }

  private checkMagic(value: number): State {
    if (value !== magic) throw broken('Nix archive cannot be imported; wrong format');
    return 'path';
  }

  private begin(text: string): State {
    this.path = parseStorePath(this.storeDir, text);
    this.references = [];
    return 'count';
  }

  private count(value: number): State {
    if (value > maxReferences) throw broken('too many references');
    this.wanted = value;
    return value === 0 ? 'deriver' : 'reference';
  }

  private reference(text: string): State {
    this.references.push(parseStorePath(this.storeDir, text));
    return this.references.length < this.wanted ? 'reference' : 'deriver';
  }

  private derive(text: string): State {
    this.deriver = text === '' ? undefined : parseStorePath(this.storeDir, text);
    return 'signed';
  }

  private signed(value: number): State {
    if (value > 1) throw broken('an object ends in neither nothing nor a signature');
    return value === 1 ? 'signature' : this.object();
  }

  private object(): State {
    const object = { path: this.path!, references: this.references, deriver: this.deriver };
    this.events.push({ type: 'object', object });
    return 'start';
  }

  private integer(use: (value: number) => State): boolean {
    const value = this.cursor.takeInteger();
    if (value === undefined) return false;
    this.state = use(value);
    return true;
  }

  private string(use: (text: string) => State): boolean {
    if (this.length < 0) {
      const length = this.cursor.takeInteger();
      if (length === undefined) return false;
      if (length > maxString)
        throw new FormatError('formats/wire-too-long', 'string is too long', { details: { length } });
      this.length = length;
    }
    const bytes = this.cursor.take(this.length + paddingOf(this.length));
    if (bytes === undefined) return false;
    checkPadding(bytes, this.length, bytes.length);
    const text = byteString(bytes.subarray(0, this.length));
    this.length = -1;
    this.state = use(text);
    return true;
  }
}

function broken(message: string): FormatError {
  return new FormatError('formats/export-stream', message);
}
