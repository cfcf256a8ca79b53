import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteString } from '../../../src/base/bytes.ts';
import { Source } from '../../../src/lang/source.ts';
import { parse } from '../../../src/lang/syntax/parse.ts';
import { ParseError } from '../../../src/lang/syntax/parse-errors.ts';
import { printExpr } from '../../../src/lang/syntax/print-expr.ts';
import { differences, wrongProgram } from '../../fuzz/lang/parse-differences.ts';
import { Random } from '../../fuzz/lang/random.ts';
import { oracleTest } from '../../support/oracle.ts';

/** A tree that prints, or a member of the family that points into the text. */
function survives(text: string): void {
  try {
    printExpr(parse(new Source({ kind: 'string' }, text, 1)), { basePath: '/', home: '/' });
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    expect((error as ParseError).pos).toBeLessThanOrEqual(text.length);
  }
}

test('any bytes parse or fail by a member of the family', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => survives(byteString(bytes))),
    { numRuns: 2000 },
  );
});

test('so does soup of the words of the language', () => {
  const random = new Random(30);
  for (let i = 0; i < 2000; i++) survives(wrongProgram(random, []));
});

oracleTest('errors and trees are those of the real Nix', async () => {
  const random = new Random(40);
  expect(await differences(random.times(1500, () => wrongProgram(random, [])))).toEqual([]);
});
