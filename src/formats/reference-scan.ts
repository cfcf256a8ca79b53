/** Which of some store paths a stream refers to: those whose hash parts stand in it, in whatever context. */
import { HashPartSearch, hashPartAt } from './hash-part-search.ts';
import { hashPartLength } from './store-path.ts';

const overlap = hashPartLength - 1;

export class ReferenceScanner {
  private readonly search: HashPartSearch;
  private readonly seen = new Set<string>();
  /** The last bytes before the current piece: a match may begin in them. */
  private tail: Uint8Array = new Uint8Array(0);

  /** @throws FormatError `formats/rewrite` for a text that is not a hash part */
  constructor(hashParts: Iterable<string>) {
    this.search = new HashPartSearch(hashParts);
  }

  push(chunk: Uint8Array): void {
    if (this.search.size === 0 || chunk.length === 0) return;
    const border = Buffer.concat([this.tail, chunk.subarray(0, overlap)]);
    this.scan(border);
    this.scan(chunk);
    this.tail = chunk.length >= overlap ? Uint8Array.from(chunk.subarray(-overlap)) : border.subarray(-overlap);
  }

  /** The hash parts found so far. */
  found(): Set<string> {
    return new Set(this.seen);
  }

  private scan(bytes: Uint8Array): void {
    for (let at = this.search.next(bytes, 0); at >= 0; at = this.search.next(bytes, at + 1)) {
      const hashPart = hashPartAt(bytes, at);
      this.seen.add(hashPart);
      this.search.remove(hashPart);
    }
  }
}
