/**
 * Processes and listening ports, from `/proc` (proc(5)): what each runs, which unit it belongs to, whether it still runs
 * what was replaced since. Parsing is pure; `HostProcesses` reads.
 */
import * as fs from 'node:fs';
import { errnoOf } from '../../../base/errors.ts';

export interface HostProcess {
  readonly pid: number;
  readonly name: string;
  /** The program, without ` (deleted)`; empty for threads of the kernel. */
  readonly program: string;
  /** Programs and libraries that it runs and that are no longer on disk. */
  readonly deleted: readonly string[];
  /** The unit it belongs to; empty where there is none. */
  readonly unit: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Inodes of its sockets. */
  readonly sockets: readonly string[];
}

export interface ListeningPort {
  /** `tcp` or `udp`, an address and a port: `tcp 127.0.0.1:80`. */
  readonly name: string;
  readonly inode: string;
}

const hasCode = /^[0-9a-f]+-[0-9a-f]+ ..x/;

/** Files mapped as code that are gone, of `/proc/PID/maps`. Memory that never had a name on disk does not count. */
export function parseDeletedMaps(text: string): string[] {
  const found = new Set<string>();
  for (const line of text.split('\n')) {
    const path = / (\/.*) \(deleted\)$/.exec(line)?.[1];
    if (path !== undefined && hasCode.test(line) && !/^\/(memfd:|dev\/|SYSV|tmp\/|run\/|var\/tmp\/|proc\/)/.test(path))
      found.add(path);
  }
  return [...found].sort();
}

/** The unit of a process, of `/proc/PID/cgroup`: the innermost one that is a service, a socket or a scope. */
export function parseUnitOf(cgroup: string): string {
  const path = /^(?:0:|\d+:name=systemd):(.*)$/m.exec(cgroup)?.[1] ?? '';
  return path.split('/').findLast((part) => /\.(service|scope|socket|mount|swap)$/.test(part)) ?? '';
}

/** Listening sockets, of `/proc/net/{tcp,tcp6,udp,udp6}`. */
export function parsePorts(text: string, protocol: 'tcp' | 'udp'): ListeningPort[] {
  const listening = protocol === 'tcp' ? '0A' : '07';
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
      if (state !== listening || local === undefined || inode === undefined || !/:0000$/.test(remote!)) return [];
      const [address, port] = local.split(':');
      return [{ name: `${protocol} ${addressOf(address!)}:${Number.parseInt(port!, 16)}`, inode }];
    });
}

/** The kernel writes words of an address in the order of this machine, which is little-endian. */
function addressOf(hex: string): string {
  const bytes = [...hex.matchAll(/.{8}/g)].flatMap(([word]) =>
    [...word.matchAll(/../g)].map(([byte]) => byte).reverse(),
  );
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number.parseInt(`${bytes[2 * i]}${bytes[2 * i + 1]}`, 16).toString(16),
  );
  return `[${groups.join(':').replace(/(^|:)0(:0)+(:|$)/, '::')}]`;
}

/** All processes. What ends while it is looked at is left out. */
export function hostProcesses(proc = '/proc'): HostProcess[] {
  const boot = Number(/^btime (\d+)/m.exec(readOr(`${proc}/stat`))?.[1] ?? 0) * 1000;
  return fs
    .readdirSync(proc)
    .flatMap((name) => (/^\d+$/.test(name) ? (processAt(proc, Number(name), boot) ?? []) : []));
}

function processAt(proc: string, pid: number, boot: number): HostProcess | undefined {
  const folder = `${proc}/${pid}`;
  const stat = readOr(`${folder}/stat`);
  if (stat === '') return undefined;
  const link = linkOr(`${folder}/exe`);
  const program = link.replace(/ \(deleted\)$/, '');
  const deleted = new Set([...(link === program ? [] : [program]), ...parseDeletedMaps(readOr(`${folder}/maps`))]);
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  return {
    pid,
    name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    program,
    deleted: [...deleted],
    unit: parseUnitOf(readOr(`${folder}/cgroup`)),
    started: boot + ticks * 10,
    sockets: socketsOf(`${folder}/fd`),
  };
}

function socketsOf(folder: string): string[] {
  try {
    return fs.readdirSync(folder).flatMap((name) => /^socket:\[(\d+)\]$/.exec(linkOr(`${folder}/${name}`))?.[1] ?? []);
  } catch {
    return []; // of another user
  }
}

export function hostPorts(proc = '/proc'): ListeningPort[] {
  const of = (file: string, protocol: 'tcp' | 'udp'): ListeningPort[] =>
    parsePorts(readOr(`${proc}/net/${file}`), protocol);
  return [...of('tcp', 'tcp'), ...of('tcp6', 'tcp'), ...of('udp', 'udp'), ...of('udp6', 'udp')];
}

function readOr(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return '';
  }
}

function linkOr(path: string): string {
  try {
    return fs.readlinkSync(path);
  } catch {
    return '';
  }
}
