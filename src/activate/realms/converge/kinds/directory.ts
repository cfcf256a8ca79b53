/** A folder with its mode and owner. With `purge`, what nobody answers for in it is set aside; else it is not touched. */
import { toUnicode } from '../../../../base/bytes.ts';
import { parseGroups, parseUsers } from '../../drift/accounts.ts';
import { octal } from '../../map/judge.ts';
import { type MakeResource, type PathState, ResourceError, type World } from '../resource.ts';
import { readSettings } from '../settings.ts';

export const directory: MakeResource = (entry, world) => {
  const { path, present, mode, user, group, purge } = readSettings(entry, (settings) => {
    settings.only('path', 'ensure', 'mode', 'user', 'group', 'purge');
    return {
      path: settings.path('path'),
      present: settings.present(),
      mode: settings.mode(),
      user: settings.optional('user'),
      group: settings.optional('group'),
      purge: settings.boolean('purge', false),
    };
  });
  const { files } = world;
  const owner = (state: PathState): { uid: number; gid: number } => ({
    uid: user === undefined ? state.uid : numberOf(world, 'user', user),
    gid: group === undefined ? state.gid : numberOf(world, 'group', group),
  });
  const strays = (): string[] => {
    const names = purge ? files.list(path).map((name) => `${path}/${toUnicode(name)}`) : [];
    return names.filter((inner) => !world.isClaimed(inner));
  };
  return {
    check() {
      const state = files.state(path);
      if (!present) return state === undefined ? undefined : `${path} is there`;
      if (state === undefined) return `${path} is missing`;
      if (state.kind !== 'directory') return `${path} is a ${state.kind} and no folder`;
      if (mode !== undefined && state.mode !== mode)
        return `${path} has the mode ${octal(state.mode)} and not ${octal(mode)}`;
      const { uid, gid } = owner(state);
      if (uid !== state.uid || gid !== state.gid) {
        return `${path} is of ${state.uid}:${state.gid} and not ${uid}:${gid}`;
      }
      const [stray] = strays();
      return stray === undefined ? undefined : `nobody answers for ${stray}`;
    },
    apply() {
      if (!present) {
        files.remove(path);
        return;
      }
      const before = files.state(path);
      if (before !== undefined && before.kind !== 'directory')
        throw new ResourceError(`a ${before.kind} is at ${path}, and is left`);
      if (before === undefined) files.makeFolder(path, mode ?? 0o755);
      const state = files.state(path)!;
      const { uid, gid } = owner(state);
      if (uid !== state.uid || gid !== state.gid) files.setOwner(path, uid, gid);
      if (mode !== undefined) files.setMode(path, mode);
      for (const stray of strays()) files.setAside(stray);
    },
  };
};

/** The number of an account, which is a name or digits. */
export function numberOf({ files }: World, kind: 'user' | 'group', name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const found =
    kind === 'user'
      ? parseUsers(files.read('/etc/passwd') ?? '', '').find((user) => user.name === name)?.uid
      : parseGroups(files.read('/etc/group') ?? '').find((group) => group.name === name)?.gid;
  if (found === undefined) throw new ResourceError(`there is no ${kind} '${name}'`);
  return found;
}
