/** Forcing: once, remembered, restartable, and never around in circles. */
import { expect, test } from 'vitest';
import { EvalError } from '../../../src/lang/errors.ts';
import { Suspend } from '../../../src/lang/host.ts';
import { stack, unwind } from '../../../src/lang/runtime/stack.ts';
import { force, isForced } from '../../../src/lang/runtime/thunk.ts';
import { Thunk, type Value } from '../../../src/lang/runtime/value.ts';

test('a thunk is evaluated once and lets go of what it was made from', () => {
  let runs = 0;
  const thunk = new Thunk(
    (v: number, w: number) => {
      runs++;
      return v + w;
    },
    1,
    2,
  );
  expect(isForced(thunk)).toBe(false);
  expect([force(thunk), force(thunk)]).toEqual([3, 3]);
  expect(runs).toBe(1);
  expect(thunk.w).toBeUndefined();
});

test('a thunk that needs itself is an error, and stays one', () => {
  const thunk: Thunk = new Thunk(
    (self: () => Value) => force(self()),
    () => thunk,
  );
  expect(() => force(thunk)).toThrow('infinite recursion encountered');
  expect(() => force(thunk)).toThrow('infinite recursion encountered');
});

test('an error is remembered, and each time its trace is its own', () => {
  let runs = 0;
  const thunk = new Thunk(() => {
    runs++;
    throw new EvalError('throw', 'no');
  });
  const errors = [1, 2, 3].map((n) => {
    try {
      force(thunk);
    } catch (error) {
      (error as EvalError).frames.push({ text: `attempt ${n}`, pos: 0 });
      return error as EvalError;
    }
    throw new Error('it did not fail');
  });
  expect(runs).toBe(1);
  expect(errors.map(({ frames }) => frames.map(({ text }) => text))).toEqual([
    ['attempt 1'],
    ['attempt 1', 'attempt 2'],
    ['attempt 1', 'attempt 3'],
  ]);
});

test('a suspension leaves the thunk as it was', () => {
  let ready = false;
  const thunk = new Thunk((v: number) => {
    if (!ready) throw new Suspend('waiting', async () => {});
    return v;
  }, 7);
  expect(() => force(thunk)).toThrow(Suspend);
  ready = true;
  expect(force(thunk)).toBe(7);
});

test('a full JavaScript stack becomes the error of one, and the depth is put back', () => {
  const endless = (): number => endless() + 1;
  stack.depth = 5;
  try {
    endless();
  } catch (error) {
    expect(unwind(3, error)).toMatchObject({ kind: 'stack-overflow', catchable: false });
  }
  expect(stack.depth).toBe(3);
  stack.depth = 0;
});

test('what JavaScript has no room for is an error of the family', () => {
  const double = (text: string): string => double(text + text);
  try {
    double('x'.repeat(2 ** 20));
  } catch (error) {
    expect(unwind(0, error)).toMatchObject({ kind: 'other', message: 'cannot create a string of this size' });
  }
  expect(unwind(0, new RangeError('Invalid array length'))).toBeInstanceOf(EvalError);
  expect.assertions(2);
});
