/**
 * What is mounted on a machine, from `/proc/self/mountinfo` (proc_pid_mountinfo(5)):
 *
 *     ID PARENT MAJOR:MINOR ROOT PLACE OPTIONS OPTIONAL… - TYPE SOURCE SUPER-OPTIONS
 *
 * with spaces and the like as `\040`. Pure.
 */
import { isWithin } from './entry.ts';

export interface Mount {
  readonly device: string;
  /** What of the file system is mounted: `/`, or a folder or file of it. */
  readonly root: string;
  /** As a path of the machine. */
  readonly place: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** Mounts at or below a root folder (as in `MachineLayout`), their places as paths of the machine. */
export function parseMounts(text: string, root: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ');
    const [, , device, top, place, options] = (before ?? '').split(' ').map(unescapeOctal);
    const [type, source] = (after ?? '').split(' ').map(unescapeOctal);
    if (place === undefined || type === undefined || !isWithin(place, root || '/')) return [];
    return [
      {
        device: device!,
        root: top!,
        place: place.slice(root.length) || '/',
        type,
        source: source ?? '',
        options: (options ?? '').split(','),
      },
    ];
  });
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

const kernelTypes = new Set(
  (
    'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl hugetlbfs mqueue nsfs proc ' +
    'pstore rpc_pipefs securityfs selinuxfs sysfs tracefs'
  ).split(' '),
);
const networkTypes = /^(nfs|cifs|smb|ceph|9p|afs|glusterfs|fuse\.)/;

export interface WalkPlan {
  /** Where walks begin, as paths of the machine; each stays on its file system. */
  readonly starts: readonly string[];
  /** Mounts that are not walked, and why. */
  readonly left: readonly { readonly place: string; readonly why: string }[];
}

/**
 * Which file systems are walked: that of the root, and every other that is on a disk or in memory of this machine, each
 * once.
 * @param onlyRoot leave out all that is mounted below
 */
export function planWalk(mounts: readonly Mount[], outside: readonly string[], onlyRoot: boolean): WalkPlan {
  const starts = ['/'];
  const left: { place: string; why: string }[] = [];
  const root = mounts.findLast((mount) => mount.place === '/');
  const walked = new Set(root === undefined ? [] : [keyOf(root)]);
  for (const mount of mounts) {
    if (mount.place === '/' || outside.some((folder) => isWithin(mount.place, folder))) continue;
    const why = kernelTypes.has(mount.type)
      ? `a file system of the kernel (${mount.type})`
      : networkTypes.test(mount.type)
        ? `on another machine (${mount.type})`
        : isShown(mount, root, walked)
          ? `the same as ${mount.root} of ${mount.source}`
          : onlyRoot
            ? 'another file system'
            : undefined;
    if (why !== undefined) left.push({ place: mount.place, why });
    else {
      walked.add(keyOf(mount));
      starts.push(mount.place);
    }
  }
  return { starts, left };
}

const keyOf = ({ device, root }: Mount): string => `${device} ${root}`;

/** Whether what is mounted is seen elsewhere already: a second mount of the same, or a folder of the root's file system. */
function isShown(mount: Mount, root: Mount | undefined, walked: ReadonlySet<string>): boolean {
  if (walked.has(keyOf(mount))) return true;
  return root !== undefined && root.device === mount.device && isWithin(mount.root, root.root);
}
