/** The paths and packages that convergent resources answer for. Pure. */
import type { ConvergeEntry } from '../../manifest.ts';
import type { Claim } from '../map/claims.ts';

/** Where a resource of the kind `cron` keeps its job. */
export const cronPath = (name: string): string => `/etc/cron.d/sysbuild-${fileName(name)}`;

/** Where a resource of the kind `sysctl` keeps its value for the next boot. */
export const sysctlPath = (name: string): string => `/etc/sysctl.d/60-sysbuild-${fileName(name)}.conf`;

/** cron and sysctl read no files whose names have other characters. */
function fileName(name: string): string {
  return name.replace(/[^\w-]/g, '_');
}

/** Claims of resources on paths. A file in which only a line or a key is kept stays its owner's. */
export function resourcePaths(resources: readonly ConvergeEntry[]): [string, Claim][] {
  return resources.flatMap((resource): [string, Claim][] => {
    const { name, declared } = resource;
    const claim: Claim = { realm: 'convergent', owner: { type: 'resource', name, ...declared } };
    return pathsOf(resource).map((path) => [path, claim]);
  });
}

function pathsOf({ kind, name, settings }: ConvergeEntry): string[] {
  const path = (field: string): string[] => (typeof settings[field] === 'string' ? [settings[field]] : []);
  switch (kind) {
    case 'directory':
      return path('path');
    case 'mount':
      return path('where');
    case 'cron':
      return [cronPath(name)];
    case 'sysctl':
      return settings['persist'] === false ? [] : [sysctlPath(name)];
    default:
      return [];
  }
}

/** Packages of the host that resources ask for. */
export function declaredPackages(resources: readonly ConvergeEntry[]): Set<string> {
  const present = resources.filter(({ kind, settings }) => kind === 'apt' && settings['ensure'] !== 'absent');
  return new Set(present.flatMap(({ settings }) => packagesOf(settings)));
}

/** The names in the settings of a resource of the kind `apt`. */
export function packagesOf(settings: ConvergeEntry['settings']): string[] {
  const many = Array.isArray(settings['packages']) ? settings['packages'].map(String) : [];
  return [...(typeof settings['package'] === 'string' ? [settings['package']] : []), ...many];
}
