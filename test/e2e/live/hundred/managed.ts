/** The machine that is managed: what a generation declares, what converges, and what is left alone. */
import type { SystemSpec } from '../../../activate/make-system.ts';

/** Answers with what is in a file, so that its health can be broken without stopping it. */
const server = `
use IO::Socket::INET;
my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', LocalPort => 8080, ReuseAddr => 1) or die $!;
while (1) {
  my $c = $s->accept or next; <$c>;
  open(my $f, '<', '/var/lib/web/health'); local $/; my $page = <$f>;
  print $c "HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n$page"; close $c;
}
`;

const service = (what: string): string => `[Unit]\nDescription=${what}\n[Service]\nExecStart=/bin/sleep infinity\n`;
const text = (content: string, mode: string) => ({ text: content, mode });

export const managed: SystemSpec = {
  name: 'managed',
  files: {
    '/etc/motd': 'Welcome.\n',
    '/etc/issue.net': 'Keep out.\n',
    '/etc/secret.key': text('0123456789\n', '0600'),
    '/etc/profile.d/app.sh': 'export APP=1\n',
    '/etc/app/one.conf': 'one = 1\n',
    '/etc/app/two.conf': 'two = 2\n',
    '/etc/app/three.conf': 'three = 3\n',
    '/etc/app/four.conf': 'four = 4\n',
    '/etc/app/five.conf': 'five = 5\n',
    '/etc/app/six.conf': 'six = 6\n',
    '/etc/app/seven.conf': 'seven = 7\n',
    '/etc/app/eight.conf': 'eight = 8\n',
    '/etc/app/nine.conf': 'nine = 9\n',
    '/etc/app/current': { link: 'one.conf' },
    '/etc/app/latest': { link: 'two.conf' },
    '/etc/app/newest': { link: 'three.conf' },
    '/etc/deep/er/file': 'deep\n',
    '/etc/site': { tree: { index: '<h1>', style: 'h1 {}', 'in/page': 'page', 'big/file': 'big' } },
    '/usr/local/bin/tool': text('#!/bin/sh\n', '0755'),
    '/usr/local/bin/helper': text('#!/bin/sh\n', '0755'),
    '/usr/local/lib/web.pl': server,
    '/srv/data': { folder: '0750' },
    '/srv/cache': { folder: '0755' },
    '/srv/spare': { folder: '0755' },
  },
  units: {
    'web.service': '[Service]\nExecStart=/usr/bin/perl /usr/local/lib/web.pl\n',
    'alpha.service': service('alpha'),
    'beta.service': service('beta'),
    'gamma.service': service('gamma'),
    'delta.service': service('delta'),
    'epsilon.service': service('epsilon'),
    'zeta.service': service('zeta'),
    'eta.service': service('eta'),
    'job.service': '[Service]\nType=oneshot\nExecStart=/bin/true\n',
    'job.timer': '[Timer]\nOnCalendar=yearly\n',
  },
  wanted: [
    ...['web', 'alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta'].map(
      (name) => `multi-user.target/${name}.service`,
    ),
    'timers.target/job.timer',
  ],
  groups: [
    { name: 'app', gid: 1500 },
    { name: 'ops', gid: 1501 },
  ],
  users: [
    { name: 'app', uid: 1500, group: 'app', home: '/srv/app', shell: '/bin/sh', system: true, locked: true },
    { name: 'deploy', uid: 1502, group: 'app', home: '/home/deploy', shell: '/bin/bash' },
  ],
  realms: [
    { pattern: '/etc/app/**', realm: 'congruent', reason: 'all of it is declared' },
    { pattern: '/srv/uploads/**', realm: 'divergent', reason: 'pictures of customers' },
  ],
  converge: [
    { name: 'acme', kind: 'apt', settings: { package: 'acme' } },
    { name: 'acme-tools', kind: 'apt', settings: { package: 'acme-tools' } },
    {
      name: 'acme-runs',
      kind: 'service',
      settings: { unit: 'acme.service', state: 'running', enabled: true },
      after: ['acme'],
    },
    { name: 'backups', kind: 'service', settings: { unit: 'dpkg-db-backup.timer', state: 'running', enabled: true } },
    { name: 'spool', kind: 'directory', settings: { path: '/srv/spool', mode: '0770', group: 'app' } },
    { name: 'inbox', kind: 'directory', settings: { path: '/srv/inbox', mode: '0755' } },
    {
      name: 'host-line',
      kind: 'line',
      settings: { path: '/etc/hosts', line: '10.0.0.5 database', match: '\\sdatabase$' },
    },
    { name: 'host-line-2', kind: 'line', settings: { path: '/etc/hosts', line: '10.0.0.6 cache', match: '\\scache$' } },
    {
      name: 'umask',
      kind: 'key',
      settings: { path: '/etc/login.settings', key: 'UMASK', value: '027', separator: ' ' },
    },
    {
      name: 'plugins',
      kind: 'key',
      settings: { path: '/etc/network.ini', section: 'main', key: 'plugins', value: 'keyfile' },
    },
    { name: 'level', kind: 'key', settings: { path: '/etc/network.ini', section: 'log', key: 'level', value: 'warn' } },
    {
      name: 'scratch',
      kind: 'mount',
      settings: { what: 'tmpfs', where: '/srv/scratch', type: 'tmpfs', options: ['size=1m'] },
    },
    {
      name: 'work',
      kind: 'mount',
      settings: { what: 'tmpfs', where: '/srv/work', type: 'tmpfs', options: ['size=1m'] },
    },
    { name: 'ttl', kind: 'sysctl', settings: { key: 'net.ipv4.ip_default_ttl', value: '70' } },
    { name: 'syn', kind: 'sysctl', settings: { key: 'net.ipv4.tcp_syn_retries', value: '4' } },
    { name: 'nightly', kind: 'cron', settings: { schedule: '0 3 * * *', command: '/bin/true' } },
    { name: 'weekly', kind: 'cron', settings: { schedule: '0 4 * * 0', command: '/bin/true' } },
    { name: 'monthly', kind: 'cron', settings: { schedule: '0 5 1 * *', command: '/bin/true' } },
    {
      name: 'marker',
      kind: 'command',
      settings: { check: ['test', '-e', '/var/lib/web/marker'], apply: ['touch', '/var/lib/web/marker'] },
    },
    {
      name: 'health',
      kind: 'http',
      settings: {
        url: 'http://127.0.0.1:8080/',
        contains: 'fine',
        apply: ['sh', '-c', 'echo fine >/var/lib/web/health'],
      },
    },
    { name: 'auditors', kind: 'group', settings: { group: 'auditors', gid: 1510, members: [] } },
    {
      name: 'eve',
      kind: 'user',
      settings: { user: 'eve', uid: 1511, group: 'auditors', shell: '/usr/sbin/nologin', groups: [] },
    },
    { name: 'mallory', kind: 'user', settings: { user: 'mallory', ensure: 'absent' } },
  ],
};
