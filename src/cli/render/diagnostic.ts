/**
 * A diagnostic as text, in the shape that users of the language know:
 *
 *     error:
 *            … while calling the 'f' builtin
 *              at FILE:L:C:
 *                 1| source line
 *                  | ^
 *            error: MESSAGE
 *            at FILE:L:C: …
 *
 * Without `fullTrace` only the outermost few frames are shown, and those that the program asked for.
 */
import type { Diagnostic, Frame, Position } from '../../base/diagnostic.ts';
import type { Theme } from './theme.ts';

/** Frames with a place count double towards this. */
const shortTrace = 3;
/** A run of repeated frames up to this long is shown as it is. */
const fewRepeats = 5;

export function renderDiagnostic(diagnostic: Diagnostic, theme: Theme, fullTrace: boolean): string {
  const label = prefixOf(diagnostic);
  const painted = diagnostic.severity === 'error' ? theme.error(label) : theme.warning(label);
  const frames = diagnostic.trace.filter((frame) => frame.text !== '' && (fullTrace || frame.detail !== true));
  let body = '';
  if (frames.length > 0) body = `${renderTrace(frames, theme, fullTrace)}\n${painted} `;
  body += `${diagnostic.message}\n`;
  if (diagnostic.position !== undefined) body += renderPosition(diagnostic.position, '', theme);
  if (diagnostic.hint !== undefined) body += renderHint(diagnostic.hint, theme);
  const text = indent(`${painted} `, ' '.repeat(label.length + 1), body.trimEnd());
  return theme.colored ? text : text.replace(escapeCodes, '');
}

/** Programs colour their messages as well. */
const escapeCodes = /\x1b\[[0-9;]*m/g;

function prefixOf(diagnostic: Diagnostic): string {
  if (diagnostic.severity === 'error') return 'error:';
  if (diagnostic.severity === 'notice') return 'note:';
  return diagnostic.code === 'lang/warn' ? 'evaluation warning:' : 'warning:';
}

function renderHint(hint: string, theme: Theme): string {
  return hint.startsWith('Did you mean') ? `${hint}\n` : `${theme.good('hint:')} ${hint}\n`;
}

/** Frames already shown are left out where they come again in long runs, as recursion makes them. */
function renderTrace(frames: readonly Frame[], theme: Theme, full: boolean): string {
  const seen = new Set<string>();
  let text = '';
  let count = 0;
  let cut = false;
  let repeats: Frame[] = [];
  const show = (frame: Frame): void => {
    text += `\n… ${frame.text}\n`;
    if (frame.position === undefined) return;
    text += renderPosition(frame.position, '  ', theme);
    count += 1;
  };
  const flush = (): void => {
    if (repeats.length > fewRepeats) {
      text += `\n${theme.warning(`(${repeats.length} duplicate frames omitted)`)}\n`;
    } else for (const frame of repeats) show(frame);
    repeats = [];
  };
  for (const frame of frames) {
    if (!full && count > shortTrace) cut = true;
    if (cut && frame.always !== true) continue;
    const key = `${frame.text}\0${placeOf(frame.position)}`;
    if (seen.has(key)) {
      repeats.push(frame);
      continue;
    }
    flush();
    seen.add(key);
    count += 1;
    show(frame);
  }
  flush();
  if (cut) {
    const note = "(stack trace truncated; use '--show-trace' to show the full, detailed trace)";
    text += `\n${theme.warning(note)}\n`;
  }
  return text;
}

function placeOf(position: Position | undefined): string {
  return position === undefined ? '' : `${position.file}:${position.line}:${position.column}`;
}

function renderPosition(position: Position, margin: string, theme: Theme): string {
  const place = `${margin}${theme.place('at')} ${theme.warning(placeOf(position))}:`;
  if (position.sourceLine === undefined) return place;
  return `${place}\n${sourceLines(position, theme).join('\n')}\n`;
}

function sourceLines(position: Position, theme: Theme): string[] {
  const numbered = (line: number, text: string): string => ` ${String(line).padStart(5)}| ${text}`;
  const lines: string[] = [];
  if (position.previousLine !== undefined) lines.push(numbered(position.line - 1, position.previousLine));
  lines.push(numbered(position.line, position.sourceLine ?? ''));
  if (position.column > 0) lines.push(`      |${' '.repeat(position.column)}${theme.error('^')}`);
  if (position.nextLine !== undefined) lines.push(numbered(position.line + 1, position.nextLine));
  return lines;
}

/** Puts `first` before the first line and `rest` before the others; no line ends in white space. */
function indent(first: string, rest: string, text: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index === 0 ? first : rest}${line}`.trimEnd())
    .join('\n');
}
