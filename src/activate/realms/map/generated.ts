/**
 * Paths that programs of a Debian host write from other things, so that no list of dpkg's names them, and places that
 * are left alone on every machine. A configuration's own rules come before these. Data.
 */
import type { RealmPattern } from './patterns.ts';

/** A pattern, and the program that writes what it matches: as convergent as the packages that the program is run for. */
export const generatedPaths: readonly (readonly [pattern: string, program: string])[] = [
  ['/var/lib/dpkg/**', 'dpkg'],
  ['/var/lib/apt/**', 'apt'],
  ['/var/lib/systemd/deb-systemd-helper-*/**', 'deb-systemd-helper'],
  // Users, groups and units are judged one by one, not by the files that hold them.
  ['/etc/{passwd,group,shadow,gshadow,subuid,subgid}{,-}', 'the programs of passwd'],
  ['/etc/systemd/system/*.{wants,requires}/**', 'systemctl enable'],
  ['/etc/ld.so.cache', 'ldconfig'],
  ['/etc/alternatives/**', 'update-alternatives'],
  ['/etc/rc?.d/**', 'update-rc.d'],
  ['/etc/ssl/certs/**', 'update-ca-certificates'],
  ['/etc/ca-certificates.conf', 'ca-certificates'],
  ['/usr/share/info/dir*', 'install-info'],
  ['/usr/share/mime/**', 'update-mime-database'],
  ['/usr/share/applications/mimeinfo.cache', 'update-desktop-database'],
  ['/usr/share/icons/*/icon-theme.cache', 'update-icon-caches'],
  ['/usr/share/glib-2.0/schemas/gschemas.compiled', 'glib-compile-schemas'],
  ['/usr/lib/locale/locale-archive', 'locale-gen'],
  ['/usr/lib/locale/C.*/**', 'localedef'],
  ['/usr/lib/python*/**/__pycache__/**', 'py3compile'],
  ['/usr/lib/python*/**/__pycache__', 'py3compile'],
  ['/usr/share/**/__pycache__/**', 'py3compile'],
  ['/usr/share/**/__pycache__', 'py3compile'],
  ['/usr/lib/*/gconv/gconv-modules.cache', 'iconvconfig'],
  ['/usr/lib/*/gio/modules/giomodule.cache', 'gio-querymodules'],
  ['/usr/lib/*/gdk-pixbuf-2.0/*/loaders.cache', 'gdk-pixbuf-query-loaders'],
  ['/lib/modules/*/modules.*', 'depmod'],
  ['/usr/lib/modules/*/modules.*', 'depmod'],
  ['/boot/initrd.img-*', 'update-initramfs'],
  ['/boot/grub/**', 'update-grub'],
  ['/var/lib/ucf/**', 'ucf'],
  ['/var/cache/ldconfig/**', 'ldconfig'],
  ['/var/lib/systemd/catalog/database', 'journalctl --update-catalog'],
  ['/etc/udev/hwdb.bin', 'systemd-hwdb'],
  ['/usr/lib/udev/hwdb.bin', 'systemd-hwdb'],
  ['/var/lib/pam/**', 'pam-auth-update'],
  ['/etc/pam.d/common-*', 'pam-auth-update'],
  ['/etc/shells', 'update-shells'],
  ['/var/lib/shells.state', 'update-shells'],
  ['/var/lib/initramfs-tools/**', 'update-initramfs'],
];

const alone = (pattern: string, reason: string): RealmPattern => ({
  pattern,
  realm: 'divergent',
  reason,
  declared: undefined,
});

/** Left alone on every machine: what the Filesystem Hierarchy Standard gives to people and to running programs. */
export const leftAlone: readonly RealmPattern[] = [
  alone('/home/**', 'homes'),
  alone('/root/**', 'home of root'),
  alone('/tmp/**', 'temporary files'),
  alone('/var/tmp/**', 'temporary files'),
  alone('/var/log/**', 'logs'),
  alone('/var/cache/**', 'caches'),
  alone('/var/spool/**', 'queues'),
  alone('/var/mail/**', 'mail'),
  alone('/run/**', 'state of running programs'),
  alone('/mnt/**', 'mounted by hand'),
  alone('/media/**', 'removable media'),
  alone('/lost+found/**', 'found by fsck'),
  alone('/etc/machine-id', 'identity of this machine'),
  alone('/etc/hostname', 'identity of this machine'),
  alone('/etc/hosts', 'identity of this machine'),
  alone('/etc/resolv.conf', 'network of this machine'),
  alone('/etc/fstab', 'file systems of this machine'),
  alone('/etc/mtab', 'state of running programs'),
  alone('/etc/adjtime', 'clock of this machine'),
  alone('/var/lib/systemd/random-seed', 'state of running programs'),
  alone('/var/lib/systemd/timers/**', 'state of running programs'),
  alone('/var/lib/urandom/**', 'state of running programs'),
];

/** Folders of the kernel, and of device nodes: not on any disk. */
export const kernelFolders: readonly string[] = ['/proc', '/sys', '/dev'];
