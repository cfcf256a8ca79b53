/** Errors in words: the shape that users of the language know. */
import { expect, test } from 'vitest';
import type { Diagnostic, Frame, Position } from '../../src/base/diagnostic.ts';
import { renderDiagnostic } from '../../src/cli/render/diagnostic.ts';
import { theme } from '../../src/cli/render/theme.ts';

const plain = theme(false);
const at = (line: number, sourceLine?: string): Position => ({ file: '/x.nix', line, column: 3, sourceLine });
const error = (more: Partial<Diagnostic>): Diagnostic => ({
  severity: 'error',
  code: 'test/x',
  message: 'no luck',
  trace: [],
  ...more,
});
const show = (more: Partial<Diagnostic>, full = false): string => renderDiagnostic(error(more), plain, full);

test('a message alone, of several lines, with a hint', () => {
  expect(show({})).toBe('error: no luck');
  expect(show({ message: 'one\ntwo' })).toBe('error: one\n       two');
  expect(show({ hint: 'Try again.' })).toBe('error: no luck\n       hint: Try again.');
  expect(show({ severity: 'warning' })).toBe('warning: no luck');
});

test('a position with the lines around it', () => {
  const position = { ...at(9, '  foo bar'), previousLine: 'let', nextLine: 'in 1' };
  expect(show({ position, hint: 'Did you mean fob?' })).toBe(`error: no luck
       at /x.nix:9:3:
            8| let
            9|   foo bar
             |   ^
           10| in 1
       Did you mean fob?`);
  expect(show({ position: at(9) })).toBe('error: no luck\n       at /x.nix:9:3:');
});

test('a trace: outermost first, the message last', () => {
  const trace: Frame[] = [{ text: 'while calling f', position: at(1, 'f x') }, { text: 'while looking' }];
  expect(show({ trace })).toBe(`error:
       … while calling f
         at /x.nix:1:3:
            1| f x
             |   ^

       … while looking

       error: no luck`);
});

test('a long trace is cut, but for what the program asked for', () => {
  const frames: Frame[] = Array.from({ length: 6 }, (_, i) => ({ text: `frame ${i}`, position: at(i) }));
  const short = show({ trace: [...frames, { text: 'asked for', always: true }] });
  expect(short).toContain('frame 1');
  expect(short).not.toContain('frame 2');
  expect(short).toContain('asked for');
  expect(short).toContain("(stack trace truncated; use '--show-trace' to show the full, detailed trace)");
  expect(show({ trace: frames }, true)).toContain('frame 5');
});

test('a run of the same frames is counted, a short one shown', () => {
  const repeated = (count: number): Frame[] =>
    Array.from({ length: count }, () => ({ text: 'again', position: at(1) }));
  expect(show({ trace: repeated(20) }, true)).toContain('(19 duplicate frames omitted)');
  expect(show({ trace: repeated(4) }, true).match(/again/g)).toHaveLength(4);
});

test('no line ends in white space, whatever the message', () => {
  for (const line of show({ message: 'a  \n\nb \t', trace: [{ text: 'x ' }] }).split('\n'))
    expect(line).toBe(line.trimEnd());
});

test('colours are only there when asked for', () => {
  expect(renderDiagnostic(error({}), theme(true), false)).toContain('\x1b[');
  expect(show({ position: at(1, 'x') })).not.toContain('\x1b[');
});
