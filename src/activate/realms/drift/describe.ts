/** Drift and convergence as plain lines. Pure. */
import { plural } from '../../../base/text.ts';
import type { ConvergeReport } from '../converge/engine.ts';
import type { Deviation, Verdict } from '../deviation.ts';
import { describeOwner } from '../map/claims.ts';
import type { DriftReport } from './machine-drift.ts';

const titles: Readonly<Record<Verdict, string>> = {
  alarm: 'ALARM: not as the generation is',
  repair: 'sysbuild converge puts right',
  report: 'not as its owner left it',
  growth: 'unknown, since the last look',
  inventory: 'left alone',
};

export interface DescribeOptions {
  /** Show what is left alone one by one. */
  readonly all: boolean;
  /** Show the lines of texts that differ. */
  readonly diff: boolean;
}

/** Most lines of one kind, unless all are asked for. */
const most = 40;

export function describeDrift(report: DriftReport, { all, diff }: DescribeOptions): string[] {
  const lines: string[] = [];
  const byVerdict = Map.groupBy(report.deviations, ({ verdict }) => verdict);
  for (const verdict of ['alarm', 'repair', 'report', 'growth', 'inventory'] as const) {
    const found = byVerdict.get(verdict) ?? [];
    if (found.length === 0) continue;
    lines.push(`${titles[verdict]}: ${found.length}`);
    const quiet = verdict === 'inventory' && !all;
    const shown = quiet ? found.filter(({ override }) => override !== undefined) : all ? found : found.slice(0, most);
    for (const deviation of shown)
      lines.push(...describeDeviation(deviation, diff && verdict === 'alarm').map((line) => `  ${line}`));
    if (shown.length < found.length) lines.push(`  … ${found.length - shown.length} more with --all`);
  }
  if (report.pendingTriggers.length > 0) lines.push(`still to be carried out: ${report.pendingTriggers.join(', ')}`);
  return [...lines, summary(report)];
}

function describeDeviation(deviation: Deviation, diff: boolean): string[] {
  const { realm, subject, aspect, owner, expected, found, since, override } = deviation;
  const name = subject.type === 'path' ? subject.name : `${subject.type} ${subject.name}`;
  const time = since === undefined ? '' : `, since ${since.slice(0, 19)}Z`;
  const marked = override === undefined ? '' : `, override ${override}`;
  const head = `${name}  ${aspect}: ${found}${plain(aspect) ? '' : ` and not ${expected}`}  [${realm}: ${describeOwner(owner)}${time}${marked}]`;
  return [head, ...(diff ? (deviation.diff ?? []).map((line) => `    ${line}`) : [])];
}

/** Aspects whose expectation says nothing more. */
function plain(aspect: Deviation['aspect']): boolean {
  return ['appeared', 'disappeared', 'changed', 'extra', 'drop-in', 'not-kept'].includes(aspect);
}

function summary({ deviations, counts, survey, since }: DriftReport): string {
  const { paths, read, remembered } = survey.counts;
  const looked = `${plural(paths, 'path')} looked at, ${plural(read, 'file')} read, ${remembered} known by their inodes`;
  const realms = Object.entries(counts)
    .map(([realm, count]) => `${count} ${realm}`)
    .join(', ');
  const first = since === undefined ? '; the first look: growth is told from the next one on' : '';
  return `${deviations.length === 0 ? 'nothing deviates' : `${plural(deviations.length, 'deviation')}: ${realms}`}; ${looked}${first}`;
}

export function describeConverge(report: ConvergeReport): string[] {
  const lines = report.resources
    .filter(({ outcome }) => outcome !== 'kept')
    .map(({ name, outcome, cause, detail, oscillates }) => {
      const often =
        oscillates === undefined ? '' : `; repaired ${oscillates} times within an hour: something works against it`;
      return `${outcome}  ${name}${detail === undefined ? '' : `  ${detail}`}${cause === undefined ? '' : `  (${cause})`}${often}`;
    });
  const triggers = report.triggers.map(
    ({ trigger, by, outcome, detail }) =>
      `${outcome}  ${trigger}, triggered by ${by}${detail === undefined ? '' : `: ${detail}`}`,
  );
  const count = (outcome: string): number => report.resources.filter((one) => one.outcome === outcome).length;
  const outcomes = ['kept', 'repaired', 'deviates', 'not-kept', 'skipped'].map(
    (outcome) => [count(outcome), outcome.replace('-', ' ')] as const,
  );
  const counted = outcomes.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);
  return [...lines, ...triggers, counted.length === 0 ? 'nothing is declared to converge' : counted.join(', ')];
}
