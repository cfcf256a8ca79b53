/** Declared users and groups as convergent resources: groups come before the users that need them. Pure. */

import type { ConvergeEntry, Manifest } from '../../manifest.ts';
import type { DeclaredGroup, DeclaredUser } from '../../manifest-accounts.ts';

/** All that converges on a machine of this manifest. */
export function resourcesOfManifest({
  users,
  groups,
  converge,
}: Pick<Manifest, 'users' | 'groups' | 'converge'>): ConvergeEntry[] {
  const names = new Set(converge.map(({ name }) => name));
  const declaredGroups = new Set(groups.map(({ name }) => name));
  const accounts = [...groups.map(groupEntry), ...users.map((user) => userEntry(user, declaredGroups))];
  return [...accounts.filter(({ name }) => !names.has(name)), ...converge];
}

function groupEntry({ name, gid, system, declared }: DeclaredGroup): ConvergeEntry {
  const settings = { group: name, ...(gid === undefined ? {} : { gid }), system };
  return { name: `groups.${name}`, kind: 'group', settings, after: [], triggers: [], declared };
}

function userEntry(user: DeclaredUser, declaredGroups: ReadonlySet<string>): ConvergeEntry {
  const { name, uid, group, groups, home, createHome, shell, description, system, locked, declared } = user;
  const settings = {
    ...{ user: name, group, groups, home, createHome, shell, description, system },
    ...(uid === undefined ? {} : { uid }),
    // Who has no password has a locked one, locked or not.
    ...(locked ? { locked } : {}),
  };
  const needed = [...new Set([group, ...groups])]
    .filter((one) => declaredGroups.has(one))
    .map((one) => `groups.${one}`);
  return { name: `users.${name}`, kind: 'user', settings, after: needed, triggers: [], declared };
}
