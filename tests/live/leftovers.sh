#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Nothing stays: after many starts, after a monitor's death, after starts that race.
. "$(dirname "$0")/../lib.sh"
new_bridge
# Of this test's own: others may attach and mount things on the machine meanwhile.
state() {
	find "$PCT_ETC" "$PCT_LIB" "$PCT_VZ" "$PCT_RUN" | sort
	losetup -n -O BACK-FILE | grep -F "$PCT_VZ"
	ip -o link show master "$bridge"
	grep -F "$PCT_LIB" /proc/self/mountinfo
}

new_ct busybox >/dev/null 2>&1
"$pct" start "$ctid" && "$pct" stop "$ctid"
state >"$work/before"
for n in $(seq 20); do
	{ "$pct" start "$ctid" && "$pct" stop "$ctid"; } >>"$work/cycles" 2>&1 ||
		echo "cycle $n failed" >>"$work/cycles"
done
same '20 starts and stops say nothing' '' "$(cat "$work/cycles")"
same 'and leave no mount, loop device, veth, cgroup or process' '' "$(leftovers "$ctid")"
state >"$work/after"
same 'and no file' "$(cat "$work/before")" "$(cat "$work/after")"

# A monitor that dies takes mount, loop device and veth with it; the next command does the rest.
gone_at_once() { ! leftovers "$ctid" | grep -qv -e /sys/fs/cgroup -e "$PCT_RUN/pct"; }
for next in start stop destroy; do
	"$pct" start "$ctid"
	kill -9 "$(monitor_pid "$ctid")"
	check "kill -9 of the monitor leaves no mount, loop device or veth ($next)" \
		within 5 gone_at_once
	case $next in
	start)
		check 'start after a kill' "$pct" start "$ctid"
		same 'the cgroup has its own name again' "lxc.payload.$ctid" \
			"$(find /sys/fs/cgroup -type d -name "lxc.payload.$ctid*" -printf '%f\n' | sort -u)"
		check 'stop after that' "$pct" stop "$ctid"
		;;
	stop) "$pct" stop "$ctid" >/dev/null 2>&1 ;;
	destroy) check 'destroy after a kill' "$pct" destroy "$ctid" ;;
	esac
	same "after pct $next nothing is left" '' "$(leftovers "$ctid")"
done

# lives PID: as the recorded monitor of $ctid.
lives() { echo "$1 $(cut -d ' ' -f 22 "/proc/$1/stat")" >"$PCT_RUN/pct/$ctid/monitor"; }

# lxc-start takes no lock of ours: where it overtakes a pct start, the container is its own.
new_ct busybox >/dev/null 2>&1
mkdir -p "$PCT_RUN/pct/$ctid"
sleep 60 &
former=$!
lives $former
"$pct" start "$ctid" 2>"$work/overtaken" & # waits for the former monitor
late=$!
sleep 0.5
kill -STOP $late
kill $former
lxc-start -P "$PCT_LIB" -n "$ctid"
kill -CONT $late
wait $late
same 'pct start that was overtaken says so' "pct: container $ctid: is already running" \
	"$(cat "$work/overtaken")"
check 'and leaves the record of the monitor that runs' \
	grep -q "^$(monitor_pid "$ctid") " "$PCT_RUN/pct/$ctid/monitor"
check 'stop after that' "$pct" stop "$ctid"

sleep 60 &
former=$!
lives $former
check 'lxc-start while a former monitor lives is refused' \
	bash -c '! lxc-start -P "$1" -n "$2"' - "$PCT_LIB" "$ctid"
check 'and the record says why' within 5 grep -q 'an earlier monitor still runs' \
	"$PCT_RUN/pct/$ctid/failure"
kill $former
check 'it starts when that is gone' "$pct" start "$ctid"
check 'and stops' "$pct" stop "$ctid"

# A monitor that goes on, or shares the host's mounts, takes none away by its end.
post_stop() { # run by a shell which stands for the monitor
	unshare -m bash -c 'mount -t tmpfs none "$1" && exec 3>"$1/used" &&
		echo "$$ $(cut -d " " -f 22 /proc/$$/stat)" >"$2" &&
		LXC_NAME=$3 LXC_CONFIG_FILE=$4 LXC_ROOTFS_PATH=$1 "$5/lxc.hook.post-stop" "$3" \
			lxc post-stop &&
		! mountpoint "$1"' - "$PCT_LIB/$ctid/rootfs" "$PCT_RUN/pct/$ctid/monitor" "$ctid" \
		"$PCT_LIB/$ctid/config" "$stage/hooks"
}
check 'post-stop unmounts by itself, though somebody is in there' post_stop

# What is in a group of its own is ended with it; groups of another container are not ours to sweep.
top=/sys/fs/cgroup
[ -e $top/cgroup.procs ] || top=/sys/fs/cgroup/pids
mkdir -p "$top/lxc.payload.$ctid-web" "$top/lxc.payload.$ctid-1/empty" \
	"$top/lxc.payload.$ctid-2/x"
sleep 60 &
echo $! >"$top/lxc.payload.$ctid-1/cgroup.procs"
sleep 60 &
echo $! >"$top/lxc.payload.$ctid-web/cgroup.procs"
check 'stop ends what is in a group of its own' "$pct" stop "$ctid"
same 'and leaves those of others alone' web \
	"$(cd "$top" && find . -path "./lxc.payload.$ctid-*" -type d | sed 's/^[^-]*-//' | sort)"
check 'with what is in there' kill $!
within 5 rmdir "$top/lxc.payload.$ctid-web"

# 16 starts of one container: one wins, and its image is attached once.
new_ct busybox >/dev/null 2>&1
image=$images/$ctid/vm-$ctid-rootfs.raw
pids=()
for n in $(seq 16); do
	if [ $((n % 2)) = 0 ]; then
		"$pct" start "$ctid" >/dev/null 2>&1 &
	else
		lxc-start -P "$PCT_LIB" -n "$ctid" >/dev/null 2>&1 &
	fi
	pids+=("$!")
done
most=0
while [ -n "$(jobs -rp)" ]; do
	now=$(losetup -n -O BACK-FILE | grep -cF "$image")
	[ "$now" -le "$most" ] || most=$now
	sleep 0.02
done
wait "${pids[@]}"
same 'the image was never attached twice under 16 starts' 1 "$most"
check 'and the container runs' within 10 runs "$ctid"
check 'stop it' "$pct" stop "$ctid"
same 'nothing is left of the others' '' "$(leftovers "$ctid")"
check 'its file system is clean' e2fsck -fn "$image"
finish
