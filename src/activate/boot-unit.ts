/**
 * What a switch leaves to the next boot: while one is under way, on trial, or staged, a unit of the machine's service
 * manager has sysbuild look after it before anything else starts. It is there only as long as it is needed.
 */
import * as fs from 'node:fs';
import { symlinkAtomic, writeFileAtomic } from '../base/fs-atomic.ts';
import type { Machine } from './machine.ts';

const unitName = 'sysbuild-recover.service';

const places = (root: string) => ({
  unit: `${root}/etc/systemd/system/${unitName}`,
  wants: `${root}/etc/systemd/system/sysinit.target.wants`,
});

/** Units of the machine that read what a switch may change: they wait for us. */
const later = [
  ...['sysinit.target', 'systemd-tmpfiles-setup.service', 'systemd-sysctl.service', 'systemd-modules-load.service'],
  ...['systemd-sysusers.service', 'systemd-udevd.service'],
];

function unitText(program: string): string {
  return `# Made by sysbuild while something is left for the next boot; it goes by itself.
[Unit]
Description=Finish or undo what a switch of this machine left
DefaultDependencies=no
RequiresMountsFor=/nix /var/lib/sysbuild ${program}
After=systemd-remount-fs.service
Before=${later.join(' ')}

[Service]
Type=oneshot
ExecStart=${program} recover --booting --root /
TimeoutStartSec=10min
`;
}

/** Has the next boot look after what is left. */
export function arm({ layout, manager, program }: Machine): void {
  if (manager === undefined || program === undefined) return;
  const { unit, wants } = places(layout.root);
  fs.mkdirSync(wants, { recursive: true });
  writeFileAtomic(unit, unitText(program));
  symlinkAtomic(`../${unitName}`, `${wants}/${unitName}`);
}

/** Nothing is left to the next boot, unless it is on trial, staged, or interrupted. */
export function disarm({ layout, manager, generations }: Machine): void {
  if (manager === undefined) return;
  if (fs.existsSync(layout.journal) || generations.trial() !== undefined || generations.next() !== undefined) return;
  const { unit, wants } = places(layout.root);
  fs.rmSync(`${wants}/${unitName}`, { force: true });
  fs.rmSync(unit, { force: true });
}
