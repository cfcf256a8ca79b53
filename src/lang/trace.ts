/** Errors of evaluation as diagnostics: what front ends show. */
import { toUnicode } from '../base/bytes.ts';
import type { Diagnostic, Frame, Position } from '../base/diagnostic.ts';
import type { SysbuildError } from '../base/errors.ts';
import { EvalError, type TraceFrame } from './errors.ts';
import { type Pos, positions } from './source.ts';

/** An error with its position and its trace, outermost frame first, in Unicode. */
export function describeError(error: SysbuildError): Diagnostic {
  const message = toUnicode(error.message);
  if (!(error instanceof EvalError))
    return { severity: 'error', code: error.code, message, trace: [], hint: error.hint, details: error.details };
  return {
    severity: 'error',
    code: error.code,
    message,
    position: shownPosition(error.pos),
    trace: error.frames
      .filter(({ text }) => text !== '')
      .map(frameOf)
      .reverse(),
    hint: error.hint ?? didYouMean(error.suggestions),
    details: error.details,
  };
}

function frameOf({ text, pos, always, detail }: TraceFrame): Frame {
  return { text: toUnicode(text), position: shownPosition(pos), always, detail };
}

/** A position as people see it, in Unicode. */
export function shownPosition(pos: Pos): Position | undefined {
  const at = positions.resolve(pos);
  if (at === undefined) return undefined;
  const unicode = (line: string | undefined): string | undefined => (line === undefined ? undefined : toUnicode(line));
  return {
    ...at,
    file: toUnicode(at.file),
    sourceLine: unicode(at.sourceLine),
    previousLine: unicode(at.previousLine),
    nextLine: unicode(at.nextLine),
  };
}

/** `Did you mean one of a, b or c?` */
function didYouMean(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const words = names.map(toUnicode);
  const last = words.pop()!;
  return words.length === 0 ? `Did you mean ${last}?` : `Did you mean one of ${words.join(', ')} or ${last}?`;
}
