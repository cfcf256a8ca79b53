/** Reading what systemd's programs print. Pure. */
import type { ActiveState, LiveUnit } from './live-unit.ts';

export const shownProperties = [
  ...['Id', 'Names', 'LoadState', 'ActiveState', 'SubState', 'FragmentPath', 'TriggeredBy', 'ExecMainStatus'],
  ...['NRestarts', 'StateChangeTimestampMonotonic'],
] as const;

/** `systemctl show`: blocks of `Property=value`, with a blank line between units. */
export function parseShow(text: string): Map<string, LiveUnit> {
  const found = new Map<string, LiveUnit>();
  for (const block of text.split(/\n\n+/)) {
    const values = new Map<string, string>();
    for (const line of block.split('\n')) {
      const equals = line.indexOf('=');
      if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1));
    }
    const name = values.get('Id');
    if (name === undefined) continue;
    const unit: LiveUnit = {
      name,
      load: values.get('LoadState') ?? '',
      active: (values.get('ActiveState') ?? 'inactive') as ActiveState,
      sub: values.get('SubState') ?? '',
      fragment: values.get('FragmentPath') ?? '',
      triggeredBy: words(values.get('TriggeredBy')),
      mainStatus: Number(values.get('ExecMainStatus') ?? 0),
      restarts: Number(values.get('NRestarts') ?? 0),
      since: values.get('StateChangeTimestampMonotonic') ?? '',
    };
    for (const other of [name, ...words(values.get('Names'))]) found.set(other, unit);
  }
  return found;
}

/**
 * Which units a `systemctl start` (stop, restart, reload) failed for, and why, by what it wrote to standard error: `Job
 * for X failed because …`, `Failed to start X: …`. Where it names none of them, all of them.
 */
export function parseJobFailures(stderr: string, units: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of stderr.split('\n')) {
    const match =
      /^(?:A dependency j|J)ob for (\S+) (.*?)\.?$/.exec(line) ?? /^Failed to [\w-]+ (\S+): (.*?)\.?$/.exec(line);
    if (match === null) continue;
    const why = line.startsWith('A dependency') ? 'something that it needs failed' : match[2]!;
    found.set(match[1]!, why);
  }
  if (found.size > 0) return found;
  const said = stderr.trim().split('\n').at(-1) || 'systemctl gave no reason';
  return new Map(units.map((unit) => [unit, said]));
}

export interface Job {
  readonly id: string;
  readonly unit: string;
  readonly type: string;
  readonly state: string;
}

/** `systemctl list-jobs --no-legend`: `12 a.service start running`. */
export function parseJobs(text: string): Job[] {
  return text.split('\n').flatMap((line) => {
    const [id, unit, type, state] = line.trim().split(/\s+/);
    return id !== undefined && /^\d+$/.test(id) && unit !== undefined && type !== undefined
      ? [{ id, unit, type, state: state ?? '' }]
      : [];
  });
}

/** `systemd-inhibit --list --no-legend`: `WHO UID USER PID COMM WHAT WHY MODE`, columns apart by two spaces or more. */
export function parseInhibitors(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(.*?)\s+(\d+)\s+(\S+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.*?)\s+block\s*$/.exec(line);
    if (match === null) return [];
    const [, who, , user, pid, , what, why] = match;
    const holdsShutdown = what!.split(':').includes('shutdown');
    return holdsShutdown ? [`${who} (${user}, pid ${pid}): ${why}`] : [];
  });
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(' ').filter((word) => word !== '');
}
