/** What stands in a sandbox besides the store: `/etc`, the host's resolver where there is a network, the inputs. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { byteString, fromUnicode, toUnicode } from '../../base/bytes.ts';
import { makeFolders } from '../../base/folders.ts';
import type { StorePath } from '../../formats/index.ts';
import type { SandboxPath } from '../options.ts';
import { buildDirInSandbox, type Mount, sandboxGid, sandboxUid } from './spec.ts';

const comment = 'Nix build user';

/** Files in `/etc` of every sandbox. The texts are what Nix's builders find: some programs print them. */
export function etcFiles(network: boolean): ReadonlyMap<string, string> {
  const files = new Map([
    [
      'passwd',
      `root:x:0:0:${comment}:${buildDirInSandbox}:/noshell\n` +
        `nixbld:x:${sandboxUid}:${sandboxGid}:${comment}:${buildDirInSandbox}:/noshell\n` +
        'nobody:x:65534:65534:Nobody:/:/noshell\n',
    ],
    ['group', `root:x:0:\nnixbld:!:${sandboxGid}:\nnogroup:x:65534:\n`],
  ]);
  if (network) files.set('nsswitch.conf', 'hosts: files dns\nservices: files\n');
  else files.set('hosts', '127.0.0.1 localhost\n::1 localhost\n');
  return files;
}

/** Files of the host that a builder with a network gets: without them it would find no other machine. */
const networkFiles = ['/etc/resolv.conf', '/etc/services', '/etc/hosts', '/etc/ssl/certs/ca-certificates.crt'];

/** Fills the folder that becomes `/etc`; returns what has to be mounted into it. */
export function writeEtc(folder: string, network: boolean): Mount[] {
  for (const [name, text] of etcFiles(network)) fs.writeFileSync(join(folder, name), text);
  const mounts: Mount[] = [];
  if (!network) return mounts;
  for (const target of networkFiles) {
    const source = realFile(target);
    if (source === undefined) continue;
    // The folder is mounted read-only: the place for the mount has to be there.
    const place = join(folder, target.slice('/etc/'.length));
    makeFolders(join(place, '..'));
    fs.writeFileSync(place, '');
    mounts.push({ kind: 'read-only', source: fromUnicode(source), target });
  }
  return mounts;
}

function realFile(path: string): string | undefined {
  try {
    return fs.realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Entries of the root folder that every sandbox has its own of. */
const ownEntries: ReadonlySet<string> = new Set(['nix', 'build', 'dev', 'etc', 'proc', 'sys', 'tmp']);

/** The entries of a tree as those of the root folder. */
export function rootMounts(tree: string): Mount[] {
  const names = fs.readdirSync(tree).filter((name) => !ownEntries.has(name));
  return names.sort().map((name) => mountOf(join(tree, name), `/${fromUnicode(name)}`));
}

/** Links in the folder that becomes `/etc` to what a tree has there, where nothing of ours is. */
export function linkEtc(folder: string, tree: string, target: string): void {
  if (!fs.existsSync(tree)) return;
  for (const name of fs.readdirSync(tree)) {
    const place = join(folder, name);
    if (!fs.existsSync(place)) fs.symlinkSync(`${target}/${name}`, place);
  }
}

/** An input as a mount in the store. */
export function inputMount(realPath: string, target: StorePath): Mount {
  return mountOf(realPath, target);
}

/** Paths of the settings; optional ones are left out where they are not there. */
export function settingMounts(paths: Readonly<Record<string, SandboxPath>>): Mount[] {
  const mounts: Mount[] = [];
  for (const [target, { source, optional }] of Object.entries(paths)) {
    if (optional && !fs.existsSync(source)) continue;
    mounts.push(mountOf(source, fromUnicode(target)));
  }
  return mounts;
}

function mountOf(source: string, target: string): Mount {
  const state = fs.lstatSync(source);
  if (state.isSymbolicLink()) return { kind: 'link', target, to: byteString(fs.readlinkSync(source, 'buffer')) };
  const kind = state.isCharacterDevice() || state.isBlockDevice() ? 'device' : 'read-only';
  return { kind, source: fromUnicode(source), target };
}

/** Makes the empty files and folders that inputs are mounted on, where they are mounted before the sandbox starts. */
export function makeMountPoints(storeFolder: string, storeDir: string, inputs: readonly Mount[]): void {
  for (const mount of inputs) {
    if (mount.kind === 'link') continue;
    const place = join(storeFolder, toUnicode(mount.target.slice(storeDir.length + 1)));
    if (fs.existsSync(place)) continue;
    if (fs.statSync(toUnicode(mount.source)).isDirectory()) fs.mkdirSync(place);
    else fs.writeFileSync(place, '');
  }
}

/**
 * The options of the mount that a path is on, of the text of `/proc/self/mountinfo`: lines of `id parent major:minor
 * root mount-point options …`, blanks in names written in octal.
 */
export function mountOptions(mountinfo: string, path: string): string {
  let best = { point: '', options: '' };
  for (const line of mountinfo.split('\n')) {
    const [, , , , escaped, options] = line.split(' ');
    if (escaped === undefined || options === undefined) continue;
    const point = escaped.replace(/\\([0-7]{3})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    );
    const holds = point === '/' || path === point || path.startsWith(`${point}/`);
    if (holds && point.length >= best.point.length) best = { point, options };
  }
  return best.options;
}
