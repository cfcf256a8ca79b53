/**
 * Writes an archive from events. Small pieces are gathered into buffers; large file contents are given out as they came,
 * without a copy.
 */
import { assertNever, invariant } from '../base/assert.ts';
import { FormatError } from './errors.ts';
import { checkDepth, checkEntryName, checkTarget, type NarEvent, narMagic } from './nar-grammar.ts';
import { encodeString, encodeStrings, paddingOf, writeInteger } from './wire.ts';

const bufferSize = 131_072;
/** Of the first buffer: most archives are small. */
const firstSize = 16_384;
/** File contents from this size on are not copied. */
const largeData = 8_192;

const words = {
  magic: encodeString(narMagic),
  regular: encodeStrings('(', 'type', 'regular', 'contents'),
  executable: encodeStrings('(', 'type', 'regular', 'executable', '', 'contents'),
  directory: encodeStrings('(', 'type', 'directory'),
  symlink: encodeStrings('(', 'type', 'symlink', 'target'),
  entry: encodeStrings('entry', '(', 'name'),
  node: encodeString('node'),
  close: encodeString(')'),
};

export class NarWriter {
  private readonly sink: (chunk: Uint8Array) => void;
  private readonly reuse: boolean;
  private buffer = Buffer.allocUnsafeSlow(firstSize);
  private used = 0;
  /** The last name in each directory that is open. */
  private readonly names: string[] = [];
  /** Bytes of the open file that are still to come, or -1 when no file is open. */
  private remaining = -1;
  private padding = 0;
  /** Whether a node may begin: at the start, and after an entry's name. */
  private wantsNode = true;

  /**
   * @param options `reuse`: what the sink is given is only good until it returns; otherwise no buffer is used again
   */
  constructor(sink: (chunk: Uint8Array) => void, options: { readonly reuse?: boolean } = {}) {
    this.sink = sink;
    this.reuse = options.reuse === true;
    this.bytes(words.magic);
  }

  /** @throws FormatError as the method for each event does */
  write(event: NarEvent): void {
    if (event.type === 'directory') this.directory();
    else if (event.type === 'entry') this.entry(event.name);
    else if (event.type === 'regular') this.regular(event.executable, event.size);
    else if (event.type === 'data') this.data(event.bytes);
    else if (event.type === 'symlink') this.symlink(event.target);
    else if (event.type === 'end') this.end();
    else assertNever(event);
  }

  /** Begins a directory, which `end` ends. */
  directory(): void {
    this.beginNode();
    this.bytes(words.directory);
    this.names.push('');
  }

  /**
   * Names the next node in the open directory.
   * @throws FormatError `formats/nar-name`, `formats/nar-order`
   */
  entry(name: string): void {
    invariant(this.names.length > 0 && this.remaining < 0 && !this.wantsNode, 'an entry stands in a directory');
    checkEntryName(name, this.names.at(-1)!);
    this.names[this.names.length - 1] = name;
    this.bytes(words.entry);
    this.string(name);
    this.bytes(words.node);
    this.wantsNode = true;
  }

  /** Begins a file of `size` bytes, which come by `data` and are ended by `end`. */
  regular(executable: boolean, size: number): void {
    this.beginNode();
    this.bytes(executable ? words.executable : words.regular);
    this.integer(size);
    this.remaining = size;
    this.padding = paddingOf(size);
  }

  /** @throws FormatError `formats/nar-write` when the file is longer than was said */
  data(bytes: Uint8Array): void {
    invariant(this.remaining >= 0, 'data stands in a file');
    if (bytes.length > this.remaining) throw wrongSize('grew', bytes.length - this.remaining);
    this.remaining -= bytes.length;
    this.bytes(bytes);
  }

  /** @throws FormatError `formats/nar-target` */
  symlink(target: string): void {
    checkTarget(target);
    this.beginNode();
    this.bytes(words.symlink);
    this.string(target);
    this.bytes(words.close);
    this.endNode();
  }

  /**
   * Ends the open file or directory.
   * @throws FormatError `formats/nar-write` when the file is shorter than was said
   */
  end(): void {
    if (this.remaining > 0) throw wrongSize('shrank', this.remaining);
    if (this.remaining === 0) {
      this.zeros(this.padding);
      this.remaining = -1;
    } else {
      invariant(this.names.length > 0 && !this.wantsNode, 'end ends a file or a directory');
      this.names.pop();
    }
    this.bytes(words.close);
    this.endNode();
  }

  /** Gives out the last bytes. */
  finish(): void {
    invariant(this.names.length === 0 && this.remaining < 0 && !this.wantsNode, 'a NAR is one whole tree');
    this.flush();
  }

  private beginNode(): void {
    invariant(this.wantsNode, 'a node is the root, or follows the name of an entry');
    checkDepth(this.names.length);
    this.wantsNode = false;
  }

  private endNode(): void {
    if (this.names.length > 0) this.bytes(words.close);
  }

  private bytes(bytes: Uint8Array): void {
    if (bytes.length >= largeData) {
      this.flush();
      this.sink(bytes);
      return;
    }
    this.room(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  private string(text: string): void {
    this.integer(text.length);
    this.room(text.length);
    this.used += this.buffer.write(text, this.used, 'latin1');
    this.zeros(paddingOf(text.length));
  }

  private integer(value: number): void {
    this.room(8);
    writeInteger(this.buffer, value, this.used);
    this.used += 8;
  }

  private zeros(count: number): void {
    this.room(count);
    this.buffer.fill(0, this.used, this.used + count);
    this.used += count;
  }

  private room(length: number): void {
    if (this.used + length > this.buffer.length) this.flush();
  }

  private flush(): void {
    if (this.used === 0) return;
    this.sink(this.buffer.subarray(0, this.used));
    if (!this.reuse || this.buffer.length < bufferSize) this.buffer = Buffer.allocUnsafeSlow(bufferSize);
    this.used = 0;
  }
}

function wrongSize(what: string, bytes: number): FormatError {
  return new FormatError('formats/nar-write', `a file ${what} by ${bytes} bytes while it was read`, {
    details: { bytes },
  });
}
