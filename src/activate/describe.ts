/** Plans and comparisons as plain lines, the same on every front end. Pure. */
import { formatBytes, plural } from '../base/text.ts';
import type { FileChange, InnerChange, SystemDiff } from './generation-diff.ts';
import type { Declaration } from './manifest-fields.ts';
import type { Step, SwitchPlan } from './plan-values.ts';
import type { Decision } from './units/unit-decide.ts';
import type { UnitStep } from './units/unit-values.ts';

/** A plan, a step a line: what, where, why, and who declared it. */
export function describePlan(plan: SwitchPlan): string[] {
  const rows = [
    ...plan.files.map((step) => [step.action, step.path, reasonOf(step), declarerOf(step)]),
    ...plan.left.map(({ path, why }) => ['leave', path, why, '']),
    ...plan.users.map((step) => [step.action, `${step.kind} ${step.name} (${step.id})`, step.reason, declarerOf(step)]),
    ...plan.effects.map((effect) => ['apply', effect.name, [effect.program, ...effect.args].join(' '), '']),
    ...plan.units.map((step) => [step.action, step.unit, reasonOfUnit(step), declarerOf(step)]),
  ];
  return [...columns(rows), summary(plan)];
}

function reasonOfUnit({ reason, because, was }: UnitStep): string {
  const first = because[0];
  const more = because.length > 1 ? ` and ${because.length - 1} more` : '';
  return `${reason}${first === undefined ? '' : `: ${first}${more}`} (was ${was})`;
}

/** Why one unit is treated as it is, in lines. */
export function describeUnit(unit: string, decision: Decision): string[] {
  const action = decision.action === 'none' || decision.action === 'apply' ? 'nothing is done' : decision.action;
  return [`${unit}: ${action}, because ${decision.reason}`, ...decision.because.map((line) => `  ${line}`)];
}

function reasonOf(step: Step): string {
  return step.saves === undefined ? step.reason : `${step.reason}; ${savedWords[step.saves]} are kept`;
}

function declarerOf({ declared }: { readonly declared: Declaration | undefined }): string {
  return declared === undefined ? '' : `${declared.option} in ${declared.definedIn}`;
}

/** Rows as lines, each column as wide as its widest cell. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

const savedWords = { foreign: 'bytes that are not ours', edited: 'the edits' } as const;

function summary(plan: SwitchPlan): string {
  const same = `${plural(plan.unchanged, 'file')} as declared`;
  const adopted = plan.adopted.length === 0 ? '' : `, of which ${plan.adopted.length} were there before`;
  const steps = plan.files.length + plan.users.length + plan.units.filter((step) => step.action !== 'skip').length;
  return `${steps === 0 ? 'nothing to do' : plural(steps, 'step')}; ${same}${adopted}`;
}

/** A comparison of two systems. */
export function describeDiff(diff: SystemDiff): string[] {
  const lines = [...packageLines(diff), ...diff.files.flatMap(fileLines), ...closureLines(diff)];
  return lines.length === 0 ? ['no difference'] : lines;
}

function packageLines({ packages }: SystemDiff): string[] {
  return [
    ...packages.added.map((entry) => `package  + ${entry.name} ${entry.version}`.trimEnd()),
    ...packages.removed.map((entry) => `package  - ${entry.name} ${entry.version}`.trimEnd()),
    ...packages.changed.map(({ name, before, after }) =>
      before.version === after.version
        ? `package  ~ ${name} ${after.version} (built otherwise)`
        : `package  ~ ${name} ${before.version} -> ${after.version}`,
    ),
  ];
}

function fileLines(change: FileChange): string[] {
  const sign = { added: '+', removed: '-', content: '~', attributes: '~', kind: '~' }[change.change];
  const head = `file     ${sign} ${change.path}`;
  const text = change.change === 'content' ? indented(11, change.text?.lines) : [];
  return [`${head}${detail(change)}`, ...text, ...change.inside.flatMap(innerLines)];
}

function innerLines({ path, change, text }: InnerChange): string[] {
  const sign = { added: '+', removed: '-', content: '~' }[change];
  const counts = change === 'content' && text !== undefined ? `  +${text.added} -${text.removed}` : '';
  return [`           ${sign} ${path}${counts}`, ...(change === 'content' ? indented(13, text?.lines) : [])];
}

function indented(width: number, lines: readonly string[] = []): string[] {
  return lines.map((line) => `${' '.repeat(width)}${line}`.trimEnd());
}

function detail({ change, before, after, text }: FileChange): string {
  if (change === 'attributes') return `  mode or owner: ${attributes(before)} -> ${attributes(after)}`;
  if (change === 'kind') return `  ${before?.kind} -> ${after?.kind}`;
  if (before?.kind === 'symlink' && after?.kind === 'symlink') return `  -> ${after.target}`;
  return change === 'content' && text !== undefined ? `  +${text.added} -${text.removed}` : '';
}

function attributes(state: FileChange['before']): string {
  if (state === undefined || state.kind === 'symlink') return '';
  const mode = state.mode.toString(8).padStart(4, '0');
  return state.uid === undefined ? mode : `${mode} ${state.uid}:${state.gid}`;
}

function closureLines({ closure }: SystemDiff): string[] {
  const { added, removed, sizeBefore, sizeAfter } = closure;
  if (added.length === 0 && removed.length === 0) return [];
  const grown = sizeAfter - sizeBefore;
  return [
    ...added.map(({ path, size }) => `store    + ${path}  ${formatBytes(size)}`),
    ...removed.map(({ path, size }) => `store    - ${path}  ${formatBytes(size)}`),
    `closure  ${formatBytes(sizeBefore)} -> ${formatBytes(sizeAfter)} (${grown < 0 ? '-' : '+'}${formatBytes(Math.abs(grown))})`,
  ];
}
