/**
 * Reads an archive piece by piece into events, refusing all that the grammar does not allow. File contents are views
 * of the pieces that were pushed: nothing is copied but the few bytes that cross a border between pieces.
 */
import { assertNever } from '../base/assert.ts';
import { byteString } from '../base/bytes.ts';
import { FormatError } from './errors.ts';
import { checkDepth, checkEntryName, checkTarget, type NarEvent, narLimits, narMagic } from './nar-grammar.ts';
import { ChunkCursor, checkPadding, encodeString, encodeStrings, paddingOf, sameBytes } from './wire.ts';

/** What is read next; a state ends with the token that it names. */
type State =
  | 'magic'
  | 'type'
  | 'regular'
  | 'executable'
  | 'size'
  | 'data'
  | 'data-end'
  | 'directory'
  | 'entry'
  | 'name'
  | 'node'
  | 'target'
  | 'symlink'
  | 'symlink-end'
  | 'node-end'
  | 'done';

const expected = {
  magic: encodeStrings(narMagic, '(', 'type'),
  executable: encodeStrings('', 'contents'),
  entry: encodeStrings('(', 'name'),
  node: encodeStrings('node', '(', 'type'),
  target: encodeString('target'),
  close: encodeString(')'),
};

export class NarReader {
  private readonly cursor = new ChunkCursor();
  private readonly keepRest: boolean;
  private state: State = 'magic';
  /** The last name in each directory that is open. */
  private readonly names: string[] = [];
  private events: NarEvent[] = [];
  private remaining = 0;
  private padding = 0;
  private length = -1;
  private executable = false;

  /** @param options `keepRest`: other data follows the archive, see `rest`; otherwise it is refused */
  constructor(options: { readonly keepRest?: boolean } = {}) {
    this.keepRest = options.keepRest === true;
  }

  /** Whether the archive has been read to its end. */
  get done(): boolean {
    return this.state === 'done';
  }

  /**
   * The events of the next piece. Their `bytes` are views of it.
   * @throws FormatError of the `formats/nar-…` and `formats/wire-…` codes
   */
  push(chunk: Uint8Array): NarEvent[] {
    this.cursor.feed(chunk);
    this.events = [];
    while (this.state !== 'done' && this.step()) {}
    if (this.done && this.cursor.left > 0 && !this.keepRest) {
      throw new FormatError('formats/nar-trailing', 'unexpected data after the end of a NAR', {
        details: { bytes: this.cursor.left },
      });
    }
    return this.events;
  }

  /** What follows the archive in the last piece: a view of it. Call once. */
  rest(): Uint8Array {
    return this.cursor.takeUpTo(this.cursor.left);
  }

  /** @throws FormatError `formats/wire-truncated` unless the archive is complete */
  finish(): void {
    if (!this.done)
      throw new FormatError('formats/wire-truncated', 'NAR ends too early', { details: { at: this.state } });
  }

  /** Reads what the state asks for; false when more has to be pushed first. */
  private step(): boolean {
    switch (this.state) {
      case 'magic':
        return this.expect(expected.magic, 'type', 'formats/nar-magic', "input doesn't look like a Nix archive");
      case 'type':
        return this.keyword((word) => this.openNode(word));
      case 'regular':
        return this.keyword((word) => this.regular(word));
      case 'executable':
        return this.expect(expected.executable, 'size');
      case 'size':
        return this.size();
      case 'data':
        return this.data();
      case 'data-end':
        return this.dataEnd();
      case 'directory':
        return this.keyword((word) => this.directory(word));
      case 'entry':
        return this.expect(expected.entry, 'name');
      case 'name':
        return this.token(narLimits.name, (text) => this.name(text));
      case 'node':
        return this.expect(expected.node, 'type');
      case 'target':
        return this.expect(expected.target, 'symlink');
      case 'symlink':
        return this.token(narLimits.target, (text) => this.symlink(text));
      case 'symlink-end':
        return this.expect(expected.close, this.afterNode());
      case 'node-end':
        return this.expect(expected.close, 'directory');
      case 'done':
        return false;
      default:
        return assertNever(this.state);
    }
  }

  private openNode(kind: string): State {
    checkDepth(this.names.length);
    if (kind === 'regular' || kind === 'symlink') return kind === 'regular' ? 'regular' : 'target';
    if (kind !== 'directory') throw badToken(`unknown file type '${kind}'`);
    this.events.push({ type: 'directory' });
    this.names.push('');
    return 'directory';
  }

  private regular(word: string): State {
    this.executable = word === 'executable';
    if (!this.executable && word !== 'contents') throw badToken(`expected tag 'contents', got '${word}'`);
    return this.executable ? 'executable' : 'size';
  }

  private size(): boolean {
    const size = this.cursor.takeInteger();
    if (size === undefined) return false;
    this.remaining = size;
    this.padding = paddingOf(this.remaining);
    this.events.push({ type: 'regular', executable: this.executable, size: this.remaining });
    this.state = 'data';
    return true;
  }

  private data(): boolean {
    if (this.remaining > 0) {
      const bytes = this.cursor.takeUpTo(this.remaining);
      if (bytes.length === 0) return false;
      this.remaining -= bytes.length;
      this.events.push({ type: 'data', bytes });
    }
    if (this.remaining === 0) this.state = 'data-end';
    return true;
  }

  private dataEnd(): boolean {
    const bytes = this.cursor.take(this.padding + expected.close.length);
    if (bytes === undefined) return false;
    checkPadding(bytes, 0, this.padding);
    if (!sameBytes(bytes, this.padding, expected.close)) throw badToken("expected tag ')'");
    this.events.push({ type: 'end' });
    this.state = this.afterNode();
    return true;
  }

  private directory(word: string): State {
    if (word === 'entry') return 'entry';
    if (word !== ')') throw badToken(`expected tag 'entry' or ')', got '${word}'`);
    this.names.pop();
    this.events.push({ type: 'end' });
    return this.afterNode();
  }

  private name(name: string): State {
    checkEntryName(name, this.names.at(-1)!);
    this.names[this.names.length - 1] = name;
    this.events.push({ type: 'entry', name });
    return 'node';
  }

  private symlink(target: string): State {
    checkTarget(target);
    this.events.push({ type: 'symlink', target });
    return 'symlink-end';
  }

  private afterNode(): State {
    return this.names.length === 0 ? 'done' : 'node-end';
  }

  private expect(
    bytes: Uint8Array,
    next: State,
    code: 'formats/nar-magic' | 'formats/nar-token' = 'formats/nar-token',
    message = 'unexpected tag in a NAR',
  ): boolean {
    const same = this.cursor.takeSame(bytes);
    if (same === undefined) return false;
    if (!same) throw new FormatError(code, message, { details: { state: this.state } });
    this.state = next;
    return true;
  }

  private keyword(use: (word: string) => State): boolean {
    return this.token(narLimits.token, use);
  }

  /** A framed string of at most so many bytes. */
  private token(limit: number, use: (text: string) => State): boolean {
    if (this.length < 0) {
      const length = this.cursor.takeInteger();
      if (length === undefined) return false;
      if (length > limit)
        throw new FormatError('formats/wire-too-long', 'string is too long', { details: { length, limit } });
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

function badToken(message: string): FormatError {
  return new FormatError('formats/nar-token', `bad archive: ${message}`);
}
