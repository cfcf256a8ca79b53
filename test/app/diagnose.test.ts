/** Traces lead with what the user wrote. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutLibrary } from '../../src/app/diagnose.ts';
import { modulesDirectory } from '../../src/app/installation.ts';
import type { Diagnostic, Frame } from '../../src/base/diagnostic.ts';
import { renderDiagnostic } from '../../src/cli/render/diagnostic.ts';
import { theme } from '../../src/cli/render/theme.ts';

const frame = (text: string, file: string): Frame => ({ text, position: { file, line: 1, column: 1 } });
const own = frame('in the library', join(modulesDirectory(), 'lib/eval.nix'));
const users = frame('in the file of the user', '/home/me/machine.nix');
const diagnostic = (...trace: readonly Frame[]): Diagnostic => ({
  severity: 'error',
  code: 'lang/throw',
  message: 'no',
  trace,
});
const shown = (one: Diagnostic, full: boolean): string => renderDiagnostic(withoutLibrary(one), theme(false), full);

test('frames of the module library are shown only in a full trace', () => {
  const mixed = diagnostic(own, own, users, own);
  expect(shown(mixed, false)).not.toContain('in the library');
  expect(shown(mixed, false)).toContain('in the file of the user');
  expect(shown(mixed, true)).toContain('in the library');
});

test('where there is nothing else, they are shown', () => {
  expect(shown(diagnostic(own), false)).toContain('in the library');
});
