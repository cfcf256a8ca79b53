/** The processes of this machine, as the tests see them: read from /proc, as an empty machine has no `pgrep`. */
import * as fs from 'node:fs';

/** The command line of each process, its words joined by spaces. */
export function commandLines(): string[] {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return ''; // it ended meanwhile
    }
  });
}
