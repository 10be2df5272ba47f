#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a power loss could take away, told by the order of calls.
#
# The tracer logs each write, sync, rename and new name that a command makes, in every process of it;
# order.awk looks at those below the config's, the runtime configs' and the volumes' folders, and in
# the volume that is mounted (an inode of a loop device).  It says so when
#   - a file is renamed into place whose last write was not followed by a sync of that file,
#   - a config is replaced while something that the command wrote, or a name that it made, is not
#     synced yet; likewise the ledger in a container's tree,
#   - at the end of a command that said "done" a file or the folder of a new name is not synced.
# It takes for granted that the kernel keeps what it says of fsync(2) and syncfs(2), and that a flush
# of a loop device reaches its image.  What lies in the run folder is lost at a power loss anyway.
# It tells nothing of a file system's own bugs, and writes by mmap(2) are not seen.
. "$(dirname "$0")/../lib.sh"
tracer=$build/faults/tracer
[ -x "$tracer" ] || { skip order "no tracer for this machine" && finish; }
new_bridge
new_ctid
template busybox

# order NAME RENAMES COMMAND...: with at least so many renames.
order() {
	local name=$1 renames=$2
	shift 2
	if timeout -k 5 120 "$tracer" -a -o "$work/log" "$@" >"$work/out" 2>&1 </dev/null; then
		gawk -f "$top/tests/faults/order.awk" -v command="$name" -v etc="$PCT_ETC" \
			-v lib="$PCT_LIB" -v vz="$PCT_VZ" -v want_renames="$renames" \
			-v create="$([[ $name = create* ]] && echo 1)" "$work/log" >"$work/bad"
	else
		cp "$work/out" "$work/bad"
	fi
	if [ -s "$work/bad" ]; then
		not_ok "$name: what it wrote is synced, in this order" <"$work/bad"
	else
		ok "$name: what it wrote is synced, in this order"
	fi
}
net=(--net0 "name=eth0,bridge=$bridge,ip=$net.20/24")
order 'create' 3 "$pct" create "$ctid" "$template" --rootfs local:1 --hostname web1 "${net[@]}"
order 'set' 2 "$pct" set "$ctid" --hostname web2 --memory 64
order 'setup' 2 "$pct" setup "$ctid"
"$pct" set "$ctid" --hostname web3 --delete net0
order 'start' 3 "$pct" start "$ctid"
order 'set of a running one' 2 "$pct" set "$ctid" --hostname web4
order 'stop' 0 "$pct" stop "$ctid"
order 'destroy' 0 "$pct" destroy "$ctid"
new_ctid
order 'create of a subvol' 3 "$pct" create "$ctid" "$template" --rootfs local:0 --hostname web1
finish
