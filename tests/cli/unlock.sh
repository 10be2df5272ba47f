#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct unlock: configs of both formats, all words, and a lock that another process holds.
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" -eq 0 ] || { skip 'all of it' root && finish; }
ctid=105
config=$PCT_ETC/lxc/$ctid/config
mkdir -p "${config%/*}"
with() { printf '%s\n' 'lxc.utsname = a' 'pve.volid = local:105/vm-105-disk-0.raw' "$@" >"$config"; }

# unlocks WORD PATTERN
unlocks() {
	with "pve.lock = $1" 'pve.memory = kept'
	refuses 0 "$1" "^pct: warning: container 105: the lock \"$1\" is removed: .*$2" "$pct" unlock $ctid
}
unlocks backup 'may still run'
unlocks create 'volumes may be incomplete'
unlocks frobnicate 'does not know this operation'
with 'pve.lock = disk'
cp "$config" "$work/locked"
"$pct" unlock $ctid >"$work/said" 2>&1
same 'the line is gone, and nothing else' "$(grep -v pve.lock "$work/locked")" "$(cat "$config")"
refuses 1 'not locked' 'container 105: is not locked' "$pct" unlock $ctid
with 'pve.lock = backup'
refuses 1 'set names the command' 'locked \(backup\); .*pct unlock 105' "$pct" set $ctid --description x

rm -r "${config%/*}"
config=$PCT_ETC/lxc/$ctid.conf
printf '%s\n' '#note' 'hostname: a' 'lock: snapshot' 'rootfs: local:105/vm-105-disk-0.raw,size=1G' '' '[snap]' 'lock: kept' >"$config"
refuses 0 "a config of Proxmox VE" 'snapshot was made' "$pct" unlock $ctid
same 'its line is gone, and nothing else' "$(printf '%s\n' '#note' 'hostname: a' \
	'rootfs: local:105/vm-105-disk-0.raw,size=1G' '' '[snap]' 'lock: kept')" "$(cat "$config")"

printf '%s\n' 'hostname: a' 'lock: backup' >"$config"
exec 9>"$PCT_RUN/pct/lock/$ctid.lock"
flock 9
refuses 1 'while a command holds the container' 'lock' timeout 30 "$pct" unlock $ctid
same 'it stays' 1 "$(grep -c '^lock: backup' "$config")"
finish
