/** What a machine is, for the resources that want to know: plain data, the same form on every machine. */
import { arch, availableParallelism, hostname, networkInterfaces, release, totalmem } from 'node:os';
import { toUnicode } from '../../../base/bytes.ts';
import type { RealmContext } from '../context.ts';
import { hostPackages } from '../map/package-claims.ts';

export interface Facts {
  readonly hostName: string;
  readonly machineId: string | undefined;
  readonly architecture: string;
  readonly processors: number;
  /** Bytes. */
  readonly memory: number;
  readonly kernel: string;
  /** Of os-release(5), keys in lower case. */
  readonly os: Readonly<Record<string, string>>;
  readonly generation: number | undefined;
  readonly system: string | undefined;
  /** Packages of the host, by name. */
  readonly packages: Readonly<Record<string, string>>;
  /** Addresses by interface. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly mounts: readonly { readonly place: string; readonly type: string; readonly source: string }[];
}

export function gatherFacts(context: RealmContext): Facts {
  const { files, live, generation, mounts } = context;
  const text = (path: string): string | undefined => {
    const found = files.read(path);
    return found === undefined ? undefined : toUnicode(found).trim();
  };
  return {
    hostName: live ? hostname() : (text('/etc/hostname') ?? generation?.manifest.hostName ?? ''),
    machineId: text('/etc/machine-id'),
    architecture: arch(),
    processors: availableParallelism(),
    memory: totalmem(),
    kernel: release(),
    os: parseOsRelease(text('/etc/os-release') ?? ''),
    generation: generation?.number,
    system: generation?.system,
    packages: Object.fromEntries(hostPackages(files).map(({ name, version }) => [name, version])),
    addresses: live ? addressesHere() : {},
    mounts: mounts.map(({ place, type, source }) => ({ place: toUnicode(place), type, source: toUnicode(source) })),
  };
}

/** Lines of `KEY=value`, quoted as a shell would have them. */
export function parseOsRelease(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z_0-9]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(.*))$/.exec(line.trim());
    if (match !== null) found[match[1]!.toLowerCase()] = (match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? match[4])!;
  }
  return found;
}

function addressesHere(): Record<string, string[]> {
  const found = Object.entries(networkInterfaces()).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(found.map(([name, list]) => [name, (list ?? []).map(({ address }) => address)]));
}
