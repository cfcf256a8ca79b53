/** What exists after a switch, and what to try next. */
import type { SwitchSummary } from '../../app/index.ts';
import { formatBytes, formatDuration, plural } from '../../base/text.ts';
import { shellWord } from '../machine.ts';
import { afterwords, headline } from '../machine-run.ts';
import type { Theme } from './theme.ts';

export interface Again {
  /** The file that describes the machine, as a person here would name it. */
  readonly file: string | undefined;
  /** The operand that was given. */
  readonly operand: string | undefined;
  /** How sysbuild was called. */
  readonly program: string;
}

export function renderSwitch(summary: SwitchSummary, again: Again, theme: Theme): string {
  const rows = rowsOf(summary);
  const width = Math.max(...rows.map(([title]) => title.length)) + 2;
  const lines = [
    headline(summary.report!, `${summary.hostName} at ${theme.place(summary.root)}`, theme),
    ...rows.map(([title, text]) => `  ${theme.dim(title.padEnd(width))}${text}`),
    ...afterwords(summary.report!, theme),
  ];
  if (summary.report?.outcome !== 'unchanged') lines.push('', ...nextLines(summary, again, theme));
  return `${lines.join('\n')}\n`;
}

function rowsOf(summary: SwitchSummary): [string, string][] {
  const { system, files, packages, closure, builds, copied, plan, milliseconds } = summary;
  const units = plan.units.filter((step) => step.action !== 'skip');
  const changed = plan.files.length === 0 ? 'nothing changed' : `${plural(plan.files.length, 'place')} changed`;
  const names = packages.map(({ name, version }) => `${name} ${version}`.trim()).join(', ');
  const copies = copied === 0 ? '' : `, ${plural(copied, 'path')} copied`;
  const fromCaches = builds.substituted === 0 ? '' : `${builds.substituted} from caches, `;
  return [
    ['system', system],
    ['files', `${files} declared, ${changed} on disk`],
    ...accountRows(plan),
    ...(units.length === 0
      ? []
      : [['units', units.map((step) => `${step.action} ${step.unit}`).join(', ')] as [string, string]]),
    ['packages', names === '' ? 'none' : names],
    ['closure', `${plural(closure.paths, 'path')}, ${formatBytes(closure.bytes)}`],
    ['work', `${builds.built} built, ${builds.fetched} fetched, ${fromCaches}${builds.reused} reused${copies}`],
    ['time', formatDuration(milliseconds)],
  ];
}

function accountRows({ users }: SwitchSummary['plan']): [string, string][] {
  if (users.length === 0) return [];
  return [['accounts', users.map(({ action, kind, name }) => `${action} ${kind} ${name}`).join(', ')]];
}

function nextLines({ root, report }: SwitchSummary, { file, operand, program }: Again, theme: Theme): string[] {
  const rootWords = `--root ${shellWord(root)}`;
  const machine = operand === undefined ? rootWords : `${shellWord(operand)} ${rootWords}`;
  const isFirst = report?.plan.from === undefined;
  const edit = file === undefined ? 'switch to something else' : `change a line in ${file} and switch again`;
  const next: [string, string][] = [
    [edit, `${program} switch ${machine}`],
    [isFirst ? 'then see what changed' : 'see what changed', `${program} diff ${rootWords}`],
    [isFirst ? 'and roll back' : 'roll back', `${program} rollback ${rootWords}`],
  ];
  return ['Next:', ...next.flatMap(([what, command]) => [`  ${theme.dim(`# ${what}`)}`, `  ${theme.strong(command)}`])];
}
