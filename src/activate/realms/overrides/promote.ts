/** Writes an override as a module, beside the files that it needs, and ends it without a revert. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../../base/fs-atomic.ts';
import { ActivateError } from '../../errors.ts';
import { physicalPath, RootPaths } from '../../root-path.ts';
import type { RealmContext } from '../context.ts';
import { parseGroups, parseUsers } from '../drift/accounts.ts';
import { findOverride, keepOverride } from './machine-overrides.ts';
import { type ChangedFile, moduleText } from './module-text.ts';
import { type Override, pathsOf } from './overrides.ts';

/**
 * Writes the module to a file that is not there yet.
 * @throws ActivateError `activate/override`
 */
export function promoteOverride(context: RealmContext, id: string, file: string): Override {
  const override = findOverride(context, id);
  if (fs.existsSync(file)) {
    throw new ActivateError('activate/override', `'${file}' is there already`, {
      hint: 'name another file with --out',
      details: { path: file },
    });
  }
  const files = pathsOf(override.target).flatMap((path) => changedFiles(context, path));
  if (files.length === 0) {
    throw new ActivateError(
      'activate/override',
      `nothing is at '${override.target.name}' that a module could declare`,
      {
        details: { override: id },
        hint: `sysbuild override end ${id} ends the override`,
      },
    );
  }
  const { text, beside } = moduleText({ ...override, files, notes: [] });
  for (const [path, name] of beside) fs.copyFileSync(physical(context, path), join(dirname(file), name));
  writeFileAtomic(file, text);
  return keepOverride(context, id, file);
}

/** A path, and all that is below a folder. */
function changedFiles(context: RealmContext, path: string): ChangedFile[] {
  const place = physical(context, path);
  const stat = fs.lstatSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isSymbolicLink()) return [{ path, kind: 'symlink', target: fs.readlinkSync(place) }];
  const owned = { mode: stat.mode & 0o7777, ...ownerOf(context, stat) };
  if (stat.isDirectory()) {
    const inside = fs
      .readdirSync(place)
      .sort()
      .flatMap((name) => changedFiles(context, `${path}/${name}`));
    return inside.length > 0 ? inside : [{ path, kind: 'directory', ...owned }];
  }
  return stat.isFile() ? [{ path, kind: 'file', text: textOf(place), ...owned }] : [];
}

function textOf(place: string): string | undefined {
  const bytes = fs.readFileSync(place);
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) && !text.includes('\0') ? text : undefined;
}

function ownerOf({ files }: RealmContext, { uid, gid }: fs.Stats): { user: string; group: string } {
  const users = parseUsers(files.read('/etc/passwd') ?? '', '');
  const groups = parseGroups(files.read('/etc/group') ?? '');
  const user = uid === 0 ? 'root' : (users.find((one) => one.uid === uid)?.name ?? String(uid));
  return { user, group: gid === 0 ? 'root' : (groups.find((one) => one.gid === gid)?.name ?? String(gid)) };
}

function physical({ realm }: RealmContext, path: string): string {
  const { root } = realm.layout;
  return physicalPath(root, new RootPaths(root).placeOf(path));
}
