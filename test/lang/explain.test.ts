/** Errors, evaluated once more for their position and trace, and what is printed without evaluating. */
import { expect, test } from 'vitest';
import type { EvalError } from '../../src/lang/errors.ts';
import { explain } from '../../src/lang/session.ts';
import { describeError } from '../../src/lang/trace.ts';
import { evaluate, memoryEvaluator, memoryHost } from '../support/memory-host.ts';

/** `file:line:column message`, and the lines of trace, outermost first. */
function failure(text: string, host = memoryHost()): { error: string; trace: string[] } {
  try {
    evaluate(text, host);
  } catch (error) {
    const { message, position, trace } = describeError(explain(error as EvalError));
    const at = (place: typeof position): string => (place === undefined ? '' : ` at ${place.line}:${place.column}`);
    return { error: message + at(position), trace: trace.map((frame) => frame.text + at(frame.position)) };
  }
  throw new Error('it did not fail');
}

test('an error names its place and the way there', () => {
  expect(failure('let f = x: g x; g = { a }: a + "x"; in { z.y = f { a = 1; }; }')).toEqual({
    error: 'cannot add a string to an integer at 1:32',
    trace: [
      "while evaluating the attribute 'z' at 1:42",
      "while evaluating the attribute 'y' at 1:42",
      'from call site at 1:48',
      "while calling 'f' at 1:9",
      'from call site at 1:12',
      "while calling 'g' at 1:21",
    ],
  });
});

test('what the program says is said once', () => {
  const host = memoryHost();
  expect(failure('builtins.trace "hello" (throw "no")', host).error).toContain('no');
  expect(host.said).toEqual(['trace: hello']);
});

test('a cycle is reported where it closes', () => {
  expect(failure('let a = b; b = c; c = a; in a').error).toBe('infinite recursion encountered at 1:16');
});

test('endless recursion ends in an error with a place', () => {
  expect(failure('let f = x: f (x + 1); in f 0').error).toBe('stack overflow; max-call-depth exceeded at 1:12');
});

// Names are met once in a process: these stand in no other test.
test('of two errors the one whose name was met first is reported', () => {
  expect(failure('{ later = throw "first"; earlier = throw "second"; }').error).toMatch(/^first/);
  expect(failure('let alpha = 1; in { beta = throw "second"; alpha = throw "first"; }').error).toMatch(/^first/);
});

test('what failed is done again with the values that earlier operations made', () => {
  const host = memoryHost({ '/f.nix': '{ x }: { y = 1 + x; }' });
  const evaluator = memoryEvaluator(host);
  const args = new Map([['x', evaluator.lazyText('"text"', '/')]]);
  const called = evaluator.autoCall(evaluator.evalFile('/f.nix'), args);
  try {
    evaluator.toJson(called);
    expect.fail('it did not fail');
  } catch (error) {
    const { message, position, trace } = describeError(explain(error as EvalError));
    expect(message).toBe('cannot add a string to an integer');
    expect(position).toMatchObject({ file: '/f.nix', line: 1, column: 18 });
    expect(trace.map(({ text }) => text)).toEqual(["while evaluating attribute 'y'"]);
  }
});

test('without evaluating, thunks are where the language has them', () => {
  const evaluator = memoryEvaluator(memoryHost());
  const print = (text: string): string => evaluator.print(evaluator.evalText(text, '/'));
  expect(print('{ a = 1; b = x: x; c = [ 1 ]; d = [ ]; e = { }; f = 1 + 1; g = "s"; }')).toBe(
    '{ a = 1; b = <CODE>; c = <CODE>; d = [ ]; e = <CODE>; f = <CODE>; g = "s"; }',
  );
  expect(print('let l = [ 1 ]; in builtins.seq l [ l l ]')).toBe(
    '[ [ 1 ] «repeated» ]'.replace(/[«»]/g, (c) => Buffer.from(c).toString('latin1')),
  );
});
