/** What a run that went on after failures tells at its end: every one of them, by name, with what became of the rest. */
import { plural } from '../base/text.ts';
import { nameOf, type StorePath } from '../formats/index.ts';
import { BuildError, exitStatusOf } from './errors.ts';
import type { BuildFailure, BuildResult } from './realise.ts';

/** Undefined when nothing failed. The only failure of a run stays as it is. */
export function failureOfRun({ failures, skipped }: BuildResult): BuildError | undefined {
  const [first] = failures;
  if (first === undefined) return undefined;
  if (failures.length === 1 && skipped.length === 0) return first.error;
  const lines = [`${plural(failures.length, 'build')} failed:`, ...table(failures)];
  if (skipped.length > 0) {
    lines.push(`${plural(skipped.length, 'derivation')} could not be built because of that:`);
    lines.push(...skipped.map((drvPath) => `  ${shortName(drvPath)}`));
  }
  return new BuildError('build/several-failed', lines.join('\n'), {
    details: { failures: failures.map(detailsOf), skipped, status: exitStatusOf(failures.map(({ error }) => error)) },
    hint: `sysbuild log ${first.drvPath} shows the log of the first.`,
  });
}

function table(failures: readonly BuildFailure[]): string[] {
  const names = failures.map(({ drvPath }) => shortName(drvPath));
  const width = Math.max(...names.map((name) => name.length));
  return failures.map(({ error }, index) => `  ${names[index]!.padEnd(width)}  ${reasonOf(error)}`);
}

/** What went wrong, in a line: the message without the derivation that the table names already. */
function reasonOf({ message }: BuildError): string {
  return message.split('\n', 1)[0]!.replace(/^the (?:builder|build) of '[^']*' /, '');
}

function detailsOf({ drvPath, error }: BuildFailure) {
  return { drvPath, code: error.code, status: error.exitStatus, message: error.message, details: error.details };
}

/** A derivation without its folder, hash and extension. */
function shortName(drvPath: StorePath): string {
  return nameOf(drvPath).replace(/\.drv$/, '');
}
