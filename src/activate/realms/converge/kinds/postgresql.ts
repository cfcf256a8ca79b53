/** Databases and roles of PostgreSQL, through psql(1) as the user `postgres`. A database with tables is never dropped. */
import { type MakeResource, ResourceError, type World } from '../resource.ts';
import { readSettings } from '../settings.ts';
import { must } from './host-program.ts';

/** Rows of one column each. Names stand in the text as literals, quoted here. */
function query(world: World, sql: string, database = 'postgres'): string[] {
  const args = [
    '-u',
    'postgres',
    '--',
    'psql',
    '-X',
    '-q',
    '-t',
    '-A',
    '-v',
    'ON_ERROR_STOP=1',
    '-d',
    database,
    '-c',
    sql,
  ];
  return must(world, 'runuser', args)
    .split('\n')
    .filter((row) => row !== '');
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const identifier = (text: string): string => `"${text.replaceAll('"', '""')}"`;

export const postgresqlDatabase: MakeResource = (entry, world) => {
  const { name, owner, encoding, present } = readSettings(entry, (settings) => {
    settings.only('database', 'owner', 'encoding', 'ensure');
    return {
      name: settings.string('database'),
      owner: settings.optional('owner'),
      encoding: settings.optional('encoding'),
      present: settings.present(),
    };
  });
  const ownerNow = (): string | undefined =>
    query(world, `SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = ${literal(name)}`)[0];
  return {
    check() {
      const found = ownerNow();
      if (!present) return found === undefined ? undefined : `the database ${name} is there`;
      if (found === undefined) return `there is no database ${name}`;
      return owner === undefined || found === owner
        ? undefined
        : `the database ${name} is of ${found} and not ${owner}`;
    },
    apply() {
      const found = ownerNow();
      if (!present) return dropEmpty(world, name);
      const of = owner === undefined ? '' : ` OWNER ${identifier(owner)}`;
      const as = encoding === undefined ? '' : ` ENCODING ${literal(encoding)} TEMPLATE template0`;
      if (found === undefined) query(world, `CREATE DATABASE ${identifier(name)}${of}${as}`);
      else if (owner !== undefined) query(world, `ALTER DATABASE ${identifier(name)} OWNER TO ${identifier(owner)}`);
    },
  };
};

function dropEmpty(world: World, name: string): void {
  const own = "schemaname NOT IN ('pg_catalog', 'information_schema')";
  const [tables] = query(world, `SELECT count(*) FROM pg_tables WHERE ${own}`, name);
  if (tables !== '0') throw new ResourceError(`the database ${name} has ${tables} tables, and is left`);
  query(world, `DROP DATABASE ${identifier(name)}`);
}

const roleFlags = { login: 'rolcanlogin', superuser: 'rolsuper', createdb: 'rolcreatedb' } as const;
type RoleFlag = keyof typeof roleFlags;

export const postgresqlRole: MakeResource = (entry, world) => {
  const { name, present, flags } = readSettings(entry, (settings) => {
    settings.only('role', 'ensure', ...Object.keys(roleFlags));
    const wanted = (Object.keys(roleFlags) as RoleFlag[]).map((flag) => [flag, settings.maybe(flag)] as const);
    return { name: settings.string('role'), present: settings.present(), flags: wanted };
  });
  const columns = Object.values(roleFlags).join(" || ',' || ");
  const now = (): Record<RoleFlag, boolean> | undefined => {
    const [row] = query(world, `SELECT ${columns} FROM pg_roles WHERE rolname = ${literal(name)}`);
    const [login, superuser, createdb] = (row ?? '').split(',').map((value) => value === 'true' || value === 't');
    return row === undefined ? undefined : { login: login!, superuser: superuser!, createdb: createdb! };
  };
  return {
    check() {
      const found = now();
      if (!present) return found === undefined ? undefined : `the role ${name} is there`;
      if (found === undefined) return `there is no role ${name}`;
      const wrong = flags.find(([flag, wanted]) => wanted !== undefined && found[flag] !== wanted);
      return wrong === undefined ? undefined : `the role ${name} ${wrong[1] ? 'has no' : 'has'} ${wrong[0]}`;
    },
    apply() {
      if (!present) {
        query(world, `DROP ROLE ${identifier(name)}`);
        return;
      }
      const words = flags.flatMap(([flag, wanted]) =>
        wanted === undefined ? [] : [`${wanted ? '' : 'NO'}${flag.toUpperCase()}`],
      );
      const verb = now() === undefined ? 'CREATE' : 'ALTER';
      if (verb === 'CREATE' || words.length > 0) query(world, `${verb} ROLE ${identifier(name)} ${words.join(' ')}`);
    },
  };
};
