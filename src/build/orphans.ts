/**
 * Sandboxes whose run is gone. A sandbox ends with the process that started it, but for a few milliseconds while it is
 * set up: one that was orphaned just then goes on, holding the lock of its run's folder, until the next run ends it.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';

const name = 'owner';

/** Notes in a run's folder which process it belongs to: its id, when it started, and where that id is one. */
export function writeOwner(folder: string): void {
  fs.writeFileSync(join(folder, name), identityOf(process.pid) ?? '');
}

/** Whether the process that a folder belongs to is gone; false where that cannot be known from here. */
export function ownerIsGone(folder: string): boolean {
  let owner: string;
  try {
    owner = fs.readFileSync(join(folder, name), 'utf8');
  } catch {
    return false;
  }
  const [pid, , namespace] = owner.split(' ');
  if (pid === undefined || namespace !== ownNamespace()) return false;
  return identityOf(Number(pid)) !== owner;
}

/** Ends every process that holds a file open, and with the first process of a sandbox all of it. */
export function endHolders(file: string): void {
  const wanted = fs.statSync(file);
  for (const pid of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid || !holds(pid, wanted)) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself, or is another user's.
    }
  }
}

function holds(pid: string, wanted: fs.Stats): boolean {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const held = fs.statSync(`/proc/${pid}/fd/${fd}`, { throwIfNoEntry: false });
      return held !== undefined && held.ino === wanted.ino && held.dev === wanted.dev;
    });
  } catch {
    return false;
  }
}

/** Ids are used again: with the time when it started, one names a process for good. */
function identityOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /[ZX]/.test(fields[0]!) ? undefined : `${pid} ${fields[19]} ${ownNamespace()}`;
  } catch {
    return undefined;
  }
}

function ownNamespace(): string {
  try {
    return fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'unknown';
  }
}
