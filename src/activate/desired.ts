/** What a generation wants on disk: its manifest with sources looked up, folders spread out and owners as numbers. */
import * as fs from 'node:fs';
import { type Accounts, parseAccounts, resolveAccount } from './accounts.ts';
import { ActivateError } from './errors.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { physicalPath, RootPaths } from './root-path.ts';
import type { StoreFiles } from './system-store.ts';
import type { Desired, DesiredEntry, WantedAttributes } from './tree-state.ts';

type Copy = Extract<ManifestFile, { kind: 'copy' }>;
type Owned = Exclude<ManifestFile, { kind: 'symlink' }>;

/**
 * The tree that a manifest describes.
 * @param root the machine's root, whose accounts count where the manifest declares none
 * @param accounts the accounts as they will be, where the switch itself changes them
 * @param owners whether files get their owners: only root can give files away; anybody else owns all, and is root inside
 * @throws ActivateError `activate/unresolvable`
 */
export function desiredTree(
  manifest: Manifest,
  files: StoreFiles,
  root: string,
  owners: boolean,
  accounts: Accounts = accountsOf(manifest, files, root),
): Map<string, DesiredEntry> {
  const tree = new Map<string, DesiredEntry>();
  const add = (file: ManifestFile, path: string, state: Desired): void => {
    tree.set(path, { path, state, realm: file.realm, declared: file.declared });
  };
  for (const file of manifest.files) {
    if (file.kind === 'symlink') add(file, file.path, { kind: 'symlink', target: file.target });
    else if (file.kind === 'directory') {
      add(file, file.path, { kind: 'directory', ...attributesOf(file, accounts, owners) });
    } else addCopy(file, files, attributesOf(file, accounts, owners), (path, state) => add(file, path, state));
  }
  return tree;
}

/** A file, or each entry of a folder; in a folder, whoever may read may also enter, and run what is a program. */
function addCopy(
  file: Copy,
  files: StoreFiles,
  attributes: WantedAttributes,
  add: (path: string, state: Desired) => void,
): void {
  const source = files.follow(file.source);
  if (source.state.kind === 'file') {
    const { digest, size } = source.state;
    add(file.path, { kind: 'file', digest, size, source: source.path, ...attributes });
    return;
  }
  const entering = { ...attributes, mode: attributes.mode | ((attributes.mode & 0o444) >> 2) };
  const walk = (path: string, from: string): void => {
    const found = files.at(from);
    if (found.kind === 'symlink') add(path, { kind: 'symlink', target: found.target });
    else if (found.kind === 'file') {
      const { digest, size, executable } = found;
      add(path, { kind: 'file', digest, size, source: from, ...(executable ? entering : attributes) });
    } else {
      add(path, { kind: 'directory', ...entering });
      for (const name of found.entries) walk(`${path}/${name}`, `${from}/${name}`);
    }
  };
  walk(file.path, source.path);
}

function attributesOf(file: Owned, accounts: Accounts, owners: boolean): WantedAttributes {
  const uid = resolveAccount(accounts, 'user', file.user, file.path);
  const gid = resolveAccount(accounts, 'group', file.group, file.path);
  return { mode: file.mode, uid: owners ? uid : undefined, gid: owners ? gid : undefined };
}

/** The accounts of the machine as it will be: declared ones, or those that are there. */
function accountsOf(manifest: Manifest, files: StoreFiles, root: string): Accounts {
  const textOf = (path: string): string => {
    const declared = manifest.files.find((file) => file.path === path);
    if (declared === undefined) return readIfThere(root, path);
    if (declared.kind === 'directory') {
      throw new ActivateError('activate/unresolvable', `'${path}' cannot be a folder`, { details: { path } });
    }
    return files.readText(files.follow(declared.kind === 'copy' ? declared.source : declared.target).path);
  };
  return parseAccounts(textOf('/etc/passwd'), textOf('/etc/group'));
}

function readIfThere(root: string, path: string): string {
  const physical = physicalPath(root, new RootPaths(root).placeOf(path));
  return fs.existsSync(physical) ? fs.readFileSync(physical, 'utf8') : '';
}
