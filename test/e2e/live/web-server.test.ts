/** nginx with a site and PostgreSQL with a database, from `examples/web-server`: changed, broken, rolled back, rebooted. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { run } from '../../../src/base/process.ts';
import { scratchDiskFolder } from '../../activate/support.ts';
import { machineTest, type SystemdMachine } from '../../support/machine/machine.ts';
import { debianMirror, program, root } from '../../support/program.ts';

/** Builds forms of the example on this host, and brings them to the machine's store. */
async function bring(machine: SystemdMachine, forms: readonly string[]): Promise<string[]> {
  const folder = scratchDiskFolder();
  const store = ['--store', join(folder, 'store')];
  const env = { ...process.env, HOME: folder, SYSBUILD_CONFIG: `mirror-debian = ${debianMirror.url}` };
  const sysbuild = async (...words: string[]): Promise<string> => {
    const result = await run(program, [...words, ...store], { env, cwd: folder });
    if (result.status !== 0) throw new Error(`sysbuild ${words.join(' ')}: ${result.stderr}`);
    return result.stdout.trim();
  };
  const systems: string[] = [];
  for (const form of forms) {
    const text = `(import ${root}/src/activate/modules).machine { imports = [ ${root}/examples/web-server/machine.nix ${form} ]; }`;
    systems.push(await sysbuild('build', '--no-out-link', '--expr', text));
  }
  await sysbuild('export', ...systems, '--output', join(folder, 'closure'));
  const [command, args] = machine.words(['sh', '-c', 'cat >/root/closure']);
  await run(command, args, { input: fs.readFileSync(join(folder, 'closure')) });
  const imported = await machine.run([program, 'import', '/root/closure']);
  if (imported.status !== 0) throw new Error(imported.stderr);
  return systems;
}

/** Asks the site every few milliseconds, until it is ended; says how often it was not there. */
const watch = `use IO::Socket::INET; $SIG{TERM} = sub { print "$ok $failed\\n"; exit }; $| = 1;
while (1) { my $s = IO::Socket::INET->new("127.0.0.1:80"); my $got = "";
  if ($s) { print $s "GET / HTTP/1.0\\r\\nHost: shop\\r\\n\\r\\n"; $got = <$s> // "" }
  $got =~ / 200 / ? $ok++ : $failed++; select undef, undef, undef, 0.02 }`;

machineTest(
  'a site and a database',
  async (machine) => {
    const [first, second, broken] = (await bring(machine, [
      '',
      '{ services.nginx.virtualHosts.shop.extraConfig = "add_header X-Form second;"; }',
      '{ services.nginx.httpConfig = "no_such_directive on;"; }',
    ])) as [string, string, string];
    const header = (name: string): Promise<string> =>
      machine.sh(
        `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("127.0.0.1:80") or exit; print $s "GET / HTTP/1.0\\r\\n\\r\\n"; print grep /^${name}:/i, <$s>' | tr -d '\\r'`,
      );
    const query = (text: string): Promise<string> => machine.sh(`runuser -u postgres -- psql -Atc "${text}" shop`);

    await machine.ok('switch', first);
    expect(await header('X-Served-By')).toBe('X-Served-By: shop');
    expect(await header('X-Form')).toBe('');
    await query('create table orders (id int); insert into orders values (1), (2)');
    expect(await query('select count(*) from orders')).toBe('2');
    const pids = () => Promise.all(['nginx', 'postgresql'].map((unit) => machine.mainPid(`${unit}.service`)));
    const before = await pids();

    // The site is watched while its server gets other settings, then ones that it cannot take.
    await machine.sh(
      `cat >/root/watch.pl <<'END'\n${watch}\nEND\nsystemd-run -q --unit=watch -p StandardOutput=file:/root/watched perl /root/watch.pl`,
    );
    expect(await machine.ok('switch', second)).toContain('reload nginx.service');
    expect(await header('X-Form')).toBe('X-Form: second');
    expect(await pids()).toEqual(before);
    const failed = await machine.sysbuild('switch', broken);
    expect(failed).toMatchObject({ status: 5 });
    expect(failed.stderr).toContain('nginx.service');
    expect(await header('X-Form')).toBe('X-Form: second');
    expect(await pids()).toEqual(before);
    await machine.sh('systemctl stop watch');
    const [answered, missed] = (await machine.sh('cat /root/watched')).split(' ').map(Number);
    expect(answered).toBeGreaterThan(20);
    expect(missed ?? 0).toBe(0);

    await machine.ok('rollback');
    expect(await header('X-Form')).toBe('');
    await machine.reboot();
    expect(await header('X-Served-By')).toBe('X-Served-By: shop');
    expect(await header('X-Form')).toBe('');
    expect(await query('select count(*) from orders')).toBe('2');
    expect(await machine.sysbuild('status')).toMatchObject({ status: 0 });
  },
  900_000,
);
