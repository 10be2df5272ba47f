# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What every test script begins with.  It is the only place that names paths.
#
# A script prints "ok N - WHAT", "not ok N - WHAT" or "ok N - WHAT # SKIP REASON" lines, and ends
# with 1 when something failed.  Everything it makes lies in a private folder, or is named after a
# container of its own, and is gone afterwards, also after an interrupt.
set -u
export LC_ALL=C
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(cd "$top" && cd "${O:-build}" && pwd) || exit 1
cache=$build/cache

# 0755, and everything below: the mount hook of an unprivileged container has to get there.
umask 022
work=$(mktemp -d "${TMPDIR:-/tmp}/pct-test-XXXXXX")
chmod 755 "$work"
export PCT_ETC=$work/etc PCT_LIB=$work/lib PCT_VZ=$work/vz PCT_RUN=$work/run
stage=$work/bin
images=$PCT_VZ/images
pct=$stage/pct
mkdir -p "$stage" "$PCT_ETC" "$PCT_LIB" "$PCT_VZ/template/cache" "$PCT_RUN" "$cache"
cp "$build/pct" "$stage/"
cp -R "$build/hooks" "$stage/"
cp -R "$top/distro-templates" "$stage/"
# What pct itself executes is not emulated.
if [ -n "${EMULATOR:-}" ]; then
	mv "$pct" "$stage/hooks/pct"
	printf '#!/bin/sh\nexec %s %s "$@"\n' "$EMULATOR" "$stage/hooks/pct" >"$pct"
	chmod 755 "$pct"
fi
PATH=$stage:$PATH:/usr/sbin:/sbin
. "$top/tests/tap.sh"

ctids=() bridge=''

# Setup is run as an ordinary user, whose tree it is.
user=()
[ "$(id -u)" -ne 0 ] || user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
give_to_user() { [ "$(id -u)" -ne 0 ] || chown -Rh 65534:65534 "$1"; }

# A write, even of what was there already, changes it.
fingerprint() { find "$1" -printf '%y %m %p %l %s %T@\n' | sort | md5sum; }

# What a run says of the same changes as the dry run that said $1; in $as_done.
as_done() {
	as_done=${1//would create/created}
	as_done=${as_done//would change/changed}
	as_done=${as_done//would remove/removed}
}

# Interfaces, cgroups, files and processes of the container with this number on this host.
of_number() {
	grep -so "[a-z]*${1}[.:][^ ]*" /proc/net/dev
	find /sys/fs/cgroup -depth -type d \( -name "lxc.*.$1" -o -name "lxc.*.$1-*" \) 2>/dev/null
	[ ! -e "$PCT_RUN/pct/$1/plan" ] || echo "$PCT_RUN/pct/$1/plan"
	pgrep -af "lxc monitor. $PCT_LIB $1\$"
}

# What is left of the containers with these numbers on this host, mounts and loop devices as well.
# Nothing is printed for containers that are stopped; what tells of the last start may stay in the
# run folder.
leftovers() {
	local id
	# The kernel detaches a loop device some time after its last user has gone.
	within 5 nothing_attached
	attached
	for id in "$@"; do of_number "$id"; done
	find "$work" -name '.pct-*' -o -name '*.tmp' -o -name '*.XXXXXX'
}

nothing_attached() { [ -z "$(attached)" ]; }
attached() { grep -sF "$work/" /proc/self/mountinfo /sys/block/loop*/loop/backing_file; }

# simple_quotas DIR: turn them on, as "btrfs quota enable --simple" does, which Debian 12 lacks.
simple_quotas() {
	python3 -c 'import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0xC0109428, struct.pack("QQ", 4, 0))' "$1" 2>/dev/null
}

# Files of a container on this host, but for its volumes' contents.
files_of() {
	find "$PCT_ETC" "$PCT_LIB" "$images" "$PCT_RUN" -name "*$1*" ! -name '*.lock' 2>/dev/null
}

# new_ctid: a number that nothing on this host uses, in $ctid.
new_ctid() {
	while :; do
		ctid=$((RANDOM % 80000 * 100 + 1000000 + RANDOM % 100))
		[ -z "$(of_number $ctid)" ] && break
	done
	ctids+=("$ctid")
}

# A bridge of our own; $net.1 is its address.
new_bridge() {
	while :; do
		bridge=pt$RANDOM net=198.18.$((RANDOM % 250 + 1))
		ip route | grep -qF "$net." && continue
		ip link add "$bridge" type bridge 2>/dev/null && break
	done
	ip addr add "$net.1/24" dev "$bridge" && ip link set "$bridge" up
}

# template NAME [OPTION...]: have pct distro build it once, put it in the template folder, its file
# name in $template.  It is built again when its recipe has changed.
template() {
	local kept name lock
	: >"$work/built"
	exec {lock}>"$cache/.lock" && flock "$lock" # another test may build it just now
	name=$("$pct" distro build "$@" --dry-run | sed -n '1s/^# //p')
	kept=$(find "$cache" -name "${name/VERSION/*}" | head -n 1)
	if [ -z "$kept" ] || [ -n "$(find "$top/distro-templates/$1" -newer "$kept" 2>/dev/null)" ]; then
		rm -f ${kept:+"$kept"}
		"$pct" distro build "$@" >"$work/built" && mv "$(cat "$work/built")" "$cache/"
		kept=$(find "$cache" -name "${name/VERSION/*}" | head -n 1)
	fi
	exec {lock}>&-
	template=${kept##*/}
	[ -n "$template" ] || { not_ok "template $*" <"$work/built" && finish; }
	[ -e "$PCT_VZ/template/cache/$template" ] || cp "$kept" "$PCT_VZ/template/cache/"
}

# debian_with NAME PACKAGE...: a recipe NAME for Debian with these packages in addition, for template().
# Its revision changes with the packages.
debian_with() {
	local recipe=$stage/distro-templates/$1
	cp -R "$top/distro-templates/debian" "$recipe"
	shift
	printf 'packages = %s\nrevision = %s\n' "$*" "$(cksum <<<"$*" | cut -d ' ' -f 1)" >>"$recipe/recipe"
}

# What the tests in the machine run inside a container, which has no mirror there.
debian_inside() {
	debian_with debian-inside podman crun runc netavark aardvark-dns fuse-overlayfs iptables \
		openvpn busybox-static
}

# new_ct TEMPLATE [OPTION...]: create a container in $ctid, named web1 with the address $net.20 unless
# the options say otherwise.
new_ct() {
	local name=$1 usual=()
	shift
	new_ctid
	template "$name"
	[[ " $* " = *' --hostname '* ]] || usual+=(--hostname web1)
	[[ " $* " = *' --net0 '* ]] ||
		usual+=(--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1")
	"$pct" create "$ctid" "$template" "${usual[@]}" "$@"
}

# raw_volume CTID NAME [OWNER]: an empty image whose top folder belongs to OWNER.
raw_volume() {
	install -d -m 700 "$images/$1" &&
		mke2fs -q -F -t ext4 -E "root_owner=${3:-0:0}" "$images/$1/$2" 16M >/dev/null 2>&1
}

# shift_ids CTID COUNT: add COUNT to all ids in its volume, as on a host of Proxmox VE.
shift_ids() {
	local volume tree
	volume=$(echo "$images/$1"/*) tree=$work/shift
	mkdir -p "$tree"
	if [ -d "$volume" ]; then mount --bind "$volume" "$tree"; else mount -o loop "$volume" "$tree"; fi
	python3 - "$tree" "$2" <<-'END'
		import os, stat, sys
		top, count = sys.argv[1], int(sys.argv[2])
		for folder, folders, files in os.walk(top, topdown=False):
		    for path in [os.path.join(folder, name) for name in folders + files] + [folder] * (folder == top):
		        st = os.lstat(path)
		        os.lchown(path, st.st_uid + count, st.st_gid + count)
		        if not stat.S_ISLNK(st.st_mode):
		            os.chmod(path, stat.S_IMODE(st.st_mode))
	END
	umount "$tree"
}

# The IPv4 addresses inside, as its own ip(8) names them; "-j" is not known to busybox.
addresses_inside() {
	"$pct" exec "$1" -- ip -j addr show dev eth0 2>/dev/null </dev/null |
		jq -r '.[].addr_info[]? | select(.family == "inet") | "\(.local)/\(.prefixlen)"' 2>/dev/null |
		grep . ||
		"$pct" exec "$1" -- ip addr show dev eth0 </dev/null | awk '$1 == "inet" { print $2 }'
}
has_address() { [ "$(addresses_inside "$1")" = "$2" ]; }

runs() { [ "$(lxc-info -P "$PCT_LIB" -n "$1" -sH 2>/dev/null)" = RUNNING ]; }
stopped() { ! runs "$1"; }
monitor_pid() { pgrep -f "lxc monitor. $PCT_LIB $1\$"; }
no_monitor() { ! monitor_pid "$1" >/dev/null; }

init_pid() { lxc-info -P "$PCT_LIB" -n "$1" -pH 2>/dev/null; }
# rebooted PID: whether $ctid runs with another init.  Asked in this order: between the two there is
# none, and then one whose start goes on.
rebooted() {
	local now
	now=$(init_pid "$ctid")
	[ -n "$now" ] && [ "$now" != "$1" ] && runs "$ctid"
}

inside() { "$pct" exec "$ctid" -- "$@" </dev/null 2>/dev/null; }

# Whether the boot of $ctid has come to its end, and no unit has failed; plain busybox does not tell.
booted() {
	case $(inside cat /proc/1/comm) in
	systemd) [ "$(inside systemctl is-system-running)" = running ] ;;
	*) [ "$(inside runlevel)" = 'N 2' ] || [ "$(inside rc-status -r)" = default ] ||
		! inside test -e /etc/init.d ;;
	esac
}

# background NAME COMMAND...: a command of pct, for two minutes at most; its process is added to $runs.
runs=()
background() {
	local began=$SECONDS
	{
		timeout -k 1 120 "$pct" "${@:2}" >"$work/$1" 2>&1 </dev/null
		echo "exit $? after $((SECONDS - began)) s" >>"$work/$1"
	} &
	runs+=("$!")
}
# told WHAT NAME STATUS SECONDS PATTERN: how that command ended, in how many seconds, and what it said.
told() {
	local took
	took=$(sed -n "s/^exit $3 after \([0-9]*\) s\$/\1/p" "$work/$2")
	if [ -n "$took" ] && [ "$took" -le "$4" ] && grep -q "$5" "$work/$2"; then
		ok "$1"
		sed 's/^/#   /' "$work/$2"
	else
		not_ok "$1" <"$work/$2"
	fi
}

destroy() {
	"$pct" stop "$1" >/dev/null 2>&1
	"$pct" destroy "$1" >/dev/null 2>&1
}

cleanup() {
	local id pid mount loop
	trap '' INT TERM
	for id in "${ctids[@]}"; do
		timeout 10 lxc-stop -P "$PCT_LIB" -n "$id" -k 2>/dev/null
		within 5 no_monitor "$id" || for pid in $(monitor_pid "$id"); do kill -9 "$pid"; done
		find /sys/fs/cgroup -depth -type d \( -name "lxc.*.$id" -o -name "lxc.*.$id-*" -o \
			-path "*/lxc.*.$id/*" -o -path "*/lxc.*.$id-*/*" \) -exec rmdir {} + 2>/dev/null
		ip -o link | grep -o "v[a-z]*${id}\.[0-9]*" | while read -r link; do
			ip link del "$link" 2>/dev/null
		done
	done
	grep -F " $work/" /proc/self/mountinfo | cut -d ' ' -f 5 | tac | while read -r mount; do
		umount -l "$mount"
	done
	losetup -n -O NAME,BACK-FILE | grep -F " $work/" | while read -r loop _; do
		losetup -d "$loop"
	done
	[ -z "$bridge" ] || ip link del "$bridge"
	rm -rf --one-file-system "$work" "/run/lxc/lock/$PCT_LIB"
	rmdir -p --ignore-fail-on-non-empty "$(dirname "/run/lxc/lock/$PCT_LIB")" 2>/dev/null
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
