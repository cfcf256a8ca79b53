/** What exists after a switch, and what to try next. */
import type { SwitchSummary } from '../../app/index.ts';
import { formatBytes, formatDuration, plural } from '../../base/text.ts';
import { shellWord } from '../machine.ts';
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
    headline(summary, theme),
    ...rows.map(([title, text]) => `  ${theme.dim(title.padEnd(width))}${text}`),
    ...savedLines(summary, theme),
  ];
  if (summary.report?.outcome !== 'unchanged') lines.push('', ...nextLines(summary, again, theme));
  return `${lines.join('\n')}\n`;
}

function headline({ report, root, hostName }: SwitchSummary, theme: Theme): string {
  const number = theme.strong(`generation ${report!.generation}`);
  const where = `${hostName} at ${theme.place(root)}`;
  switch (report!.outcome) {
    case 'switched':
      return `${theme.good('✓')} ${where} is now ${number}`;
    case 'repaired':
      return `${theme.good('✓')} ${where} is ${number} already; what was not as declared has been put right`;
    case 'on trial':
      return `${theme.good('✓')} ${where} is on trial until it boots; ${number} stays current`;
    case 'staged':
      return `${theme.good('✓')} ${where} becomes ${number} when it boots; until then nothing changes`;
    case 'unchanged':
      return `${theme.good('✓')} ${where} is ${number} already, and everything is as declared: nothing was done`;
  }
}

function rowsOf(summary: SwitchSummary): [string, string][] {
  const { system, files, packages, closure, builds, copied, plan, milliseconds } = summary;
  const changed = plan.files.length === 0 ? 'nothing changed' : `${plural(plan.files.length, 'place')} changed`;
  const names = packages.map(({ name, version }) => `${name} ${version}`.trim()).join(', ');
  const copies = copied === 0 ? '' : `, ${plural(copied, 'path')} copied`;
  const fromCaches = builds.substituted === 0 ? '' : `${builds.substituted} from caches, `;
  return [
    ['system', system],
    ['files', `${files} declared, ${changed} on disk`],
    ['packages', names === '' ? 'none' : names],
    ['closure', `${plural(closure.paths, 'path')}, ${formatBytes(closure.bytes)}`],
    ['work', `${builds.built} built, ${builds.fetched} fetched, ${fromCaches}${builds.reused} reused${copies}`],
    ['time', formatDuration(milliseconds)],
  ];
}

/** Bytes that a switch has set aside are told, always. */
function savedLines({ report }: SwitchSummary, theme: Theme): string[] {
  return (report?.saved ?? []).map(
    ({ path, place }) => `  ${theme.warning('kept')}  what was at ${path} is now ${place}`,
  );
}

function nextLines({ root, report }: SwitchSummary, { file, operand, program }: Again, theme: Theme): string[] {
  const rootWords = `--root ${shellWord(root)}`;
  const machine = operand === undefined ? rootWords : `${shellWord(operand)} ${rootWords}`;
  const isFirst = report?.plan.from === undefined;
  const edit =
    file === undefined ? 'change the expression and switch again' : `change a line in ${file} and switch again`;
  const next: [string, string][] = [
    [edit, `${program} switch ${machine}`],
    [isFirst ? 'then see what changed' : 'see what changed', `${program} diff ${rootWords}`],
    [isFirst ? 'and roll back' : 'roll back', `${program} rollback ${rootWords}`],
  ];
  return ['Next:', ...next.flatMap(([what, command]) => [`  ${theme.dim(`# ${what}`)}`, `  ${theme.strong(command)}`])];
}
