/** Errors on purpose, what catches them, and the order of evaluation. */

import { deepForce } from '../deep-force.ts';
import { EvalError, type TraceFrame } from '../errors.ts';
import { coerceToString } from '../runtime/coerce.ts';
import { forceStringCtx, textOf } from '../runtime/expect.ts';
import { noLimits, showValue } from '../runtime/print.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Shape } from '../runtime/shape.ts';
import { stack, unwind } from '../runtime/stack.ts';
import { force } from '../runtime/thunk.ts';
import { Attrs, Str, type Value } from '../runtime/value.ts';
import { noPos } from '../source.ts';
import type { BuiltinDef } from './registry.ts';

/** The text of an error message, which may be anything that a string can be made of. */
function messageOf(rt: Runtime, value: Value, what: string, copyToStore: boolean): string {
  return textOf(coerceToString(rt, value, { coerceMore: false, copyToStore, what }));
}

function addErrorContext(rt: Runtime, message: Value, value: Value): Value {
  const depth = stack.depth;
  try {
    return force(value);
  } catch (caught) {
    const error = unwind(depth, caught);
    if (!(error instanceof EvalError)) throw error;
    const what = 'while evaluating the error message passed to builtins.addErrorContext';
    const frame: TraceFrame = { text: messageOf(rt, message, what, false), pos: noPos, always: true };
    error.frames.push(frame);
    throw error;
  }
}

const outcome = new Shape(['success', 'value'], null, true);

function tryEval(value: Value): Value {
  const depth = stack.depth;
  try {
    return new Attrs(outcome, [true, force(value)]);
  } catch (caught) {
    const error = unwind(depth, caught);
    // A set of its own each time: two failures are not the same set.
    if (error instanceof EvalError && error.catchable) return new Attrs(outcome, [false, false]);
    throw error;
  }
}

function trace(rt: Runtime, message: Value, value: Value): Value {
  const shown = force(message);
  const text = typeof shown === 'string' ? shown : shown instanceof Str ? shown.text : showValue(shown, noLimits);
  rt.host.emit('trace', text);
  return force(value);
}

function warn(rt: Runtime, message: Value, value: Value): Value {
  const what = 'while evaluating the first argument; the message passed to builtins.warn';
  rt.host.emit('warn', textOf(forceStringCtx(message, what)));
  if (rt.host.settings.abortOnWarn) {
    throw new EvalError('abort', 'aborting to reveal stack trace of warning, as abort-on-warn is set');
  }
  return force(value);
}

export const controlBuiltins: readonly BuiltinDef[] = [
  {
    name: 'throw',
    global: true,
    args: ['s'],
    doc: 'Fails with the message *s*. `tryEval` can catch it.',
    run(rt, message) {
      throw new EvalError(
        'throw',
        messageOf(rt, message, 'while evaluating the error message passed to builtin.throw', true),
      );
    },
  },
  {
    name: 'abort',
    global: true,
    args: ['s'],
    doc: 'Ends the evaluation with the message *s*. Nothing can catch it.',
    run(rt, message) {
      const text = messageOf(rt, message, 'while evaluating the error message passed to builtins.abort', true);
      throw new EvalError('abort', `evaluation aborted with the following error message: '${text}'`);
    },
  },
  {
    name: 'addErrorContext',
    args: ['message', 'e'],
    doc: 'The value of *e*; should it fail, the trace says *message* too.',
    quiet: true,
    run: addErrorContext,
  },
  {
    name: 'tryEval',
    args: ['e'],
    doc: 'Evaluates *e* to its outermost form: `{ success, value }`, where a `throw` or a failed `assert` gives `false` for both.',
    run: (_rt, value) => tryEval(value),
  },
  {
    name: 'seq',
    args: ['e1', 'e2'],
    doc: 'Evaluates *e1* to its outermost form, then gives *e2*.',
    run(_rt, first, second) {
      force(first);
      return force(second);
    },
  },
  {
    name: 'deepSeq',
    args: ['e1', 'e2'],
    doc: 'Evaluates *e1* and all that is in it, then gives *e2*.',
    run(_rt, first, second) {
      deepForce(first);
      return force(second);
    },
  },
  {
    name: 'trace',
    args: ['e1', 'e2'],
    doc: 'Shows *e1*, then gives *e2*.',
    run: trace,
  },
  {
    name: 'traceVerbose',
    args: ['e1', 'e2'],
    doc: 'Shows *e1* where verbose tracing is on, then gives *e2*.',
    run: (rt, message, value) => (rt.host.settings.traceVerbose ? trace(rt, message, value) : force(value)),
  },
  {
    name: 'warn',
    args: ['e1', 'e2'],
    doc: 'Warns with the string *e1*, then gives *e2*. A setting makes warnings fatal.',
    run: warn,
  },
  {
    name: 'break',
    global: true,
    args: ['v'],
    doc: 'Gives *v*; a debugger would stop here.',
    run: (_rt, value) => force(value),
  },
];
