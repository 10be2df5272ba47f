#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The words of --rootfs, which create takes: they act on the mount of the root volume.
. "$(dirname "$0")/../lib.sh"
template busybox
inside() { "$pct" exec "$ctid" -- "$@" 2>&1; }
options() { inside sed -n 's|^[^ ]* / [^ ]* \([^ ]*\) .*|\1|p' /proc/mounts | tr , '\n' | grep -x "$1" | sort | xargs; }

for unprivileged in 1 0; do
	kind="unprivileged $unprivileged"
	new_ctid
	check "$kind: create with options" "$pct" create "$ctid" "$template" --memory 64 --swap 0 \
		--unprivileged "$unprivileged" --rootfs 'local:0.1,mountoptions=nosuid;noatime,acl=1'
	same "$kind: config" "local:$ctid/vm-$ctid-rootfs.raw,acl=1,mountoptions=nosuid;noatime,size=103M" \
		"$("$pct" config "$ctid" | sed -n 's/^rootfs: //p')"
	check "$kind: start" "$pct" start "$ctid"
	same "$kind: they act" 'noatime nosuid rw' "$(options 'noatime\|nosuid\|r[ow]')"
	check "$kind: destroy" "$pct" destroy "$ctid" --force

	new_ctid
	check "$kind: create read-only" "$pct" create "$ctid" "$template" --memory 64 --swap 0 \
		--unprivileged "$unprivileged" --rootfs local:0.1,ro=1
	check "$kind: start read-only" "$pct" start "$ctid"
	same "$kind: it is" ro "$(options 'r[ow]')"
	same "$kind: nothing can be written" 1 "$(inside touch /etc/x | grep -c 'Read-only')"
	check "$kind: stop" "$pct" stop "$ctid"
	check "$kind: destroy" "$pct" destroy "$ctid"
done
new_ctid
refuses 1 'quotas of an unprivileged container' 'quota works only in a privileged container; remove quota=1' \
	"$pct" create "$ctid" "$template" --rootfs local:0.1,quota=1
same 'leave nothing' '' "$(find "$PCT_VZ/images" "$PCT_ETC/lxc" -path "*$ctid*" 2>/dev/null)"
finish
