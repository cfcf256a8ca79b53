/** Damage of the kinds that files suffer, for fuzzing readers. */
import fc from 'fast-check';

type Change =
  | { readonly kind: 'set' | 'insert'; readonly at: number; readonly byte: number }
  | { readonly kind: 'remove' | 'copy'; readonly at: number; readonly length: number; readonly to: number }
  | { readonly kind: 'truncate'; readonly at: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('set' as const, 'insert' as const),
    at: fc.nat(),
    byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 8, 34, 40, 44, 92, 93, 255)),
  }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'copy' as const),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 40 }),
    to: fc.nat(),
  }),
  fc.record({ kind: fc.constant('truncate' as const), at: fc.nat() }),
);

/** The bytes after one to four changes. */
export function mutated(source: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(source, fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([bytes, changes]) => changes.reduce(apply, bytes));
}

function apply(bytes: Uint8Array, what: Change): Uint8Array {
  const at = what.at % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (what.kind) {
    case 'set':
      return Buffer.concat([before, [what.byte], after.subarray(1)].map((part) => Uint8Array.from(part)));
    case 'insert':
      return Buffer.concat([before, Uint8Array.of(what.byte), after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(what.length)]);
    case 'copy': {
      const to = what.to % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, to), after.subarray(0, what.length), bytes.subarray(to)]);
    }
    case 'truncate':
      return before;
  }
}
