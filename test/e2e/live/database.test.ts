/** Databases and roles of a real PostgreSQL converge; what is in them is left alone. */
import { expect } from 'vitest';
import type { ConvergeReport } from '../../../src/activate/index.ts';
import type { SystemSpec } from '../../activate/make-system.ts';
import { machineTest } from '../../support/machine/machine.ts';

const system = (server: string): SystemSpec => ({
  name: 'shop',
  realms: [{ pattern: '/var/lib/postgresql/**', realm: 'divergent', reason: 'data of the shop' }],
  converge: [
    { name: 'server', kind: 'service', settings: { unit: server, state: 'running' } },
    {
      name: 'role',
      kind: 'postgresql-role',
      settings: { role: 'shop', login: true, superuser: false },
      after: ['server'],
    },
    { name: 'database', kind: 'postgresql-database', settings: { database: 'shop', owner: 'shop' }, after: ['role'] },
    { name: 'old', kind: 'postgresql-database', settings: { database: 'old', ensure: 'absent' }, after: ['server'] },
  ],
});

machineTest(
  'a database and its role are made, found missing, and made again',
  async (machine) => {
    const sql = (text: string, database = 'postgres') =>
      machine.sh(`runuser -u postgres -- psql -qtAX -d ${database} -c "${text}"`);
    const outcomes = async (...options: string[]): Promise<Record<string, string>> => {
      const { stdout, stderr } = await machine.sysbuild('converge', '--json', ...options);
      expect(stdout, stderr).not.toBe('');
      const { resources } = JSON.parse(stdout) as ConvergeReport;
      return Object.fromEntries(
        resources.map(({ name, outcome, detail }) => [name, outcome === 'kept' ? outcome : `${outcome}: ${detail}`]),
      );
    };
    const server = `postgresql@${await machine.sh('ls /usr/lib/postgresql')}-main.service`;
    const [path] = await machine.make(system(server));
    await machine.ok('switch', path!);
    const made = await outcomes();
    expect(made).toMatchObject({
      role: 'repaired: there is no role shop',
      database: 'repaired: there is no database shop',
      old: 'kept',
    });
    expect(
      await sql('SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $$shop$$'.replaceAll('$', '\\$')),
    ).toBe('shop');
    expect(await outcomes()).toEqual({ server: 'kept', role: 'kept', database: 'kept', old: 'kept' });

    await sql('CREATE TABLE goods (name text)', 'shop');
    await sql('ALTER ROLE shop SUPERUSER');
    await sql('CREATE DATABASE old');
    await sql('CREATE TABLE treasure (name text)', 'old');
    expect(await outcomes('--noop')).toMatchObject({
      role: 'deviates: the role shop has superuser',
      database: 'kept',
      old: 'deviates: the database old is there',
    });
    const repaired = await outcomes();
    expect(repaired['role']).toBe('repaired: the role shop has superuser');
    // Nothing of people's is destroyed.
    expect(repaired['old']).toBe('not-kept: the database old has 1 tables, and is left');
    expect(await sql('SELECT count(*) FROM treasure', 'old')).toBe('0');

    // A table is data: gone, it is the shop's own affair. The database is ours to bring back.
    await sql('DROP TABLE goods', 'shop');
    expect(await outcomes()).toMatchObject({ database: 'kept' });
    await sql('DROP DATABASE shop');
    expect(await outcomes()).toMatchObject({ database: 'repaired: there is no database shop' });

    await machine.sh(`systemctl stop ${server}`);
    expect(await outcomes()).toMatchObject({
      server: expect.stringMatching(/^repaired/),
      role: 'kept',
      database: 'kept',
    });
  },
  600_000,
);
