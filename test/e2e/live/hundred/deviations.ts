/**
 * A hundred ways in which a machine stops being what it was. Each is one line of shell, done by hand on the machine of
 * `managed.ts` after `prepare.sh`, with what has to be said of it: the realm, what follows, and of what.
 *
 *     alarm      congruent: must equal the generation, and does not
 *     repair     convergent: `sysbuild converge` puts it right
 *     report     convergent: its owner is known, and nobody was asked to repair it
 *     growth     nobody answers for it: told as new, gone or changed
 *     inventory  declared as left alone
 */
export interface Deviation {
  readonly realm: 'congruent' | 'convergent' | 'divergent' | 'unknown';
  readonly verdict: 'alarm' | 'repair' | 'report' | 'growth' | 'inventory';
  /** A path; or a type, a blank and a name. */
  readonly subject: string;
  readonly shell: string;
}

const all =
  (realm: Deviation['realm'], verdict: Deviation['verdict']) =>
  (rows: readonly (readonly [subject: string, shell: string])[]): Deviation[] =>
    rows.map(([subject, shell]) => ({ realm, verdict, subject, shell }));

const alarms = all(
  'congruent',
  'alarm',
)([
  // Files that the generation declares.
  ['/etc/motd', 'echo "call me" >>/etc/motd'],
  ['/etc/issue.net', ': >/etc/issue.net'],
  [
    '/etc/secret.key',
    'touch -r /etc/secret.key /tmp/t; printf "9876543210\\n" >/etc/secret.key; touch -r /tmp/t /etc/secret.key',
  ],
  ['/etc/profile.d/app.sh', 'rm /etc/profile.d/app.sh'],
  ['/etc/app/one.conf', 'chmod 666 /etc/app/one.conf'],
  ['/etc/app/two.conf', 'chown app /etc/app/two.conf'],
  ['/etc/app/three.conf', 'chgrp app /etc/app/three.conf'],
  ['/usr/local/bin/tool', 'chmod u+s /usr/local/bin/tool'],
  ['/usr/local/bin/helper', 'chmod -x /usr/local/bin/helper'],
  ['/etc/app/four.conf', 'rm /etc/app/four.conf; mkdir /etc/app/four.conf'],
  ['/etc/app/five.conf', 'mv /etc/app/five.conf /tmp/five; ln -s /tmp/five /etc/app/five.conf'],
  ['/etc/app/six.conf', 'rm /etc/app/six.conf; mkfifo /etc/app/six.conf'],
  ['/etc/app/seven.conf', 'rm /etc/app/seven.conf; mknod /etc/app/seven.conf c 1 3'],
  ['/etc/app/eight.conf', 'echo "eight = 9" >/tmp/eight; mount --bind /tmp/eight /etc/app/eight.conf'],
  ['/etc/app/nine.conf', 'sed -i "s/$/\\r/" /etc/app/nine.conf'],
  ['/etc/app/current', 'ln -sfn two.conf /etc/app/current'],
  ['/etc/app/latest', 'rm /etc/app/latest; echo "two = 3" >/etc/app/latest'],
  ['/etc/app/newest', 'rm /etc/app/newest'],
  ['/etc/app/extra.conf', 'echo "extra = 1" >/etc/app/extra.conf'],
  ['/etc/app/.hidden', 'echo 1 >/etc/app/.hidden'],
  ['/etc/deep/er/file', 'rm -r /etc/deep'],
  ['/srv/data', 'chmod 777 /srv/data'],
  ['/srv/cache', 'chown app /srv/cache'],
  ['/srv/spare', 'rmdir /srv/spare; echo 1 >/srv/spare'],
  // A folder that the generation brings as a whole.
  ['/etc/site/index', 'echo "<script>" >>/etc/site/index'],
  ['/etc/site/style', 'rm /etc/site/style'],
  ['/etc/site/in/page', 'chmod 600 /etc/site/in/page'],
  ['/etc/site/shell.php', 'echo "<?php" >/etc/site/shell.php'],
  ['/etc/site/.well', 'mkdir /etc/site/.well'],
  ['/etc/site/in/link', 'ln -s /etc/shadow /etc/site/in/link'],
  ['/etc/site/big', 'mount -t tmpfs none /etc/site/big'],
  // Units of the generation.
  ['/etc/systemd/system/alpha.service', 'echo "Nice=5" >>/etc/systemd/system/alpha.service'],
  [
    'unit beta.service',
    'mkdir -p /etc/systemd/system/beta.service.d; printf "[Service]\\nNice=5\\n" >/etc/systemd/system/beta.service.d/x.conf; systemctl daemon-reload',
  ],
  [
    'unit gamma.service',
    'mkdir -p /run/systemd/system/gamma.service.d; printf "[Service]\\nNice=5\\n" >/run/systemd/system/gamma.service.d/x.conf; systemctl daemon-reload',
  ],
  [
    '/etc/systemd/system/delta.service',
    'rm /etc/systemd/system/delta.service; ln -s /dev/null /etc/systemd/system/delta.service',
  ],
  ['unit epsilon.service', 'systemctl stop epsilon.service'],
  [
    '/etc/systemd/system/multi-user.target.wants/zeta.service',
    'rm /etc/systemd/system/multi-user.target.wants/zeta.service',
  ],
  ['unit eta.service', 'systemctl kill -s KILL eta.service'],
  ['unit web.service', 'systemctl set-property web.service CPUWeight=50'],
  ['unit job.timer', 'systemctl stop job.timer'],
  ['/etc/systemd/system/job.service', 'rm /etc/systemd/system/job.service'],
]);

const repairs = all(
  'convergent',
  'repair',
)([
  ['resource host-line', 'cp /etc/hosts /tmp/h; grep -v database /tmp/h >/etc/hosts; true'],
  ['resource host-line-2', 'cp /etc/hosts /tmp/h; sed "s/^.*cache$/10.9.9.9 cache/" /tmp/h >/etc/hosts'],
  ['resource umask', 'sed -i "s/^UMASK.*/UMASK 000/" /etc/login.settings'],
  ['resource plugins', 'sed -i "/^plugins/d" /etc/network.ini'],
  ['resource level', 'sed -i "/^.log.$/,$ d" /etc/network.ini'],
  ['resource spool', 'chmod 777 /srv/spool'],
  ['resource inbox', 'rmdir /srv/inbox'],
  ['resource acme-runs', 'systemctl disable --now acme.service; systemctl mask acme.service'],
  ['resource backups', 'systemctl stop dpkg-db-backup.timer'],
  ['resource scratch', 'umount /srv/scratch'],
  ['resource work', 'sed -i "/srv.work/d" /etc/fstab'],
  ['resource ttl', 'sysctl -qw net.ipv4.ip_default_ttl=64'],
  ['resource syn', 'rm /etc/sysctl.d/60-sysbuild-syn.conf'],
  ['resource nightly', 'sed -i "s/true/false/" /etc/cron.d/sysbuild-nightly'],
  ['resource weekly', 'rm /etc/cron.d/sysbuild-weekly'],
  ['resource monthly', 'chmod 777 /etc/cron.d/sysbuild-monthly'],
  ['resource marker', 'rm /var/lib/web/marker'],
  ['resource health', 'echo broken >/var/lib/web/health'],
  ['resource users.app', 'usermod -s /bin/bash app; usermod -p x app'],
  ['resource users.deploy', 'userdel deploy'],
  ['resource groups.ops', 'groupdel ops'],
  ['resource auditors', 'gpasswd -a www-data auditors'],
  ['resource eve', 'usermod -G www-data eve'],
  ['resource mallory', 'useradd mallory'],
  ['resource acme-tools', 'dpkg --remove acme-tools'],
  // Files of a package that a resource asks for.
  ['/usr/bin/acme', 'echo "rm -rf /" >>/usr/bin/acme'],
  ['/usr/bin/acmectl', 'chmod 4777 /usr/bin/acmectl'],
  ['/usr/bin/acme-link', 'ln -sfn /bin/sh /usr/bin/acme-link'],
  ['/usr/share/acme/data', 'rm /usr/share/acme/data'],
  ['/usr/share/acme/notes', 'chown app /usr/share/acme/notes'],
  ['/usr/share/acme/table', 'rm /usr/share/acme/table; mkdir /usr/share/acme/table'],
]);

const reports = all(
  'convergent',
  'report',
)([
  ['/etc/acme.conf', 'echo "level = 9" >/etc/acme.conf'],
  // A package that nobody asked for still says what its files are.
  ['/usr/bin/other', 'echo "exit 1" >>/usr/bin/other'],
  ['/usr/bin/otherctl', 'chmod u+s /usr/bin/otherctl'],
  ['/usr/bin/other-link', 'ln -sfn /bin/true /usr/bin/other-link'],
  ['/usr/share/other/data', 'rm /usr/share/other/data'],
  ['/usr/share/other/notes', 'chown 33:33 /usr/share/other/notes'],
  ['/usr/share/other/page', 'rm /usr/share/other/page; ln -s data /usr/share/other/page'],
  ['/usr/share/other/logo', 'echo other >/tmp/logo; mount --bind /tmp/logo /usr/share/other/logo'],
  ['/etc/other.conf', 'rm /etc/other.conf'],
  ['unit apt-daily.timer', 'systemctl mask apt-daily.timer'],
  ['unit fstrim.timer', 'systemctl disable --now fstrim.timer'],
  [
    'unit other.service',
    'mkdir -p /etc/systemd/system/other.service.d; printf "[Service]\\nNice=5\\n" >/etc/systemd/system/other.service.d/x.conf; systemctl daemon-reload',
  ],
  ['process daemon', 'cp -a /usr/lib/other/daemon /usr/lib/other/new; mv /usr/lib/other/new /usr/lib/other/daemon'],
  ['user www-data', 'usermod -s /bin/bash www-data'],
  ['user otherd', 'usermod -p "" otherd'],
  ['group sudo', 'usermod -aG sudo www-data'],
]);

const growths = all(
  'unknown',
  'growth',
)([
  ['/opt/legacy/one', 'echo changed >/opt/legacy/one'],
  ['/opt/legacy/two', 'rm /opt/legacy/two'],
  ['/opt/miner', 'echo 1 >/opt/miner'],
  ['/usr/local/sbin/backdoor', 'echo 1 >/usr/local/sbin/backdoor; chmod 755 /usr/local/sbin/backdoor'],
  ['user bob', 'useradd bob'],
  ['package gone', 'dpkg --remove gone'],
  [
    'port tcp 0.0.0.0:4444',
    "systemd-run -q --unit=listener perl -MIO::Socket::INET -e '$$s = IO::Socket::INET->new(Listen => 1, LocalPort => 4444); sleep 9999'; sleep 1",
  ],
  [
    'process runner',
    'cp /bin/sleep /opt/runner; systemd-run -q --unit=runner /opt/runner infinity; sleep 1; rm /opt/runner',
  ],
  ['mount /opt/legacy/disk', 'mkdir /opt/legacy/disk; mount -t tmpfs none /opt/legacy/disk'],
]);

const inventories = all(
  'divergent',
  'inventory',
)([
  ['/srv/uploads/picture', 'echo other >/srv/uploads/picture'],
  ['/srv/uploads/new', 'echo new >/srv/uploads/new'],
  ['/home/ann/notes', 'rm /home/ann/notes'],
]);

export const deviations: readonly Deviation[] = [...alarms, ...repairs, ...reports, ...growths, ...inventories];
