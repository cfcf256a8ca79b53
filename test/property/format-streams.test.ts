/** Laws of the codecs that work on streams: however the bytes are cut into pieces, the result is the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ExportEvent,
  ExportReader,
  exportObjectEnd,
  exportObjectStart,
  exportStreamEnd,
  HashRewriter,
  hashBytes,
  hashModuloSelf,
  type NarEvent,
  NarReader,
  NarWriter,
  ReferenceScanner,
  rewriteHashes,
  rewriteText,
} from '../../src/formats/index.ts';
import { cut, hashPart, narEvents, storeDir, storePath, type Tree, tree } from '../support/format-arbitraries.ts';

const borders = fc.array(fc.nat(), { maxLength: 12 });

test('a tree is read from its archive as it was, however the archive is cut', () => {
  fc.assert(
    fc.property(tree, borders, (node, at) => {
      const reader = new NarReader();
      const events = cut(archive(node), at).flatMap((chunk) => reader.push(chunk));
      reader.finish();
      expect(joined(events)).toEqual(joined(narEvents(node)));
    }),
    { numRuns: 300 },
  );
});

test('an archive is the only one of its tree', () => {
  fc.assert(
    fc.property(tree, fc.integer({ min: 1, max: 40 }), (node, piece) => {
      expect(archive(node, piece)).toEqual(archive(node));
    }),
  );
});

test('a reader that keeps the rest gives out exactly what follows', () => {
  fc.assert(
    fc.property(tree, fc.uint8Array({ maxLength: 30 }), borders, (node, more, at) => {
      const reader = new NarReader({ keepRest: true });
      const rest: Uint8Array[] = [];
      for (const chunk of cut(Buffer.concat([archive(node), more]), at)) {
        if (reader.done) rest.push(chunk);
        else {
          reader.push(chunk);
          if (reader.done) rest.push(reader.rest());
        }
      }
      expect(Buffer.concat(rest)).toEqual(Buffer.from(more));
    }),
  );
});

test('every prefix of an archive is incomplete', () => {
  fc.assert(
    fc.property(tree, fc.nat(), (node, at) => {
      const whole = archive(node);
      const reader = new NarReader();
      reader.push(whole.subarray(0, at % whole.length));
      expect(() => reader.finish()).toThrow(/ends too early/);
    }),
  );
});

test('exported objects are read back with their archives', () => {
  const object = fc.record({
    path: storePath,
    references: fc.array(storePath, { maxLength: 3 }),
    deriver: fc.constant(undefined),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(tree, object), { maxLength: 3 }), borders, (objects, at) => {
      const stream = objects.flatMap(([node, info]) => [exportObjectStart(), archive(node), exportObjectEnd(info)]);
      const reader = new ExportReader(storeDir);
      const events = cut(Buffer.concat([...stream, exportStreamEnd()]), at).flatMap((chunk) => reader.push(chunk));
      reader.finish();
      const wanted = objects.flatMap(([node, info]): ExportEvent[] => [
        { type: 'nar', bytes: archive(node) },
        { type: 'object', object: { ...info, references: info.references.toSorted() } },
      ]);
      expect(gathered(events)).toEqual([...wanted, { type: 'end' }]);
    }),
  );
});

/** Text in which hash parts stand, whole and in parts, side by side and overlapping. */
const haystack = fc.array(hashPart, { minLength: 1, maxLength: 4 }).chain((parts) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...parts),
        fc.tuple(fc.constantFrom(...parts), fc.nat(32)).map(([part, length]) => part.slice(length)),
        fc.tuple(fc.constantFrom(...parts), fc.nat(32)).map(([part, length]) => part.slice(0, length)),
        fc.constantFrom('/', '-', 'e', '0', 'zzz', '\0'),
      ),
      { maxLength: 15 },
    )
    .map((pieces) => ({ parts, text: pieces.join('') })),
);

test('references are found wherever the stream is cut, and no others', () => {
  fc.assert(
    fc.property(haystack, borders, ({ parts, text }, at) => {
      const scanner = new ReferenceScanner(parts);
      for (const chunk of cut(Buffer.from(text, 'latin1'), at)) scanner.push(chunk);
      expect(scanner.found()).toEqual(new Set(parts.filter((part) => text.includes(part))));
    }),
    { numRuns: 500 },
  );
});

test('a stream is rewritten as the whole text would be, wherever it is cut', () => {
  fc.assert(
    fc.property(haystack, borders, ({ parts, text }, at) => {
      const rewrites = new Map([[parts[0]!, '\0'.repeat(32)]]);
      const chunks: Uint8Array[] = [];
      const rewriter = new HashRewriter(rewrites, (chunk) => chunks.push(Uint8Array.from(chunk)));
      for (const chunk of cut(Buffer.from(text, 'latin1'), at)) rewriter.push(chunk);
      rewriter.finish();
      const wanted = rewriteText(text, rewrites);
      expect(Buffer.concat(chunks).toString('latin1')).toBe(wanted);
      expect(Buffer.from(rewriteHashes(Buffer.from(text, 'latin1'), rewrites)).toString('latin1')).toBe(wanted);
      expect(hashModuloSelf('sha256', text, parts[0]!)).toEqual(hashBytes('sha256', wanted));
    }),
    { numRuns: 500 },
  );
});

test('rewriting there and back again changes nothing', () => {
  fc.assert(
    fc.property(haystack, hashPart, ({ parts, text }, other) => {
      fc.pre(!text.includes(other));
      const bytes = Buffer.from(text, 'latin1');
      const there = rewriteHashes(bytes, new Map([[parts[0]!, other]]));
      expect(there.length).toBe(bytes.length);
      // A text may come to hold the hash part anew where the rewritten one ends.
      fc.pre(rewriteText(text, new Map([[parts[0]!, other]])).split(other).length === text.split(parts[0]!).length);
      expect(Buffer.from(rewriteHashes(there, new Map([[other, parts[0]!]])))).toEqual(bytes);
    }),
  );
});

function archive(node: Tree, piece?: number): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = new NarWriter((chunk) => chunks.push(chunk));
  for (const event of narEvents(node, piece)) writer.write(event);
  writer.finish();
  return Buffer.concat(chunks);
}

/** The pieces of each file's contents as one. */
function joined(events: readonly NarEvent[]): unknown[] {
  const result: unknown[] = [];
  let data: Uint8Array[] = [];
  for (const event of events) {
    if (event.type === 'data') data.push(event.bytes);
    else {
      if (data.length > 0) result.push({ type: 'data', bytes: Buffer.concat(data).toString('hex') });
      data = [];
      result.push(event);
    }
  }
  return result;
}

/** The pieces of each archive as one. */
function gathered(events: readonly ExportEvent[]): ExportEvent[] {
  const result: ExportEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.type === 'nar' && last?.type === 'nar') {
      result[result.length - 1] = { type: 'nar', bytes: Buffer.concat([last.bytes, event.bytes]) };
    } else result.push(event.type === 'nar' ? { type: 'nar', bytes: Buffer.from(event.bytes) } : event);
  }
  return result;
}
