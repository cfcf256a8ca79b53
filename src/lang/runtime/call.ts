/** Application. Every call counts one level of depth, however many arguments it has at once. */
import { EvalError } from '../errors.ts';
import { showValue } from './print.ts';
import { enter, overflow, stack } from './stack.ts';
import { forceThunk } from './thunk.ts';
import { showType } from './types.ts';
import { Attrs, type Builtin, Fn, type Forced, type Lambda, PartialApp, Thunk, type Value } from './value.ts';

/** `fn a`. */
export function apply(fn: Value, a: Value): Forced {
  const f = fn instanceof Thunk ? forceThunk(fn) : fn;
  if (f instanceof Fn && f.arity === 1) {
    if (stack.depth > stack.limit) overflow();
    stack.depth++;
    const result = f.fn(a);
    stack.depth--;
    return result;
  }
  return applyAll(f, [a]);
}

/** `fn a b`. */
export function apply2(fn: Value, a: Value, b: Value): Forced {
  const f = fn instanceof Thunk ? forceThunk(fn) : fn;
  if (f instanceof Fn && f.arity === 2) {
    if (stack.depth > stack.limit) overflow();
    stack.depth++;
    const result = f.fn(a, b);
    stack.depth--;
    return result;
  }
  return applyAll(f, [a, b]);
}

/** `fn a b c`. */
export function apply3(fn: Value, a: Value, b: Value, c: Value): Forced {
  const f = fn instanceof Thunk ? forceThunk(fn) : fn;
  if (f instanceof Fn && f.arity === 3) {
    if (stack.depth > stack.limit) overflow();
    stack.depth++;
    const result = f.fn(a, b, c);
    stack.depth--;
    return result;
  }
  return applyAll(f, [a, b, c]);
}

/** A call of any number of arguments: too few make a partial application, too many go to the result. */
export function applyAll(fn: Value, args: readonly Value[]): Forced {
  let f = fn instanceof Thunk ? forceThunk(fn) : fn;
  enter();
  let done = 0;
  while (done < args.length) {
    const left = args.length - done;
    if (f instanceof Fn) {
      if (f.arity > left) {
        f = partial(f, args.slice(done));
        break;
      }
      const arity: number = f.arity;
      f = done === 0 && arity === left ? f.fn(...args) : f.fn(...args.slice(done, done + arity));
      done += arity;
    } else {
      f = applyAll(functorOf(f), [f, args[done]!]);
      done += 1;
    }
  }
  stack.depth--;
  return f;
}

function partial(f: Fn, args: readonly Value[]): PartialApp {
  if (f instanceof PartialApp) return new PartialApp(f.target, [...f.args, ...args]);
  return new PartialApp(f as Lambda | Builtin, args);
}

/** The `__functor` of a set that is called. */
function functorOf(value: Forced): Value {
  const functor = value instanceof Attrs ? value.get('__functor') : undefined;
  if (functor === undefined) throw notAFunction(value);
  return functor;
}

export function notAFunction(value: Forced): EvalError {
  const what = showType(value);
  return new EvalError('type', `attempt to call something which is not a function but ${what}: ${showValue(value)}`);
}

/** Whether a value can be called. */
export function isCallable(value: Forced): boolean {
  return value instanceof Fn || (value instanceof Attrs && value.has('__functor'));
}

/** A thunk for `fn a`, without a closure. */
export function lazyApply(fn: Value, a: Value): Thunk {
  return new Thunk(apply, fn, a);
}

/** A thunk for `fn a b`. */
export function lazyApply2(fn: Value, a: Value, b: Value): Thunk {
  return new Thunk(applyPair, fn, [a, b]);
}

function applyPair(fn: Value, args: readonly [Value, Value]): Forced {
  return apply2(fn, args[0], args[1]);
}
