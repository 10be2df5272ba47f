#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Root has a container of the same number in another folder of LXC: what is done to one is not done to
# the other, whichever was first.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox
other=$work/other
# make_other FOLDER
make_other() {
	mkdir -p "$1/$ctid/rootfs"/{bin,proc,sys,dev}
	cp "$(command -v busybox)" "$1/$ctid/rootfs/bin"
	cat >"$1/$ctid/config" <<-END
		lxc.rootfs.path = dir:$1/$ctid/rootfs
		lxc.net.0.type = empty
		lxc.init.cmd = /bin/busybox sleep 600
	END
}
make_other "$other"
trap 'lxc-stop -k -P "$other" -n "$ctid" 2>/dev/null; cleanup' EXIT
other_start() { lxc-start -P "$other" -n "$ctid" -d; }
other_runs() { lxc-info -s -P "$other" -n "$ctid" | grep RUNNING; }

for first in ours theirs; do
	if [ "$first" = ours ]; then
		check 'ours starts' "$pct" start "$ctid"
		check 'theirs starts after it' other_start
	else
		check 'theirs starts' other_start
		check 'ours starts after it' "$pct" start "$ctid"
	fi
	check "with $first first, ours runs" grep -q running <("$pct" status "$ctid")
	check 'a command enters ours' grep -qx web1 <("$pct" exec "$ctid" -- hostname)
	check 'ours is stopped' "$pct" stop "$ctid"
	check "and is" grep -qx "status: stopped" <("$pct" status "$ctid")
	check 'theirs runs' other_runs
	check 'theirs is stopped' lxc-stop -k -P "$other" -n "$ctid"
done
check 'ours is destroyed' "$pct" destroy "$ctid"

# It may be in the folder of pct's containers, too, without a config of pct.
other=$PCT_LIB
make_other "$other"
check 'theirs starts in our folder' other_start
for command in status stop shutdown exec enter set destroy; do
	arguments=()
	case $command in
	shutdown) arguments=(--timeout 2 --forceStop 1) ;;
	exec) arguments=(-- true) ;;
	set) arguments=(--tags a) ;;
	esac
	refuses 1 "$command is not for theirs" "there is no container $ctid" \
		"$pct" "$command" "$ctid" "${arguments[@]}"
	check "$command: theirs runs" other_runs
done
check 'theirs is stopped' lxc-stop -k -P "$other" -n "$ctid"
rm -r "${other:?}/$ctid"
finish
