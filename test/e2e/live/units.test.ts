/** The switch of a machine that runs: services of a real systemd, changed, broken, rolled back and rebooted. */
import { expect } from 'vitest';
import type { StorePath } from '../../../src/formats/index.ts';
import type { SystemSpec } from '../../activate/make-system.ts';
import { machineTest } from '../../support/machine/machine.ts';

/** A site: a small web server that reads its page at its start, and again when it is reloaded. */
const server = `
use IO::Socket::INET; $SIG{HUP} = sub { load() };
sub load { open(my $f, '<', '/etc/site/page') or die "no page\\n"; local $/; $page = <$f>; die "broken page\\n" if $page =~ /BROKEN/ }
load();
my $s = IO::Socket::INET->new(Listen => 5, LocalPort => 8080, ReuseAddr => 1) or die $!;
while (1) { my $c = $s->accept or next; <$c>; print $c "HTTP/1.0 200 OK\\r\\n\\r\\n$page"; close $c }
`;
const siteUnit = (more = ''): string => `[Unit]
Description=The site
[Service]
ExecStart=/usr/bin/perl /etc/site/server.pl
${more}`;
const site = (page: string, more = ''): SystemSpec => ({
  name: 'site',
  files: { '/etc/site/server.pl': server, '/etc/site/page': page },
  units: { 'site.service': siteUnit(more), 'db.service': '[Service]\nExecStart=/bin/sleep infinity\n' },
  wanted: ['multi-user.target/site.service', 'multi-user.target/db.service'],
  probes: [{ name: 'site', kind: 'http', target: 'http://127.0.0.1:8080/' }],
});

machineTest('services come, change, break, go back, and are there after a reboot', async (machine) => {
  const page = () =>
    machine.sh(
      'perl -MIO::Socket::INET -e \'$s=IO::Socket::INET->new("127.0.0.1:8080") or die; print $s "GET /\\n"; local $/; print <$s>\' | tail -n 1',
    );
  const [first, second, broken] = (await machine.make(
    site('one', '#1\n'),
    site('two', '[Unit]\nX-Restart-Triggers=two\n'),
    site('BROKEN', '[Unit]\nX-Restart-Triggers=three\n'),
  )) as [StorePath, StorePath, StorePath];
  expect(await machine.ok('switch', first)).toContain('is now generation 1');
  expect(await machine.state('site.service')).toBe('active');
  expect(await page()).toBe('one');
  const database = await machine.mainPid('db.service');

  // The page changes, and its service is told by a trigger.
  expect(await machine.ok('plan', second, '--explain', 'site.service')).toContain('X-Restart-Triggers');
  expect(await machine.ok('switch', second)).toContain('stop-start site.service');
  expect(await page()).toBe('two');
  expect(await machine.mainPid('db.service')).toBe(database);

  // A page that the service does not come up with.
  const failed = await machine.sysbuild('switch', broken);
  expect(failed).toMatchObject({ status: 5 });
  expect(failed.stderr).toContain('site.service');
  expect(await page()).toBe('two');
  expect(await machine.mainPid('db.service')).toBe(database);
  expect(await machine.ok('status')).toContain('is generation 2');

  await machine.ok('rollback');
  expect(await page()).toBe('one');
  await machine.reboot();
  expect(await page()).toBe('one');
  expect(await machine.ok('status')).toContain('is generation 1');
});
