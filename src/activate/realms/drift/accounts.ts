/**
 * Users and groups of the machine, from passwd(5), group(5) and shadow(5), with who answers for each: the generation; a
 * package (Debian's base-passwd, sysusers.d(5), or a package whose scripts name it); or nobody. Pure, over a file port.
 */
import type { ConvergeEntry, Declaration } from '../../manifest.ts';
import type { DeclaredGroup, DeclaredUser } from '../../manifest-accounts.ts';
import type { MapRealm, Owner } from '../map/claims.ts';
import type { HostPackage } from '../map/dpkg.ts';
import type { HostFiles } from '../map/host-files.ts';
import type { Thing } from './thing.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly description: string;
  readonly home: string;
  readonly shell: string;
  /** Of its password: `locked`, `none` (no login needs one) or `set`. */
  readonly password: 'locked' | 'none' | 'set';
}

export interface AccountGroup {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

export function parseUsers(passwd: string, shadow: string): Account[] {
  const hashes = new Map(shadow.split('\n').map((line) => [line.split(':')[0]!, line.split(':')[1]]));
  return rows(passwd, 7).map(([name, hash, uid, gid, description, home, shell]) => ({
    name: name!,
    uid: Number(uid),
    gid: Number(gid),
    description: description!,
    home: home!,
    shell: shell!,
    password: passwordState(hash === 'x' ? (hashes.get(name!) ?? '*') : hash!),
  }));
}

export function parseGroups(group: string): AccountGroup[] {
  return rows(group, 4).map(([name, , gid, members]) => ({
    name: name!,
    gid: Number(gid),
    members: members!
      .split(',')
      .filter((member) => member !== '')
      .sort(),
  }));
}

function rows(text: string, width: number): string[][] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length === width && fields[0] !== '');
}

function passwordState(hash: string): Account['password'] {
  if (hash === '') return 'none';
  return /^[!*]/.test(hash) ? 'locked' : 'set';
}

export interface AccountSources {
  readonly files: HostFiles;
  readonly packages: readonly HostPackage[];
  readonly users: readonly DeclaredUser[];
  readonly groups: readonly DeclaredGroup[];
  /** Those of the kinds `user` and `group` keep accounts. */
  readonly resources: readonly ConvergeEntry[];
}

/** All users and groups that there are. Declared ones are judged by the convergent resources that keep them. */
export function accountThings(sources: AccountSources): Thing[] {
  const { files } = sources;
  const text = (path: string): string => files.read(path) ?? '';
  const groups = parseGroups(text('/etc/group'));
  const origin = origins(sources);
  const users = parseUsers(text('/etc/passwd'), text('/etc/shadow')).map((user): Thing => {
    const { name, uid, gid, home, shell, password } = user;
    const also = groups.filter(({ members }) => members.includes(name)).map((group) => group.name);
    const facts = { uid: String(uid), gid: String(gid), home, shell, password, groups: also.sort().join(',') };
    return { type: 'user', name, facts, ...origin('user', name, uid) };
  });
  const rest = groups.map(({ name, gid, members }): Thing => {
    const facts = { gid: String(gid), members: members.join(',') };
    return { type: 'group', name, facts, ...origin('group', name, gid) };
  });
  return [...users, ...rest];
}

type Origin = { readonly realm: MapRealm; readonly owner: Owner; readonly judged?: boolean };

function origins(sources: AccountSources): (type: 'user' | 'group', name: string, id: number) => Origin {
  const declared = {
    user: new Map([...keptBy(sources, 'user'), ...sources.users.map((user) => [user.name, user.declared] as const)]),
    group: new Map([
      ...keptBy(sources, 'group'),
      ...sources.groups.map((group) => [group.name, group.declared] as const),
    ]),
  };
  const master = {
    user: namesIn(sources.files, '/usr/share/base-passwd/passwd.master'),
    group: namesIn(sources.files, '/usr/share/base-passwd/group.master'),
  };
  const scripts = new PackageScripts(sources);
  return (type, name, id) => {
    const declaration = declared[type].get(name);
    if (declaration !== undefined)
      return { realm: 'convergent', owner: { type: 'option', ...declaration }, judged: true };
    const owner = master[type].has(name) ? 'base-passwd' : id < 1000 ? scripts.naming(name) : undefined;
    const found = sources.packages.find((entry) => entry.name === owner);
    if (found === undefined) return { realm: 'unknown', owner: { type: 'nobody' } };
    const { name: packageName, version } = found;
    return { realm: 'convergent', owner: { type: 'package', name: packageName, version, declared: false } };
  };
}

function keptBy({ resources }: AccountSources, kind: 'user' | 'group'): [string, Declaration][] {
  return resources
    .filter((one) => one.kind === kind)
    .map(({ settings, declared }) => [String(settings[kind]), declared]);
}

function namesIn(files: HostFiles, path: string): Set<string> {
  return new Set(
    (files.read(path) ?? '')
      .split('\n')
      .map((line) => line.split(':')[0]!)
      .filter((name) => name !== ''),
  );
}

/** Which package makes a system account: the one whose installation script, or sysusers.d file, names it. */
class PackageScripts {
  readonly #texts: readonly (readonly [name: string, text: string])[];

  constructor({ files, packages }: AccountSources) {
    const folder = '/var/lib/dpkg/info';
    const names = files.list(folder);
    const made = names.filter((name) => name.endsWith('.postinst') || name.endsWith('.preinst'));
    const texts = made.map((name): [string, string] => [
      name.replace(/(:[^:.]+)?\.\w+$/, ''),
      files.read(`${folder}/${name}`) ?? '',
    ]);
    const users = /\b(adduser|addgroup|useradd|groupadd|systemd-sysusers)\b/;
    const systemd = packages.some(({ name }) => name === 'systemd') ? sysusers(files) : [];
    this.#texts = [...texts.filter(([, text]) => users.test(text)), ...systemd];
  }

  naming(name: string): string | undefined {
    const word = new RegExp(`(^|[^\\w-])${name.replace(/[^\w-]/g, '\\$&')}([^\\w-]|$)`, 'm');
    return this.#texts.find(([, text]) => word.test(text))?.[0];
  }
}

function sysusers(files: HostFiles): [string, string][] {
  const folder = '/usr/lib/sysusers.d';
  return files.list(folder).map((name) => ['systemd', files.read(`${folder}/${name}`) ?? '']);
}
