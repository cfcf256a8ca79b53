# The machine of `managed.ts` for Puppet, with the types of the agent alone: what it can say of it. What is written in
# FILES, LINKS, FOLDERS and UNITS is put in by `peers.ts`.
File { owner => 'root', group => 'root' }
# FILES
# LINKS
# FOLDERS
# UNITS
file { '/etc/site': ensure => directory, recurse => true, purge => true, force => true, mode => '0755' }
file { '/etc/app': ensure => directory, recurse => true, purge => true, force => true, mode => undef, owner => undef, group => undef }
file { '/etc/site/in': ensure => directory, mode => '0755' }
file { '/etc/site/big': ensure => directory, mode => '0755' }
service { 'acme.service': ensure => running, enable => true }
service { 'dpkg-db-backup.timer': ensure => running, enable => true }
group { 'ops': ensure => present, gid => 1501 }
group { 'auditors': ensure => present, gid => 1510 }
user { 'app': ensure => present, uid => 1500, gid => 'app', home => '/srv/app', shell => '/bin/sh' }
user { 'deploy': ensure => present, uid => 1502, gid => 'app', home => '/home/deploy', shell => '/bin/bash' }
user { 'eve': ensure => present, uid => 1511, gid => 'auditors', groups => [], membership => inclusive, shell => '/usr/sbin/nologin' }
user { 'mallory': ensure => absent }
package { 'acme': ensure => present }
package { 'acme-tools': ensure => present }
file { '/srv/spool': ensure => directory, mode => '0770', group => 'app' }
file { '/srv/inbox': ensure => directory, mode => '0755' }
file { '/etc/cron.d/sysbuild-nightly': ensure => file, mode => '0644', content => "# converge.nightly in machine.nix; sysbuild converge keeps it\n0 3 * * * root /bin/true\n" }
file { '/etc/cron.d/sysbuild-weekly': ensure => file, mode => '0644', content => "# converge.weekly in machine.nix; sysbuild converge keeps it\n0 4 * * 0 root /bin/true\n" }
file { '/etc/cron.d/sysbuild-monthly': ensure => file, mode => '0644', content => "# converge.monthly in machine.nix; sysbuild converge keeps it\n0 5 1 * * root /bin/true\n" }
file { '/etc/sysctl.d/60-sysbuild-syn.conf': ensure => file, content => "# converge.syn in machine.nix; sysbuild converge keeps it\nnet.ipv4.tcp_syn_retries = 4\n" }
file { '/var/lib/web/marker': ensure => file }
Exec { path => '/usr/bin:/bin:/usr/sbin:/sbin', provider => shell }
exec { 'resource host-line': command => 'true', unless => 'grep -qx "10.0.0.5 database" /etc/hosts' }
exec { 'resource host-line-2': command => 'true', unless => 'grep -qx "10.0.0.6 cache" /etc/hosts' }
exec { 'resource umask': command => 'true', unless => 'grep -qx "UMASK 027" /etc/login.settings' }
exec { 'resource plugins': command => 'true', unless => 'grep -qx plugins=keyfile /etc/network.ini' }
exec { 'resource level': command => 'true', unless => 'grep -qx level=warn /etc/network.ini' }
exec { 'resource scratch': command => 'true', unless => 'grep -q " /srv/scratch " /proc/mounts' }
exec { 'resource work': command => 'true', unless => 'grep -q " /srv/work " /etc/fstab' }
exec { 'resource ttl': command => 'true', unless => 'test "$(sysctl -n net.ipv4.ip_default_ttl)" = 70' }
exec { 'resource health': command => 'true', unless => 'grep -q fine /var/lib/web/health' }
