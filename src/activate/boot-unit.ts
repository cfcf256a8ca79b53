/**
 * What a switch leaves to the next boot: while one is under way, on trial, or staged, a unit of the machine's service
 * manager has sysbuild look after it before anything else starts. It is there only as long as it is needed.
 */
import * as fs from 'node:fs';
import { makeFolders } from '../base/folders.ts';
import { symlinkAtomic, writeFileAtomic } from '../base/fs-atomic.ts';
import type { Machine } from './machine.ts';
import { removeIfEmpty } from './places.ts';

const unitName = 'sysbuild-recover.service';

/** Read like `/etc/systemd/system`, and nobody declares anything in it: the unit is in no plan's way. */
const folderOf = (root: string): string => `${root}/etc/systemd/system.attached`;
const wantsOf = (root: string): string => `${folderOf(root)}/sysinit.target.wants`;

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
  const [folder, wants] = [folderOf(layout.root), wantsOf(layout.root)];
  makeFolders(wants);
  writeFileAtomic(`${folder}/${unitName}`, unitText(program));
  symlinkAtomic(`../${unitName}`, `${wants}/${unitName}`);
}

/** Nothing is left to the next boot, unless it is on trial, staged, or interrupted. */
export function disarm({ layout, manager, generations }: Machine): void {
  if (manager === undefined) return;
  if (fs.existsSync(layout.journal) || generations.trial() !== undefined || generations.next() !== undefined) return;
  const [folder, wants] = [folderOf(layout.root), wantsOf(layout.root)];
  fs.rmSync(`${wants}/${unitName}`, { force: true });
  fs.rmSync(`${folder}/${unitName}`, { force: true });
  for (const empty of [wants, folder]) removeIfEmpty(empty);
}
