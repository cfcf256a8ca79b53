/** Users and groups of the host, through the programs of passwd. An id that is in use is never changed. */
import { toUnicode } from '../../../../base/bytes.ts';
import { type Account, type AccountGroup, parseGroups, parseUsers } from '../../drift/accounts.ts';
import { type MakeResource, ResourceError, type World } from '../resource.ts';
import { readSettings } from '../settings.ts';
import { must } from './host-program.ts';

function readUsers({ files }: World): Account[] {
  return parseUsers(toUnicode(files.read('/etc/passwd') ?? ''), toUnicode(files.read('/etc/shadow') ?? ''));
}

function readGroups({ files }: World): AccountGroup[] {
  return parseGroups(toUnicode(files.read('/etc/group') ?? ''));
}

interface WantedUser {
  readonly name: string;
  readonly present: boolean;
  readonly uid: number | undefined;
  readonly group: string | undefined;
  readonly groups: readonly string[] | undefined;
  readonly home: string | undefined;
  readonly shell: string | undefined;
  readonly description: string | undefined;
  readonly system: boolean;
  readonly locked: boolean | undefined;
  readonly createHome: boolean;
}

const userSettings = ['uid', 'group', 'groups', 'home', 'shell', 'description', 'system', 'locked', 'createHome'];

export const user: MakeResource = (entry, world) => {
  const wanted = readSettings(entry, (settings): WantedUser => {
    settings.only('user', 'ensure', ...userSettings);
    return {
      name: settings.string('user'),
      present: settings.present(),
      uid: settings.number('uid'),
      group: settings.optional('group'),
      groups: settings.strings('groups'),
      home: settings.optional('home'),
      shell: settings.optional('shell'),
      description: settings.optional('description'),
      system: settings.boolean('system', false),
      locked: settings.maybe('locked'),
      createHome: settings.boolean('createHome', false),
    };
  });
  const { name, present } = wanted;
  return {
    check() {
      const found = readUsers(world).find((one) => one.name === name);
      if (!present) return found === undefined ? undefined : `the user ${name} is there`;
      return found === undefined ? `there is no user ${name}` : userDifferences(world, wanted, found)[0]?.words;
    },
    apply() {
      const found = readUsers(world).find((one) => one.name === name);
      if (!present) must(world, 'userdel', [name]);
      else if (found === undefined) must(world, 'useradd', [...addingUser(wanted), name]);
      else {
        if (wanted.uid !== undefined && wanted.uid !== found.uid) {
          throw new ResourceError(
            `${name} has the uid ${found.uid}: its files would be somebody else's with ${wanted.uid}`,
          );
        }
        must(world, 'usermod', [...userDifferences(world, wanted, found).flatMap(({ options }) => options), name]);
      }
    },
  };
};

interface Difference {
  readonly words: string;
  /** Of usermod(8). */
  readonly options: readonly string[];
}

function userDifferences(world: World, wanted: WantedUser, found: Account): Difference[] {
  const { name } = wanted;
  const groups = readGroups(world);
  const differing: Difference[] = [];
  const compare = (what: string, option: string, want: string | undefined, have: string): void => {
    if (want !== undefined && want !== have) {
      differing.push({ words: `${name}: the ${what} is '${have}' and not '${want}'`, options: [option, want] });
    }
  };
  compare('uid', '-u', wanted.uid?.toString(), String(found.uid));
  compare('group', '-g', wanted.group, groups.find(({ gid }) => gid === found.gid)?.name ?? String(found.gid));
  compare('home', '-d', wanted.home, found.home);
  compare('shell', '-s', wanted.shell, found.shell);
  compare('description', '-c', wanted.description, found.description);
  const memberOf = groups.filter(({ members }) => members.includes(name)).map((group) => group.name);
  const others = wanted.groups?.filter((group) => group !== wanted.group);
  compare('list of groups', '-G', others?.toSorted().join(','), memberOf.sort().join(','));
  if (wanted.locked !== undefined && wanted.locked !== (found.password === 'locked')) {
    const words = `${name}: the password is ${wanted.locked ? 'not ' : ''}locked`;
    differing.push({ words, options: [wanted.locked ? '-L' : '-U'] });
  }
  return differing;
}

function addingUser(wanted: WantedUser): string[] {
  const pair = (option: string, value: string | undefined): string[] =>
    value === undefined || value === '' ? [] : [option, value];
  return [
    ...pair('-u', wanted.uid?.toString()),
    ...(wanted.group === undefined ? ['-U'] : ['-N', '-g', wanted.group]),
    ...pair('-G', wanted.groups?.filter((group) => group !== wanted.group).join(',')),
    ...pair('-d', wanted.home),
    ...pair('-s', wanted.shell),
    ...pair('-c', wanted.description),
    ...(wanted.system ? ['-r'] : []),
    wanted.createHome ? '-m' : '-M',
  ];
}

export const group: MakeResource = (entry, world) => {
  const { name, present, gid, members, system } = readSettings(entry, (settings) => {
    settings.only('group', 'gid', 'members', 'system', 'ensure');
    return {
      name: settings.string('group'),
      present: settings.present(),
      gid: settings.number('gid'),
      members: settings.strings('members')?.toSorted(),
      system: settings.boolean('system', false),
    };
  });
  const now = (): AccountGroup | undefined => readGroups(world).find((one) => one.name === name);
  return {
    check() {
      const found = now();
      if (!present) return found === undefined ? undefined : `the group ${name} is there`;
      if (found === undefined) return `there is no group ${name}`;
      if (gid !== undefined && found.gid !== gid) return `the group ${name} has the gid ${found.gid} and not ${gid}`;
      if (members === undefined || members.join(',') === found.members.join(',')) return undefined;
      return `the group ${name} has the members '${found.members.join(',')}' and not '${members.join(',')}'`;
    },
    apply() {
      const found = now();
      if (!present) {
        must(world, 'groupdel', [name]);
        return;
      }
      if (found !== undefined && gid !== undefined && found.gid !== gid) {
        throw new ResourceError(`${name} has the gid ${found.gid}: its files would be somebody else's with ${gid}`);
      }
      if (found === undefined)
        must(world, 'groupadd', [...(gid === undefined ? [] : ['-g', String(gid)]), ...(system ? ['-r'] : []), name]);
      if (members !== undefined) must(world, 'gpasswd', ['-M', members.join(','), name]);
    },
  };
};
