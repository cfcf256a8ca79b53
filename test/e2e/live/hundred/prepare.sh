#!/bin/sh
# Run inside a throw-away machine, as root: makes four small packages and a repository of them in /srv/repo, installs
# them, and lays down things that nobody declares. `acme` will be declared by a convergent resource; `acme-tools` too,
# and will be removed; `other` and `gone` are packages that nobody declares.
set -eu
repo=/srv/repo
mkdir -p "$repo"

# pack NAME: makes a package of what is in /tmp/NAME
pack() {
  name=$1
  mkdir -p "/tmp/$name/DEBIAN"
  cat >"/tmp/$name/DEBIAN/control" <<EOF
Package: $name
Version: 1.0
Architecture: all
Maintainer: Nobody <nobody@example.org>
Description: made for a test
EOF
  (cd "/tmp/$name" && find etc -type f 2>/dev/null | sed 's,^,/,' >DEBIAN/conffiles || true)
  (cd "/tmp/$name" && find . -type f ! -path './DEBIAN/*' ! -path './etc/*' -exec md5sum {} + | sed 's,\./,,' >DEBIAN/md5sums)
  dpkg-deb --root-owner-group -b "/tmp/$name" "$repo/${name}_1.0_all.deb" >/dev/null
}

# daemon NAME: a service of the package that runs a program of its own
daemon() {
  mkdir -p "/tmp/$1/usr/lib/$1" "/tmp/$1/lib/systemd/system"
  cp /bin/sleep "/tmp/$1/usr/lib/$1/daemon"
  printf '[Unit]\nDescription=%s\n[Service]\nExecStart=/usr/lib/%s/daemon infinity\n[Install]\nWantedBy=multi-user.target\n' "$1" "$1" \
    >"/tmp/$1/lib/systemd/system/$1.service"
  mkdir -p "/tmp/$1/DEBIAN"
  printf '#!/bin/sh\nset -e\nuseradd --system --no-create-home --home /nonexistent --shell /usr/sbin/nologin %sd 2>/dev/null || true\n' "$1" \
    >"/tmp/$1/DEBIAN/postinst"
  printf 'deb-systemd-helper enable %s.service >/dev/null\nsystemctl daemon-reload\nsystemctl start %s.service || true\n' "$1" "$1" \
    >>"/tmp/$1/DEBIAN/postinst"
  chmod 755 "/tmp/$1/DEBIAN/postinst"
}

for name in acme other; do
  mkdir -p "/tmp/$name/usr/bin" "/tmp/$name/usr/share/$name" "/tmp/$name/etc"
  printf '#!/bin/sh\necho %s\n' "$name" >"/tmp/$name/usr/bin/$name"
  chmod 755 "/tmp/$name/usr/bin/$name"
  cp "/tmp/$name/usr/bin/$name" "/tmp/$name/usr/bin/${name}ctl"
  for file in data notes table list page logo; do echo "$file" >"/tmp/$name/usr/share/$name/$file"; done
  ln -s "$name" "/tmp/$name/usr/bin/$name-link"
  echo "level = 1" >"/tmp/$name/etc/$name.conf"
  daemon "$name"
  pack "$name"
done
for name in acme-tools gone; do
  mkdir -p "/tmp/$name/usr/bin"
  printf '#!/bin/sh\n' >"/tmp/$name/usr/bin/$name"
  chmod 755 "/tmp/$name/usr/bin/$name"
  pack "$name"
done

cd "$repo"
for deb in *.deb; do
  dpkg-deb -f "$deb"
  printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
done >Packages
# There is no network in here.
rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
echo "deb [trusted=yes] file:$repo ./" >/etc/apt/sources.list.d/local.list
apt-get -q update >/dev/null
apt-get -qy install acme acme-tools other gone >/dev/null 2>&1

# What was there before anybody managed this machine.
[ -e /etc/hosts ] || echo "127.0.0.1 localhost" >/etc/hosts
mkdir -p /opt/legacy /srv/uploads /home/ann /var/lib/web /usr/local/sbin
for file in one two three four; do echo "$file" >"/opt/legacy/$file"; done
echo picture >/srv/uploads/picture
echo notes >/home/ann/notes
echo fine >/var/lib/web/health
printf 'UMASK\t022\nPASS_MAX_DAYS\t99999\n' >/etc/login.settings
printf '[main]\nplugins=x\nlevel=3\n' >/etc/network.ini
rm -rf /tmp/acme /tmp/other /tmp/acme-tools /tmp/gone
