/** String contexts are sets, whatever way they were put together. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Context, ContextSum, formatElement, joinContexts, parseElement } from '../../../src/lang/runtime/context.ts';

const path = fc.constantFrom('a', 'b', 'c', 'd', 'e').map((letter) => `/nix/store/${letter.repeat(32)}-x.drv`);
const element = fc.oneof(
  path.map((at) => at),
  path.map((at) => `=${at}`),
  fc.tuple(fc.constantFrom('out', 'dev'), path).map(([output, at]) => `!${output}!${at}`),
);
const elements = fc.array(element, { maxLength: 8 });

test('a union has the elements of both and shares what it can', () => {
  fc.assert(
    fc.property(fc.array(elements, { maxLength: 6 }), (parts) => {
      const all = new Set(parts.flat());
      const joined = parts.map((part) => Context.from(part)).reduce(joinContexts, undefined);
      expect(joined?.sorted() ?? []).toEqual([...all].sort());
      expect(joinContexts(joined, Context.from([...all].slice(0, 2)))).toBe(joined);
    }),
  );
});

test('a sum is the same union, and one context alone is itself', () => {
  fc.assert(
    fc.property(fc.array(elements, { maxLength: 6 }), (parts) => {
      const contexts = parts.map((part) => Context.from(part));
      const sum = new ContextSum();
      for (const context of contexts) sum.add(context);
      expect(sum.total?.sorted()).toEqual(contexts.reduce(joinContexts, undefined)?.sorted());
    }),
  );
  const one = Context.of(`/nix/store/${'a'.repeat(32)}-x`);
  const sum = new ContextSum();
  for (const context of [undefined, one, undefined, one]) sum.add(context);
  expect(sum.total).toBe(one);
});

test('elements are read back as they were written', () => {
  fc.assert(
    fc.property(element, (encoded) => {
      expect(formatElement(parseElement(encoded))).toBe(encoded);
    }),
  );
});
