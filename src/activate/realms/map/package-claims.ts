/** What the host's packages claim: every path of dpkg's lists, with what dpkg knows of its content, mode and owner. */
import type { Claim, Claims, Expected, Owner } from './claims.ts';
import {
  type Diversion,
  type HostPackage,
  parseDiversions,
  parseExclusions,
  parseList,
  parseMd5sums,
  parseStatOverrides,
  parseStatus,
  type StatOverride,
} from './dpkg.ts';
import type { HostFiles } from './host-files.ts';

const database = '/var/lib/dpkg';

/** All that dpkg says beside the packages themselves. */
interface Context {
  readonly files: HostFiles;
  readonly diversions: ReadonlyMap<string, Diversion>;
  readonly overrides: ReadonlyMap<string, StatOverride>;
  readonly excluded: (path: string) => boolean;
  readonly account: (kind: 'user' | 'group', name: string) => number | undefined;
}

export function hostPackages(files: HostFiles): HostPackage[] {
  return parseStatus(files.read(`${database}/status`) ?? '');
}

/**
 * Adds the claims of all packages that are installed.
 * @param declared the packages that convergent resources ask for
 */
export function addPackageClaims(claims: Claims, files: HostFiles, declared: ReadonlySet<string>): void {
  const read = (path: string): string => files.read(path) ?? '';
  const context: Context = {
    files,
    diversions: parseDiversions(read(`${database}/diversions`)),
    overrides: parseStatOverrides(read(`${database}/statoverride`)),
    excluded: parseExclusions(dpkgConfiguration(files)),
    account: accounts(read('/etc/passwd'), read('/etc/group')),
  };
  const lists = new Set(files.list(`${database}/info`));
  for (const entry of hostPackages(files)) {
    const base = [`${entry.name}:${entry.architecture}`, entry.name].find((name) => lists.has(`${name}.list`));
    if (base !== undefined) addPackage(claims, context, entry, `${database}/info/${base}`, declared.has(entry.name));
  }
  for (const [path, { to, by }] of context.diversions) {
    if (by === undefined) claims.add(files.real(to), generated('dpkg-divert'));
    else if (claims.get(files.real(path)) === undefined) claims.add(files.real(path), generated('dpkg-divert'));
  }
}

function addPackage(claims: Claims, context: Context, entry: HostPackage, base: string, declared: boolean): void {
  const { name, version } = entry;
  const owner: Owner = { type: 'package', name, version, declared };
  const sums = parseMd5sums(context.files.read(`${base}.md5sums`) ?? '');
  for (const path of parseList(context.files.read(`${base}.list`) ?? '')) {
    const expected = expectedOf(path, entry, sums.get(path), context);
    claims.add(placeOf(path, name, context), { realm: 'convergent', owner, expected });
  }
}

function expectedOf(path: string, entry: HostPackage, sum: string | undefined, context: Context): Expected {
  const conffile = entry.conffiles.get(path);
  const md5 = sum ?? conffile;
  const override = context.overrides.get(path);
  return {
    ...(md5 === undefined ? {} : { md5 }),
    ...(conffile === undefined ? {} : { conffile: true }),
    ...(context.excluded(path) ? { optional: true } : {}),
    ...(override === undefined ? {} : attributesOf(override, context)),
  };
}

function attributesOf(override: StatOverride, { account }: Context): Expected {
  const uid = account('user', override.user);
  const gid = account('group', override.group);
  return { mode: override.mode, ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

/** Where a path of a package really is: moved aside for another package, or below a folder that is a link. */
function placeOf(path: string, name: string, { diversions, files }: Context): string {
  const diversion = diversions.get(path);
  return files.real(diversion === undefined || diversion.by === name ? path : diversion.to);
}

const generated = (name: string): Claim => ({ realm: 'convergent', owner: { type: 'generator', name } });

function dpkgConfiguration(files: HostFiles): string {
  const folder = '/etc/dpkg/dpkg.cfg.d';
  const parts = files.list(folder).filter((name) => /^[\w-]+$/.test(name));
  return ['/etc/dpkg/dpkg.cfg', ...parts.map((name) => `${folder}/${name}`)]
    .map((path) => files.read(path) ?? '')
    .join('\n');
}

function accounts(passwd: string, group: string): Context['account'] {
  const numbers = (text: string): Map<string, number> =>
    new Map(
      text
        .split('\n')
        .map((line) => line.split(':'))
        .map(([name, , number]) => [name!, Number(number)]),
    );
  const known = { user: numbers(passwd), group: numbers(group) };
  return (kind, name) => (name.startsWith('#') ? Number(name.slice(1)) : known[kind].get(name));
}
