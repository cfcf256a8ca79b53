#!/bin/sh
# What a simple configuration manager does for the same change: looks at every file, writes what differs, has systemd read
# its units again, and asks for the state of each unit it manages. Arguments: the wanted tree of /etc/large, what to restart.
set -eu
changed=
for wanted in $(cd "$1" && find . -type f); do
  cmp -s "$1/$wanted" "/etc/large/$wanted" || { cp "$1/$wanted" "/etc/large/$wanted"; changed=1; }
done
for unit in /etc/systemd/system/large-*.service; do
  systemctl is-active --quiet "${unit##*/}" || systemctl start "${unit##*/}"
done
[ -z "$changed" ] || { systemctl daemon-reload; systemctl restart "$2"; }
