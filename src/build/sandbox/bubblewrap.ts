/**
 * A sandbox specification as arguments of bubblewrap, and as the shell script that starts it. Pure.
 *
 * Options go through `--args FD`, NUL-separated, because there can be many and because Node would re-encode bytes
 * that are not UTF-8. The builder's own arguments cannot go that way: they stand in the script.
 */
import { type Mount, protectedProc, type SandboxSpec } from './spec.ts';

/** File descriptors that the script expects, besides the standard ones. */
export const descriptors = { args: 3, seccomp: 4, status: 5, sync: 6 } as const;

/** What the bubblewrap of this machine can do. */
export interface BubblewrapVersion {
  readonly major: number;
  readonly minor: number;
}

export interface Capabilities {
  /** `--disable-userns`, from 0.8 on. */
  readonly disableNesting: boolean;
  /** `--argv0`, from 0.9 on. */
  readonly programName: boolean;
  /** Bind mounts take time linear in their number, from 0.13 on. */
  readonly cheapBinds: boolean;
}

export function capabilitiesOf(version: BubblewrapVersion): Capabilities {
  const atLeast = (minor: number): boolean => version.major > 0 || version.minor >= minor;
  return { disableNesting: atLeast(8), programName: atLeast(9), cheapBinds: atLeast(13) };
}

/**
 * The options, without the program to run.
 * @param staged others mount the inputs in the store's folder: mount nothing below it
 */
export function bubblewrapOptions(spec: SandboxSpec, can: Capabilities, staged: boolean): string[] {
  const options = [
    '--unshare-all',
    '--unshare-user',
    '--die-with-parent',
    ...(spec.interactive ? [] : ['--new-session']),
    '--cap-drop',
    'ALL',
    '--clearenv',
  ];
  if (spec.network) options.push('--share-net');
  if (!spec.nesting && can.disableNesting) options.push('--disable-userns');
  options.push('--uid', String(spec.uid), '--gid', String(spec.gid), '--hostname', spec.hostname);
  options.push('--sync-fd', String(descriptors.sync), '--json-status-fd', String(descriptors.status));
  options.push('--seccomp', String(descriptors.seccomp));
  for (const directory of spec.directories) options.push('--perms', '0755', '--dir', directory);
  options.push('--proc', '/proc', '--dev', '/dev');
  for (const name of protectedProc) options.push('--ro-bind-try', `/proc/${name}`, `/proc/${name}`);
  const [store, ...others] = spec.mounts;
  for (const mount of [store!, ...others.filter((mount) => !(staged && isInput(mount, store!)))]) {
    options.push(...mountOption(mount));
  }
  // The root itself is a tmpfs of bubblewrap's: nothing may be put beside what was mounted in it.
  options.push('--remount-ro', '/', '--chdir', spec.workingDirectory);
  for (const [name, value] of spec.variables) options.push('--setenv', name, value);
  if (can.programName) options.push('--argv0', spec.programName);
  return options;
}

function mountOption(mount: Mount): string[] {
  switch (mount.kind) {
    case 'read-only':
      return ['--ro-bind', mount.source, mount.target];
    case 'writable':
      return ['--bind', mount.source, mount.target];
    case 'device':
      return ['--dev-bind', mount.source, mount.target];
    default:
      return ['--symlink', mount.to, mount.target];
  }
}

function isInput(mount: Mount, store: Mount): boolean {
  return mount.kind !== 'link' && mount.target.startsWith(`${store.target}/`);
}

export interface ScriptRequest {
  readonly spec: SandboxSpec;
  readonly bubblewrap: string;
  /** The path of the table to mount first, where the inputs are staged. */
  readonly stageTable: string | undefined;
  /** Words of a program that starts bubblewrap and attaches the inputs. */
  readonly attach?: readonly string[];
}

/** The script that becomes the sandbox: every step replaces the process, so that its id and its end stay the same. */
export function sandboxScript({ spec, bubblewrap, stageTable, attach = [] }: ScriptRequest): string {
  const command = [...attach, bubblewrap, '--args', String(descriptors.args), '--', spec.program, ...spec.args];
  const words = command.map(shellWord).join(' ');
  const personality = spec.personality === undefined ? '' : `setarch ${shellWord(spec.personality)} `;
  const stage = stageTable === undefined ? '' : `mount -a -T ${shellWord(stageTable)}\n`;
  return `set -e\numask 022\nulimit -S -c 0\n${stage}exec ${personality}${words}\n`;
}

/** The script that runs a builder without any sandbox, in the same environment. */
export function unsandboxedScript(
  spec: Pick<SandboxSpec, 'workingDirectory' | 'variables' | 'program' | 'args'>,
): string {
  const variables = [...spec.variables].map(([name, value]) => shellWord(`${name}=${value}`));
  const command = ['env', '-i', ...variables, ...[spec.program, ...spec.args].map(shellWord)].join(' ');
  return `set -e\numask 022\nulimit -S -c 0\ncd ${shellWord(spec.workingDirectory)}\nexec ${command} </dev/null\n`;
}

/**
 * The table of bind mounts that stages many inputs in the store's folder at once, for `mount -a -T`.
 * @param flags those of the file system that the inputs are on: a user namespace may not take any of them away
 */
export function stageTable(spec: SandboxSpec, flags: readonly string[]): string {
  const store = spec.mounts[0]!;
  if (store.kind === 'link') return '';
  const options = ['bind', 'ro', ...flags].join(',');
  let table = '';
  for (const mount of spec.mounts) {
    if (mount.kind === 'link' || !isInput(mount, store)) continue;
    const target = `${store.source}${mount.target.slice(store.target.length)}`;
    table += `${tableWord(mount.source)} ${tableWord(target)} none ${options} 0 0\n`;
  }
  return table;
}

/** The inputs in the store's folder, by their names there. Links are none of them: they are made anew. */
export function storeInputs(spec: SandboxSpec): { readonly source: string; readonly name: string }[] {
  const store = spec.mounts[0]!;
  return spec.mounts.flatMap((mount) => {
    if (mount.kind === 'link' || store.kind === 'link' || !isInput(mount, store)) return [];
    return [{ source: mount.source, name: mount.target.slice(store.target.length + 1) }];
  });
}

/** Flags of a mount that a bind mount of it has to keep, from the line of `/proc/self/mountinfo` with that id. */
export function lockedFlags(mountOptions: string): string[] {
  const known = ['nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime'];
  return mountOptions.split(',').filter((option) => known.includes(option));
}

function shellWord(word: string): string {
  const end = word.indexOf('\0');
  return `'${(end < 0 ? word : word.slice(0, end)).replaceAll("'", "'\\''")}'`;
}

/** fstab separates by blanks, and writes those in names in octal. */
function tableWord(word: string): string {
  return word.replace(/[\\ \t\n#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
