#!/usr/bin/env bash
# A throw-away Debian machine with a real systemd as its first process, in namespaces of this host; for tests, as root.
#
#   machine.sh make TREE              a Debian tree with systemd in it, by debootstrap from apt's own mirror (once)
#   machine.sh boot TREE STATE        boots it on an overlay in STATE; returns when systemd answers, and prints its pid
#   machine.sh cut STATE              power cut: everything in it ends at once
#   machine.sh off STATE              a clean shutdown
#
# STATE keeps what the machine wrote, so that booting it again goes on with the same disk. SHARE="/dir …" shows folders of
# the host at the same paths, read-only. The network is the machine's own: nothing but its loopback.
set -euo pipefail

packages=systemd,systemd-sysv,dbus,perl-base,passwd,libpam-runtime,login,procps,nginx-light,postgresql

mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' | grep -m1 '/debian/\?$'
}

suite() {
  . /etc/os-release
  echo "${VERSION_CODENAME:-stable}"
}

make() {
  local tree=$1
  if [[ -e $tree/.complete ]]; then return; fi
  rm -rf "$tree"
  mkdir -p "$tree"
  debootstrap --variant=minbase --include="$packages" "$(suite)" "$tree" "$(mirror)" >"$tree.log" 2>&1 || {
    tail -n 20 "$tree.log" >&2
    return 1
  }
  rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/usr/share/{doc,locale,man} "$tree.log"
  ln -sf /dev/null "$tree/etc/systemd/system/console-getty.service"
  # What Debian would start by itself is left to the tests.
  rm -f "$tree"/etc/systemd/system/*.wants/{nginx,postgresql}.service
  touch "$tree/.complete"
}

# The first process of the new namespaces: makes a root and becomes init.
inside() {
  local tree=$1 state=$2 top=$2/top root=$2/top/root share node
  mkdir -p "$state/upper" "$state/work" "$top"
  mount -t tmpfs -o mode=755 tmpfs "$top"
  mkdir "$root"
  mount -t overlay overlay -o "lowerdir=$tree,upperdir=$state/upper,workdir=$state/work" "$root"
  mkdir -p "$root"/{proc,sys,dev,run,tmp}
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  # Nodes are made anew: systemd gives those it finds other owners and modes, and the host's must not change.
  mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
  for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0 console:1:3; do
    IFS=: read -r name major minor <<<"$node"
    mknod -m 666 "$root/dev/$name" c "$major" "$minor"
  done
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  for node in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/${node#*:}" "$root/dev/${node%:*}"; done
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  for share in ${SHARE:-}; do
    mkdir -p "$root$share"
    mount --rbind "$share" "$root$share"
    mount -o remount,bind,ro "$root$share"
  done
  mkdir -p "$root/.host"
  cd "$root"
  pivot_root . .host
  umount -l /.host
  rmdir /.host
  exec env -i container=sysbuild-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
}

boot() {
  local tree=$1 state=$2 cgroups=/sys/fs/cgroup group pid= answer
  mkdir -p "$state"
  [[ -e $cgroups/cgroup.controllers ]] || cgroups=$cgroups/unified
  group=$cgroups/sysbuild-test-$$
  (
    mkdir "$group"
    echo "$BASHPID" >"$group/cgroup.procs"
    export -f inside
    exec setsid unshare -C -m -p -f -u -i -n --propagation private \
      bash -ec 'inside "$1" "$2"' _ "$tree" "$state" </dev/null >"$state/boot.log" 2>&1
  ) &
  local launcher=$!
  echo "$group" >"$state/cgroup"
  for _ in $(seq 600); do
    # Before it becomes the new machine, the launcher has short-lived children of its own.
    pid=$(cat "/proc/$launcher/task/$launcher/children" 2>/dev/null | tr -d ' ') || true
    if [[ -n $pid ]]; then
      echo "$pid" >"$state/pid"
      answer=$(nsenter -t "$pid" -m -u -i -n -p -C systemctl is-system-running --wait 2>/dev/null) || true
      if [[ $answer == running || $answer == degraded ]]; then
        echo "$pid"
        return
      fi
    fi
    kill -0 "$launcher" 2>/dev/null || break
    sleep 0.1
  done
  echo "machine.sh: $tree did not boot" >&2
  cat "$state/boot.log" >&2
  return 1
}

gone() { # waits until the machine's first process is gone, and tidies up its control groups
  local pid=$1 state=$2
  for _ in $(seq 300); do
    [[ -e /proc/$pid/exe ]] || break
    sleep 0.1
  done
  find "$(<"$state/cgroup")" -depth -type d -exec rmdir {} + 2>/dev/null || true
  rm -f "$state/pid"
  [[ ! -e /proc/$pid/exe ]]
}

case ${1-} in
  make) make "$2" ;;
  boot) boot "$2" "$3" ;;
  cut) pid=$(<"$2/pid") && kill -9 "$pid" && gone "$pid" "$2" ;;
  off) pid=$(<"$2/pid") && kill -s RTMIN+4 "$pid" && gone "$pid" "$2" ;;
  *)
    sed -n '2,11p' "$0"
    exit 2
    ;;
esac
