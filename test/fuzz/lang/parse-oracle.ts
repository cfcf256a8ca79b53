/** What the real Nix says to many programs at once, as far as parsing goes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf, toUnicode } from '../../../src/base/bytes.ts';
import { placeMet } from '../../../src/lang/runtime/symbols.ts';
import { Source } from '../../../src/lang/source.ts';
import { parse } from '../../../src/lang/syntax/parse.ts';
import { ParseError } from '../../../src/lang/syntax/parse-errors.ts';
import { printExpr } from '../../../src/lang/syntax/print-expr.ts';
import { askRepl } from '../../support/nix-repl.ts';
import { oracle } from '../../support/oracle.ts';

/** `parsed`, or the error with the place that it points to. */
export type Outcome = string;

/** All names are known in these, so that Nix prints them whatever they use. */
const withAnyName = (program: string): string => `with { }; ${program}`;

/** How programs without errors look to us and to Nix. */
export async function prints(programs: readonly string[]): Promise<{ ours: string[]; nix: string[] }> {
  if (programs.length === 0) return { ours: [], nix: [] };
  const basePath = mkdtempSync(join(tmpdir(), 'sysbuild-print-'));
  try {
    const files = programs.map((_, index) => join(basePath, `${index}.nix`));
    for (const [index, file] of files.entries()) writeFileSync(file, bytesOf(withAnyName(programs[index]!)));
    const env = { ...process.env, NIX_REMOTE: 'dummy://', HOME: '/home/x' };
    const { stdout, stderr } = await oracle(['nix-instantiate', '--parse', ...files], { env });
    const nix = stdout.split('\n').slice(0, -1);
    if (nix.length !== programs.length) throw new Error(`the oracle printed ${nix.length} lines: ${stderr}`);
    return { ours: programs.map((program) => ourPrint(program, basePath)), nix };
  } finally {
    rmSync(basePath, { recursive: true, force: true });
  }
}

function ourPrint(program: string, basePath: string): string {
  const source = new Source({ kind: 'string' }, withAnyName(program), 1);
  return toUnicode(printExpr(parse(source), { basePath, home: '/home/x' }));
}

/** Programs become functions, so that importing one parses all of it and evaluates nothing. */
const asFunction = (program: string): string => `_: ${program}`;

export function ourOutcome(program: string): Outcome {
  const text = asFunction(program);
  const source = new Source({ kind: 'file', path: 'FILE' }, text, 1);
  try {
    parse(source, { metBefore: placeMet });
    return 'parsed';
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { line, column } = source.lineAndColumn(error.pos);
    return outcome(toUnicode(error.message), `${line}:${column}`);
  }
}

/** Asks one REPL about all of them: it goes on after an error. */
export async function nixOutcomes(programs: readonly string[]): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sysbuild-parse-'));
  try {
    const file = (index: number) => join(folder, `${index}.nix`);
    for (const [index, program] of programs.entries()) writeFileSync(file(index), bytesOf(asFunction(program)));
    const answers = await askRepl(
      programs.map((_, index) => `import ./${index}.nix`),
      folder,
    );
    return answers.map((answer, index) => outcomeOf(answer, file(index)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a process says that has seen no other program: names that it has met decide which of two errors is told. */
export async function nixOutcomeAlone(program: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'sysbuild-parse-'));
  try {
    const file = join(folder, '0.nix');
    writeFileSync(file, bytesOf(asFunction(program)));
    const env = { ...process.env, NIX_REMOTE: 'dummy://', HOME: '/home/x', NO_COLOR: '1' };
    const { stderr } = await oracle(['nix-instantiate', '--parse', file], { env });
    const [, message, place] = /^error: ([\s\S]*?)\n +at [^\n]*?:(\d+:\d+):/m.exec(stderr) ?? [];
    if (message === undefined || message.startsWith('undefined variable')) return 'parsed';
    return outcome(message.replaceAll(file, 'FILE'), place!);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The last error of an answer is the one about the file. */
function outcomeOf(answer: string, file: string): Outcome {
  const start = answer.indexOf('       error: ');
  if (start < 0) {
    if (answer.includes('«lambda')) return 'parsed';
    throw new Error(`the oracle said: ${answer}`);
  }
  const text = answer.slice(start + '       error: '.length);
  const place = text.indexOf(`\n       at ${file}:`);
  const message = text.slice(0, place).replaceAll(file, 'FILE');
  if (message.startsWith('undefined variable')) return 'parsed';
  const at = /^\d+:\d+/.exec(text.slice(place + `\n       at ${file}:`.length));
  return outcome(message, at?.[0] ?? '?');
}

/** A REPL expands tabs and drops blanks and control characters at the end of lines: where source is quoted, all go. */
function outcome(message: string, place: string): Outcome {
  const text = message.includes('null bytes') ? message.replace(/[\s\0-\x1f]+/g, '') : message;
  return `${text} at ${place}`;
}
