/** Users and groups as a manifest declares them. */
import { FieldError, type Fields } from './json-fields.ts';
import { type Declaration, declarationFields, isPlainAbsolute, readDeclaration, uniqueBy } from './manifest-fields.ts';

export interface DeclaredUser {
  readonly name: string;
  /** Undefined: a free one is given, once. */
  readonly uid: number | undefined;
  /** The name of the primary group. */
  readonly group: string;
  /** Names of further groups. */
  readonly groups: readonly string[];
  readonly home: string;
  readonly createHome: boolean;
  readonly shell: string;
  readonly description: string;
  readonly system: boolean;
  /** A file of the machine, outside of the store, that holds the hash of a password as shadow(5) has it. */
  readonly passwordFile: string | undefined;
  readonly locked: boolean;
  readonly declared: Declaration;
}

export interface DeclaredGroup {
  readonly name: string;
  readonly gid: number | undefined;
  readonly system: boolean;
  readonly declared: Declaration;
}

const userFields = [
  ...['name', 'uid', 'group', 'groups', 'home', 'createHome', 'shell', 'description', 'system'],
  ...['passwordFile', 'locked', ...declarationFields],
];

export function readUsers(fields: Fields, storeDir: string): DeclaredUser[] {
  const users = fields.list('users', (entry) => readUser(entry, storeDir));
  refuseSharedIds(users, (user) => user.uid, 'uid');
  return uniqueBy(users, (user) => user.name, 'the user');
}

export function readGroups(fields: Fields): DeclaredGroup[] {
  const groups = fields.list('groups', (entry) => {
    entry.only(['name', 'gid', 'system', ...declarationFields]);
    return {
      name: readName(entry, 'name'),
      gid: readId(entry, 'gid'),
      system: entry.boolean('system'),
      declared: readDeclaration(entry),
    };
  });
  refuseSharedIds(groups, (group) => group.gid, 'gid');
  return uniqueBy(groups, (group) => group.name, 'the group');
}

function readUser(fields: Fields, storeDir: string): DeclaredUser {
  fields.only(userFields);
  return {
    name: readName(fields, 'name'),
    uid: readId(fields, 'uid'),
    group: readName(fields, 'group'),
    groups: fields.strings('groups').map((name, index) => checkName(name, `${fields.placeOf('groups')}[${index}]`)),
    home: readPath(fields, 'home'),
    createHome: fields.boolean('createHome'),
    shell: readPath(fields, 'shell'),
    description: readText(fields, 'description'),
    system: fields.boolean('system'),
    passwordFile: readPasswordFile(fields, storeDir),
    locked: fields.boolean('locked'),
    declared: readDeclaration(fields),
  };
}

function readName(fields: Fields, name: string): string {
  return checkName(fields.string(name), fields.placeOf(name));
}

/** As useradd(8) has it. */
function checkName(value: string, place: string): string {
  if (!/^[a-z_][a-z0-9_.-]{0,30}\$?$/i.test(value)) {
    throw new FieldError(`${place} is '${value}' and not the name of an account`);
  }
  return value;
}

function readId(fields: Fields, name: string): number | undefined {
  if (!fields.has(name)) return undefined;
  const id = fields.number(name);
  if (id >= 0 && id < 0xffff_fffe && id !== 65_535) return id;
  throw new FieldError(`${fields.placeOf(name)} is ${id}, which no account can have`);
}

/** What stands between colons of a line. */
function readText(fields: Fields, name: string): string {
  const text = fields.string(name);
  if (!/[:\n\0]/.test(text)) return text;
  throw new FieldError(`${fields.placeOf(name)} has a colon or a line break in it`);
}

function readPath(fields: Fields, name: string): string {
  const path = readText(fields, name);
  if (isPlainAbsolute(path) || path === '/') return path;
  throw new FieldError(`${fields.placeOf(name)} is '${path}' and not an absolute path`);
}

function readPasswordFile(fields: Fields, storeDir: string): string | undefined {
  if (!fields.has('passwordFile')) return undefined;
  const path = readPath(fields, 'passwordFile');
  if (!path.startsWith(`${storeDir}/`)) return path;
  throw new FieldError(
    `${fields.placeOf('passwordFile')} is '${path}', and everybody can read the store: keep passwords outside of it`,
  );
}

function refuseSharedIds<T extends { readonly name: string }>(
  accounts: readonly T[],
  idOf: (account: T) => number | undefined,
  what: string,
): void {
  const holders = new Map<number, string>();
  for (const account of accounts) {
    const id = idOf(account);
    if (id === undefined) continue;
    const other = holders.get(id);
    if (other !== undefined) throw new FieldError(`'${other}' and '${account.name}' both have the ${what} ${id}`);
    holders.set(id, account.name);
  }
}
