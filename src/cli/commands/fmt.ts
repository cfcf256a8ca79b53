/** `sysbuild fmt` */
import { diagnosticOf, type FormattedFile, operations } from '../../app/index.ts';
import type { Command, Invocation } from '../command.ts';
import { readStdin } from '../evaluation.ts';
import { jsonOption } from '../options.ts';
import { renderDiagnostic } from '../render/diagnostic.ts';
import { renderJson } from '../render/json.ts';

export const command: Command = {
  name: 'fmt',
  summary: 'format files of the language',
  operands: '[FILE|DIR]…',
  operandsComplete: 'file',
  description:
    'Writes each FILE, and every .nix file below each DIR (default: the current folder), in the style of RFC 166: two ' +
    'spaces, a hundred columns, one binding a line. Comments and empty lines stay; what a file means never changes. ' +
    'With - it formats standard input to standard output. Prints the files that it changed. Ends with 1 when a file ' +
    'cannot be read as a program, and with --check when one is not in form.',
  options: [
    { long: 'check', values: [], doc: 'Change nothing; print which files are not in form, and end with 1 if any.' },
    jsonOption,
  ],
  examples: [
    { command: 'sysbuild fmt', what: 'All files below the current folder.' },
    { command: 'sysbuild fmt --check .', what: 'In CI.' },
    { command: 'sysbuild fmt - < a.nix', what: 'As a filter of an editor.' },
  ],
  async run(invocation) {
    const { formatFiles, formatText } = await operations.format();
    const { operands, terminal } = invocation;
    const check = invocation.flag('check');
    if (operands.length === 1 && operands[0] === '-') {
      const text = readStdin();
      const formatted = formatText(text);
      if (!check) terminal.outBytes(formatted);
      return check && formatted !== text ? 1 : undefined;
    }
    const files: FormattedFile[] = [];
    for (const file of formatFiles(invocation.cwd, operands.length === 0 ? ['.'] : operands, check)) {
      files.push(file);
      if (!invocation.flag('json')) tell(invocation, file);
    }
    if (invocation.flag('json')) terminal.out(renderJson(files.map(described)));
    return files.some(({ error, changed }) => error !== undefined || (check && changed)) ? 1 : undefined;
  },
};

function tell({ terminal }: Invocation, { file, changed, error }: FormattedFile): void {
  if (error !== undefined) terminal.err(`${renderDiagnostic(diagnosticOf(error), terminal.theme, false)}\n`);
  else if (changed) terminal.out(`${file}\n`);
}

function described({ file, changed, error }: FormattedFile): unknown {
  return error === undefined ? { file, changed } : { file, changed, error: diagnosticOf(error).message };
}
