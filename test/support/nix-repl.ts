/** One REPL of the real Nix for many questions: it goes on after an error, so thousands cost one start. */
import { oracle } from './oracle.ts';

/**
 * What the REPL says to each line, values and errors alike. A line must not be empty or a command, and is short: what
 * is longer than a terminal is wide would be repeated in pieces. It is started in `cwd`.
 */
export async function askRepl(lines: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const input = lines.map((line) => `${line}\n`).join('');
  const environment = { ...process.env, NO_COLOR: '1', TERM: 'dumb', NIX_REMOTE: 'dummy://?read-only=false', ...env };
  // Values and errors come in one stream, or their order would be lost.
  const { stdout } = await oracle(['sh', '-c', 'exec nix repl --quiet 2>&1'], { input, cwd, env: environment });
  const answers = stdout.split(/^nix-repl> /m).slice(1);
  // The prompt repeats the line; behind the last answer stands a prompt without one.
  const kept = answers.slice(0, lines.length).map((answer, index) => answer.slice(lines[index]!.length));
  if (answers.length !== lines.length + 1 || kept.some((_, index) => !answers[index]!.startsWith(lines[index]!))) {
    throw new Error(`${lines.length} questions, ${answers.length - 1} answers: ${stdout.slice(0, 2000)}`);
  }
  return kept;
}
