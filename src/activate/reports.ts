/** The reports of runs: what was asked, what came of it, how long each part took. The newest are kept. */
import * as fs from 'node:fs';
import { makeFolders } from '../base/folders.ts';
import { writeFileAtomic } from '../base/fs-atomic.ts';
import type { MachineLayout } from './layout.ts';

/** What became of one thing of the machine. */
export interface ReportLine {
  readonly what: string;
  /** `done`: as planned. `not kept`: it is not as declared. `skipped`: left as it was on purpose. `kept`: bytes set aside. */
  readonly outcome: 'done' | 'repaired' | 'not kept' | 'skipped' | 'kept' | 'undone';
  readonly why: string;
}

export interface RunReport {
  readonly number: number;
  readonly verb: string;
  readonly by: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly milliseconds: number;
  /** Milliseconds of each part of the run, in order. */
  readonly parts: readonly { readonly name: string; readonly milliseconds: number }[];
  /** `switched`, `repaired`, `unchanged`, `on trial`, `staged`, `failed`, `reverted`… */
  readonly outcome: string;
  readonly from: { readonly generation: number; readonly system: string } | undefined;
  readonly to: { readonly generation: number | undefined; readonly system: string } | undefined;
  readonly lines: readonly ReportLine[];
  readonly error: { readonly code: string; readonly message: string; readonly details: unknown } | undefined;
}

const kept = 200;

export function listReports(layout: MachineLayout): RunReport[] {
  return numbersOf(layout).map((number) => readReport(layout, number)!);
}

export function readReport(layout: MachineLayout, number: number): RunReport | undefined {
  const path = `${layout.reports}/${number}.json`;
  return fs.existsSync(path) ? (JSON.parse(fs.readFileSync(path, 'utf8')) as RunReport) : undefined;
}

/** Writes a report under the next number, which is returned. */
export function addReport(layout: MachineLayout, report: Omit<RunReport, 'number'>): RunReport {
  makeFolders(layout.reports);
  const numbers = numbersOf(layout);
  const whole = { number: (numbers.at(-1) ?? 0) + 1, ...report };
  writeFileAtomic(`${layout.reports}/${whole.number}.json`, `${JSON.stringify(whole, null, 2)}\n`);
  for (const old of numbers.slice(0, Math.max(0, numbers.length + 1 - kept))) {
    fs.rmSync(`${layout.reports}/${old}.json`, { force: true });
  }
  return whole;
}

function numbersOf(layout: MachineLayout): number[] {
  if (!fs.existsSync(layout.reports)) return [];
  return fs
    .readdirSync(layout.reports)
    .flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
