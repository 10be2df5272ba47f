#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container sees its own memory, CPUs and uptime, by Debian's lxcfs, which runs in a private mount
# namespace here; without the hooks of its package.
[ "${IN_MOUNTS:-}" ] || exec env IN_MOUNTS=1 unshare -m bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
# Not below $work, where every file is looked at.
mount -t tmpfs -o mode=755 tmpfs /mnt
export PCT_LXCFS=/mnt/lxcfs
package=$cache/lxcfs daemon=
trap '[ -z "$daemon" ] || kill "$daemon"; cleanup' EXIT

# The program alone: the package would start it, on the folder of this host.
if [ ! -x "$package/usr/bin/lxcfs" ]; then
	mkdir -p "$work/package" && (cd "$work/package" && apt-get download lxcfs) >/dev/null 2>&1
	dpkg-deb -x "$work"/package/lxcfs_*.deb "$package"
fi
# new_ct with lxcfs as it is when the container starts; in $ctid.
start_ct() {
	new_ctid
	"$pct" create "$ctid" "$template" "$@" >/dev/null 2>&1
	# That of busybox is ours, which includes nothing.
	sed -i 's|^\(lxc.include = .*/\)busybox\.|\1|' "$PCT_ETC/lxc/$ctid/config"
	"$pct" start "$ctid"
}
mounts() { inside grep -c ' fuse.lxcfs ' /proc/mounts; }
warns() { "$pct" doctor | grep -F 'lxcfs'; }
template busybox

check 'without lxcfs: start' start_ct
same 'there is nothing of it' 0 "$(mounts)"
same 'doctor tells' "warning: lxcfs: is not mounted on $PCT_LXCFS: free, uptime and top in a\
 container show the values of the host; apt-get install lxcfs, and restart the containers" "$(warns)"
"$pct" stop "$ctid"

# Hooks of the package, and one of an administrator, that write that they ran.
included=/usr/share/lxc/config/common.conf.d
mount -t tmpfs -o mode=755 tmpfs $included
printf 'lxc.hook.%s = /bin/touch %s/ran-lxcfs\n' mount "$work" post-stop "$work" \
	>$included/00-lxcfs.conf
printf 'lxc.environment = HERE=1\n  lxc.hook.mount = /bin/touch %s/ran\n' "$work" \
	>$included/10-own.conf
chmod 777 "$work"

mkdir "$PCT_LXCFS"
LD_LIBRARY_PATH=$(echo "$package"/usr/lib/*/lxcfs) "$package/usr/bin/lxcfs" -p "$work/pid" \
	"$PCT_LXCFS" >"$work/log" 2>&1 &
daemon=$!
check 'lxcfs runs' within 10 mountpoint -q "$PCT_LXCFS"
same 'doctor tells of hooks that do not run' \
	"warning: /usr/share/lxc/config/common.conf.d/10-own.conf: its mount and post-stop hooks do not\
 run, because they are cleared together with the hooks of lxcfs; set them in the configs of\
 containers" \
	"$(warns)"
for unprivileged in 1 0; do
	what="unprivileged=$unprivileged"
	check "$what: start" start_ct --unprivileged $unprivileged --memory 64 --swap 0 --cores 1
	check "$what: the files are mounted" [ "$(mounts)" -ge 8 ]
	same "$what: all read-only" "$(mounts)" "$(inside grep -c ' fuse.lxcfs ro,' /proc/mounts)"
	same "$what: its memory" 'MemTotal: 65536 kB' "$(inside grep MemTotal /proc/meminfo | xargs)"
	same "$what: its CPU" 1 "$(inside grep -c ^processor /proc/cpuinfo)"
	check "$what: also in /sys" grep -qx '[0-9]*' <(inside cat /sys/devices/system/cpu/online)
	check "$what: its uptime" [ "$(inside cut -d . -f 1 /proc/uptime)" -lt 60 ]
	check "$what: the CPUs of the host stay as they are" eval \
		'! inside sh -c "echo 0 >/sys/devices/system/cpu/online"'
	same "$what: nothing warns" '' "$("$pct" status "$ctid" | grep -i warn)"
	same "$what: included settings are kept" HERE=1 \
		"$(inside cat /proc/1/environ | tr '\0' '\n' | grep HERE)"
	check "$what: stop" "$pct" stop "$ctid"
	same "$what: nothing is left" '' "$(leftovers "$ctid")"
done
same 'the hooks did not run' '' "$(find "$work" -maxdepth 1 -name 'ran*')"

# Killed, it answers no more; a container starts all the same.
kill -9 "$daemon" && wait "$daemon" 2>/dev/null
daemon=
check 'lxcfs is killed: doctor tells' eval 'warns | grep -q "is not mounted"'
check 'start' start_ct
same 'without it' 0 "$(mounts)"
"$pct" stop "$ctid"
umount -l "$PCT_LXCFS" $included
finish
