/** The picture of a machine: rectangles fill the area, each as large as what it stands for. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tally } from '../../../src/activate/realms/map/tally.ts';
import { squarify, treemapSvg } from '../../../src/activate/realms/map/treemap.ts';

test('rectangles have the sizes of their weights, lie in the area, and do not overlap', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      weights,
      fc.integer({ min: 10, max: 500 }),
      fc.integer({ min: 10, max: 500 }),
      (given, width, height) => {
        const sorted = given.toSorted((a, b) => b - a);
        const found = squarify(sorted, { x: 5, y: 7, width, height });
        const total = sorted.reduce((sum, weight) => sum + weight, 0);
        for (const [index, one] of found.entries()) {
          expect(one.width * one.height).toBeCloseTo((sorted[index]! / total) * width * height, 3);
          expect(one.x).toBeGreaterThanOrEqual(5 - 1e-6);
          expect(one.y).toBeGreaterThanOrEqual(7 - 1e-6);
          expect(one.x + one.width).toBeLessThanOrEqual(5 + width + 1e-6);
          expect(one.y + one.height).toBeLessThanOrEqual(7 + height + 1e-6);
          for (const other of found.slice(index + 1)) {
            const apart =
              one.x + one.width <= other.x + 1e-6 ||
              other.x + other.width <= one.x + 1e-6 ||
              one.y + one.height <= other.y + 1e-6 ||
              other.y + other.height <= one.y + 1e-6;
            expect(apart).toBe(true);
          }
        }
      },
    ),
  );
});

test('equal weights become nearly squares', () => {
  for (const { width, height } of squarify(Array(16).fill(1), { x: 0, y: 0, width: 400, height: 400 })) {
    expect(Math.max(width / height, height / width)).toBeLessThan(2);
  }
});

test('the picture is well-formed, names folders, and escapes what has to be', () => {
  const tally = new Tally();
  tally.add('/srv/a&b<c', 'unknown', 500);
  tally.add('/usr/lib', 'convergent', 1000);
  tally.add('/etc', 'congruent', 300);
  const svg = treemapSvg(tally.tree(6));
  expect(svg).toContain('/usr/lib');
  expect(svg).toContain('/srv/a&#38;b&#60;c');
  expect(svg).toContain('unknown: 500 B (27.8%)');
  expect(svg.match(/<g>/g)!.length).toBe(svg.match(/<\/g>/g)!.length);
  expect(treemapSvg(new Tally().tree(3))).toContain('</svg>');
});
