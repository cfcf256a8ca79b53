/**
 * What a hostile builder may try. Each attempt says what it tries, runs commands, and is held back when those fail
 * (or print nothing, where it is about what can be seen).
 */
export interface Attempt {
  readonly tries: string;
  /** Shell commands; success means that the attempt got through. */
  readonly by: string;
}

/** Commands that are given: `$input` (a declared input), `$secret` (a path of the store that is not declared). */
export const attempts: readonly Attempt[] = [
  { tries: 'to read files of the machine', by: 'cat /etc/shadow || cat /etc/hostname || cat /etc/machine-id' },
  { tries: 'to list folders of the machine', by: 'ls /root || ls /home || ls /var || ls /usr || ls /bin || ls /sys' },
  { tries: 'to see paths of the store that are no inputs', by: 'ls /nix/store | grep secret' },
  { tries: 'to read a path of the store that is no input', by: 'cat $secret' },
  { tries: 'to see the database of the store', by: 'ls /nix/var' },
  { tries: 'to write in the root', by: 'echo x > /file || mkdir /folder || echo x > /nix/file' },
  { tries: 'to write in /etc', by: 'echo root::0:0::/:/bin/sh >> /etc/passwd || rm /etc/hosts' },
  {
    tries: 'to change an input',
    by: 'echo x >> $input || chmod 777 $input || rm $input || mv $input $input.old || touch $input',
  },
  { tries: 'to replace an input by another file', by: 'echo evil > x; mv x $input || ln -sf x $input' },
  {
    tries: 'to make the store another folder',
    by: 'mv /nix/store /nix/old || rmdir /nix/store || mount -t tmpfs none /nix/store',
  },
  { tries: 'to link to an input, so that both are one file', by: 'ln $input $NIX_BUILD_TOP/same' },
  { tries: 'to mount something', by: 'mount -t tmpfs none /tmp || mount -o remount,rw / || mount -o bind /build /etc' },
  {
    tries: 'to mount over an input in a namespace of its own, and change it there',
    by: 'unshare -Urm sh -c "mount -o remount,rw,bind $input && echo x > $input"',
  },
  { tries: 'to mount an uncovered /proc', by: 'unshare -Urmp --fork mount -t proc none /tmp' },
  {
    tries: 'to mount the control groups, and change them',
    by: 'unshare -UrmC sh -c "mount -t cgroup2 none /tmp && echo 1 > /tmp/cgroup.freeze && exit 0; exit 1"',
  },
  { tries: 'to unmount what holds it', by: 'umount /nix/store || umount -l / || umount /proc/sys' },
  { tries: 'to change the root', by: 'mkdir r; chroot r /bin/sh || pivot_root / /tmp' },
  {
    tries: 'to change settings of the kernel',
    by: 'v=$(cat /proc/sys/kernel/core_pattern) && echo "$v" > /proc/sys/kernel/core_pattern',
  },
  {
    tries: 'to change virtual memory settings',
    by: 'v=$(cat /proc/sys/vm/swappiness) && echo "$v" > /proc/sys/vm/swappiness',
  },
  { tries: 'to use the magic key', by: 'echo h > /proc/sysrq-trigger' },
  {
    tries: 'to read the memory of the machine',
    by: 'head -c 1 /proc/kcore || head -c 1 /dev/mem || head -c 1 /dev/kmsg',
  },
  { tries: 'to make a device node', by: 'mknod disk b 254 0 || mknod kmsg c 1 11' },
  { tries: 'to make a file with a setuid bit', by: 'echo > f; chmod 4755 f || chmod u+s f' },
  { tries: 'to make a file with a setgid bit', by: 'echo > f; chmod 2755 f || chmod g+s f' },
  { tries: 'to make a folder with a setgid bit', by: 'mkdir d; chmod g+s d' },
  { tries: 'to give a file to another user', by: 'echo > f; chown 0 f || chown 1234:1234 f || chgrp 0 f' },
  { tries: 'to become another user', by: 'su -c id root || setuidgid root id || chpst -u root id' },
  { tries: 'to set the clock', by: 'date -s 2000-01-01; test "$(date +%Y)" = 2000' },
  { tries: 'to set the host name', by: 'hostname evil' },
  { tries: 'to restart the machine', by: 'reboot -f && sleep 1' },
  { tries: 'to see processes of the machine', by: 'ps -o comm | grep -i -e node -e systemd -e vitest' },
  { tries: 'to signal a process of the machine', by: 'kill -0 $outer' },
  { tries: 'to see variables of the caller', by: 'cat /proc/*/environ | tr "\\\\0" "\\n" | grep CANARY' },
  { tries: 'to see another network interface', by: 'ip -o link | grep -v " lo: "' },
  { tries: 'to reach a server on this machine', by: 'echo x | nc -w 2 127.0.0.1 $port' },
  { tries: 'to reach a server by an address of this machine', by: 'echo x | nc -w 2 $address $port' },
  { tries: 'to look up a name', by: 'nslookup localhost.example || wget -T 2 http://example.org/' },
  { tries: 'to reach a socket of the machine', by: 'ls /run /var/run' },
  {
    tries: 'to use an open file of the caller',
    by: 'for fd in /proc/self/fd/*; do case $(readlink $fd) in *canary*) exit 0;; esac; done; exit 1',
  },
  { tries: 'to leave by an open file of the process above', by: 'cat /proc/1/root/etc/shadow || ls /proc/1/cwd/root' },
  {
    tries: 'to raise its priority',
    by: 'nice -n -5 sh -c "test $(nice) -lt 0"',
  },
];
