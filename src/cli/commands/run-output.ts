/** What the verbs print that go to a system which is there already. */
import { AppError, operations, type RunSummary } from '../../app/index.ts';
import type { Invocation } from '../command.ts';
import { afterwords, headline } from '../machine-run.ts';
import { renderJson } from '../render/json.ts';

export async function showRun({ flag, terminal, command }: Invocation, summary: RunSummary): Promise<void> {
  const { describePlan } = await operations.generations();
  const { root, plan, report } = summary;
  const theme = terminal.outTheme;
  if (flag('json')) {
    terminal.out(renderJson(summary));
    return;
  }
  const lines = describePlan(plan);
  if (report === undefined) terminal.out(lines.map((line) => `${line}\n`).join(''));
  else {
    const isBack = command.name === 'rollback' && report.outcome === 'switched';
    const first = headline(report, root, theme);
    const all = [
      isBack ? first.replace(' is now ', ' is ').concat(' again') : first,
      ...lines,
      ...afterwords(report, theme),
    ];
    terminal.out(all.map((line) => `${line}\n`).join(''));
  }
}

/** The one operand that a verb cannot do without. */
export function requiredOperand({ operands, command }: Invocation, what: string): string {
  const [operand] = operands;
  if (operand !== undefined) return operand;
  throw new AppError('app/usage', `sysbuild ${command.name} needs ${what}`, {
    hint: `sysbuild ${command.name} --help says more.`,
  });
}
