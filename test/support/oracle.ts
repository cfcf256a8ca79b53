/**
 * The real Nix as an oracle. `REFERENCE_NIX` names a command that runs the words given to it with a real Nix of
 * 2.34 on its path (`$REFERENCE_NIX nix-instantiate …`). Where it is absent, tests against it say so and do not run.
 */
import { test } from 'vitest';
import { type RunOptions, type RunResult, run, runSync } from '../../src/base/process.ts';

const command = process.env['REFERENCE_NIX'] ?? defaultCommand();

/** True where the oracle can be asked. */
export const haveOracle: boolean = command !== undefined;

/** `test` that runs where the oracle is, and is shown as skipped, with the reason in its name, where it is not. */
export const oracleTest = (name: string, body: () => void | Promise<void>, timeout?: number): void => {
  if (haveOracle) test(name, body, timeout);
  else test.skip(`${name} (no real Nix here: set REFERENCE_NIX)`, () => {});
};

/** Runs a command of the real Nix. Options before the program, as `--store DIR`, are the wrapper's own. */
export function oracle(words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  if (command === undefined) throw new Error('no oracle here');
  const [program, ...rest] = command.split(' ');
  return run(program!, [...rest, ...words], options);
}

/** Without `REFERENCE_NIX`, a Nix 2.34 that is installed on this machine. */
function defaultCommand(): string | undefined {
  try {
    return / 2\.34\./.test(runSync('nix-instantiate', ['--version']).stdout) ? 'env' : undefined;
  } catch {
    return undefined;
  }
}
