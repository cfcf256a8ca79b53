/**
 * Folders and files below `/etc` whose change takes effect only when a program of the machine reads them again, as data.
 * They are applied after the files changed and before any unit is reloaded or started. Pure.
 */
import type { EffectCall } from '../units/service-manager.ts';

interface EffectRule {
  readonly name: string;
  /** What changed, as the beginning of a path or, without a slash at its end, a whole path. */
  readonly places: readonly string[];
  readonly program: string;
  readonly args: readonly string[];
  /** The names of the changed files that are there afterwards are put after the arguments; without any, it is not run. */
  readonly withFiles?: boolean;
}

/** In the order in which a machine that boots applies them. */
export const effectRules: readonly EffectRule[] = [
  {
    name: 'modules-load',
    places: ['/etc/modules-load.d/', '/etc/modules'],
    program: 'systemctl',
    args: ['restart', 'systemd-modules-load.service'],
  },
  {
    name: 'sysctl',
    places: ['/etc/sysctl.d/', '/etc/sysctl.conf'],
    program: 'systemctl',
    args: ['restart', 'systemd-sysctl.service'],
  },
  {
    name: 'sysusers',
    places: ['/etc/sysusers.d/'],
    program: 'systemd-sysusers',
    args: [],
    withFiles: true,
  },
  { name: 'tmpfiles', places: ['/etc/tmpfiles.d/'], program: 'systemd-tmpfiles', args: ['--create'], withFiles: true },
  { name: 'udev rules', places: ['/etc/udev/rules.d/'], program: 'udevadm', args: ['control', '--reload'] },
  { name: 'shared libraries', places: ['/etc/ld.so.conf.d/', '/etc/ld.so.conf'], program: 'ldconfig', args: [] },
];

export interface ChangedFile {
  readonly path: string;
  /** Whether it is there afterwards. */
  readonly remains: boolean;
}

/** What has to be run for these changes. */
export function effectsOf(changed: readonly ChangedFile[]): EffectCall[] {
  return effectRules.flatMap(({ name, places, program, args, withFiles }) => {
    const concerned = changed.filter(({ path }) =>
      places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place)),
    );
    if (concerned.length === 0) return [];
    if (withFiles !== true) return [{ name, program, args }];
    const files = concerned.filter((file) => file.remains).map((file) => file.path);
    return files.length === 0 ? [] : [{ name, program, args: [...args, ...files] }];
  });
}

/** Whether the service manager itself has to begin anew: its own settings changed. */
export function managerChanges(changed: readonly ChangedFile[]): boolean {
  return changed.some(
    ({ path }) => path === '/etc/systemd/system.conf' || path.startsWith('/etc/systemd/system.conf.d/'),
  );
}
