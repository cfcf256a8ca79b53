/** Programs in files and what becomes of them: in sysbuild, in this process, and in the real Nix. */
import { basename, dirname } from 'node:path';
import { resolveConfig } from '../../src/app/config.ts';
import { diagnosticOf } from '../../src/app/diagnose.ts';
import { evaluate } from '../../src/app/operations/evaluate.ts';
import { fromUnicode, toUnicode } from '../../src/base/bytes.ts';
import { SysbuildError } from '../../src/base/errors.ts';
import { silent } from '../../src/base/events.ts';
import { type RunResult, run } from '../../src/base/process.ts';
import { askRepl } from './nix-repl.ts';
import { oracle } from './oracle.ts';

/** The whole value as text, or `error: ` and the message of the error without its trace. */
export type Answer = string;

/** What programs in a folder can see of the environment. The home is one that its user owns, or Nix takes another. */
const environment = (folder: string) => ({ HOME: folder, NIX_PATH: '', GREETING: 'hello' });

export async function ourAnswers(files: readonly string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const file of files) answers.push(await ourAnswer(file));
  return answers;
}

async function ourAnswer(file: string): Promise<Answer> {
  const config = resolveConfig([
    { name: 'store', value: 'dummy://', origin: 'test' },
    { name: 'experimental-features', value: 'nix-command flakes ca-derivations', origin: 'test' },
  ]);
  const cwd = dirname(file);
  const session = { config, env: environment(cwd), cwd, sink: silent, signal: new AbortController().signal };
  const subject = { sources: [{ kind: 'file', path: fromUnicode(file) } as const], attributes: [], arguments: [] };
  let text = '';
  try {
    for await (const piece of evaluate(session, subject, { format: 'nix', strict: true, locations: false }))
      text += piece;
    return toUnicode(text).trimEnd();
  } catch (error) {
    if (!(error instanceof SysbuildError)) throw error;
    return trimmed(`error: ${diagnosticOf(error).message}`);
  }
}

/** The answer of a process of its own. */
export async function ourAnswerAlone(file: string): Promise<Answer> {
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
  const env = { ...process.env, ...nixEnvironment([file]), NO_COLOR: '1' };
  const words = ['--no-warnings', main, 'eval', '--strict', '--store', 'dummy://', '--file', file];
  const result = await run(process.execPath, words, { cwd: dirname(file), env });
  return result.status === 0 ? result.stdout.trimEnd() : (errorIn(result.stderr) ?? result.stderr);
}

/**
 * The answers of the real Nix for files of one folder. One process evaluates all that give values, one REPL all that fail; `fails` is a guess
 * which is which, and wrong guesses cost only time.
 */
export async function nixAnswers(files: readonly string[], fails: (index: number) => boolean): Promise<Answer[]> {
  const failing = files.filter((_, index) => fails(index));
  const values = await nixValues(files.filter((_, index) => !fails(index)));
  const questions = failing.map((file) => `builtins.deepSeq (import ./${basename(file)}) null`);
  const said = failing.length === 0 ? [] : await askRepl(questions, dirname(failing[0]!), nixEnvironment(failing));
  const errors = await Promise.all(said.map((text, index) => errorIn(text) ?? nixAnswer(failing[index]!)));
  return files.map((_, index) => (fails(index) ? errors : values).shift()!);
}

async function nixValues(files: readonly string[]): Promise<Answer[]> {
  if (files.length === 0) return [];
  const result = await askNix(files);
  const lines = result.stdout.trimEnd().split('\n');
  if (result.status === 0 && lines.length === files.length) return lines;
  if (files.length === 1) return [errorIn(result.stderr) ?? lines.join('\n')];
  const half = files.length >> 1;
  return [...(await nixValues(files.slice(0, half))), ...(await nixValues(files.slice(half)))];
}

/** The answer of a process that sees nothing else. */
export async function nixAnswer(file: string): Promise<Answer> {
  return (await nixValues([file]))[0]!;
}

const nixEnvironment = (files: readonly string[]): NodeJS.ProcessEnv => ({
  ...environment(dirname(files[0]!)),
  NIX_CONFIG: 'extra-experimental-features = nix-command flakes ca-derivations',
});

function askNix(files: readonly string[]): Promise<RunResult> {
  const env = { ...process.env, ...nixEnvironment(files), NO_COLOR: '1', NIX_REMOTE: 'dummy://' };
  return oracle(['nix-instantiate', '--eval', '--strict', ...files], { env });
}

/** The last `error: ` of a message, up to the place that it points to. */
function errorIn(stderr: string): Answer | undefined {
  const lines = stderr.trimEnd().split('\n');
  const start = lines.findLastIndex((line) => /^ *error: /.test(line));
  if (start < 0) return undefined;
  const indent = lines[start]!.indexOf('error: ');
  const rest = lines.slice(start + 1);
  const end = rest.findIndex(
    (line) => line === '' || /^ +at .*:\d+:\d+:$/.test(line) || /^ *Did you mean|^Try '/.test(line),
  );
  const more = (end < 0 ? rest : rest.slice(0, end)).map((line) => line.slice(indent).replace(/^ {7}/, ''));
  return trimmed([lines[start]!.slice(indent), ...more].join('\n'));
}

/** Without blanks at the end of lines: a terminal's, not the message's. */
const trimmed = (text: string): string => text.replace(/[ \t]+$/gm, '').trimEnd();
