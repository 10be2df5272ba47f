#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Root of a container acts against pct push and pull: files that change, block, grow or have no end.
. "$(dirname "$0")/../lib.sh"
new_bridge
seconds=4
[ "${1:-}" != --full ] || seconds=30
mkdir "$work/mine"
cd "$work/mine" || exit 1
echo of-the-host >"$work/canary"
chmod 600 "$work/canary"
head -c 300000 /dev/urandom >source

# ends SECONDS STATUS WHAT PATTERN ARGUMENT...
ends() {
	local limit=$1 want=$2 what=$3 pattern=$4 began=$SECONDS status
	shift 4
	timeout -k 1 60 "$pct" "$@" >"$work/said" 2>&1 </dev/stdin
	status=$?
	if [ $status -eq "$want" ] && [ $((SECONDS - began)) -le "$limit" ] &&
		{ [ -z "$pattern" ] || grep -q "$pattern" "$work/said"; }; then
		ok "$kind: $what"
		head -n 2 "$work/said" | sed 's/^/#   /'
	else
		{ echo "exit $status after $((SECONDS - began)) s" && head -c 2000 "$work/said"; } >"$work/why"
		not_ok "$kind: $what" <"$work/why"
	fi
}
in_background() { inside sh -c "($*) >/dev/null 2>&1 </dev/null & echo \$! >>/attackers"; }
end_attack() { inside sh -c 'kill -9 $(cat /attackers); rm -f /attackers'; }
free() { timeout 5 flock -n "$PCT_RUN/pct/lock/$ctid.lock" true; }

# Files and folders that become links to the host's names, FIFOs and devices.
swapped() {
	local tries=0 end=$((SECONDS + seconds)) found=''
	inside sh -c "mkdir -p /s/d; echo inside >/s/d/canary; echo inside >/canary"
	in_background "while :; do rm -rf /s/x; cp -r /s/d /s/x; rm -rf /s/x; ln -s $work /s/x; rm /s/x; mkfifo /s/x; rm /s/x; ln -s / /s/x; done"
	in_background "while :; do rm -rf /t; ln -s $work /t; rm /t; mkdir /t; rm -rf /t; ln -s /proc/1/root$work /t; done"
	while [ $SECONDS -lt $end ]; do
		tries=$((tries + 1))
		timeout -k 1 20 "$pct" pull "$ctid" /s/x/canary one >/dev/null 2>&1 </dev/null
		[ $? -lt 124 ] || found="$found blocked"
		timeout -k 1 20 "$pct" pull "$ctid" /s folder >/dev/null 2>&1 </dev/null
		[ $? -lt 124 ] || found="$found blocked"
		timeout -k 1 20 "$pct" push "$ctid" source /t/written >/dev/null 2>&1 </dev/null
		[ $? -lt 124 ] || found="$found blocked"
		grep -rqs of-the-host one folder && found="$found canary"
		rm -rf one folder
	done
	end_attack
	same "$kind: $tries rounds while names are swapped" '' "$found"
	same "$kind: nothing of the host was written" of-the-host "$(cat "$work/canary")$(ls "$work/written" 2>/dev/null)"
	same "$kind: nothing is left halfway" '' "$(find "$work/mine" -name '.pct-*'; inside find / -xdev -name '.pct-*')"
}

without_end() {
	ends 10 1 'a FIFO' 'is a FIFO' pull "$ctid" /fifo x
	ends 10 1 'a device' 'is a device' pull "$ctid" /dev/zero x
	in_background 'while :; do cat /big >>/grows; done'
	ends 30 0 'a file that grows' '' pull "$ctid" /grows x
	end_attack
	inside rm -f /grows
	rm -f x
	inside dd of=/holes bs=1M seek=1000000 count=0
	ends 20 0 'a terabyte of nothing' '' pull "$ctid" /holes x
	same "$kind: takes no space" 0 "$(du -m x | cut -f 1)"
	rm -f x
	mkdir "$work/small"
	mount -t tmpfs -o size=16m none "$work/small"
	inside dd if=/dev/zero of=/full bs=1M count=20
	ends 10 1 'more than the host has' 'not enough space: 819 KiB and .* stay free; free some space' \
		pull "$ctid" /full "$work/small/x"
	mkdir "$work/small/d"
	inside sh -c 'mkdir /many; cd /many; for i in $(seq 40); do head -c 1000000 /full >$i; done'
	ends 20 1 'also in many files' 'not enough space' pull "$ctid" /many "$work/small/many"
	same "$kind: nothing of it stays" d "$(ls -A "$work/small")"
	umount "$work/small"
	rmdir "$work/small"
	inside rm -rf /many /full
	inside sh -c 'cd /; i=0; while [ $i -lt 300 ]; do mkdir d && cd d || exit; i=$((i + 1)); done'
	ends 10 1 'folders without end' 'has more than 256 folders in each other' pull "$ctid" /d deep
	inside rm -rf /d
	inside sh -c 'mkdir /names; cd /names; for i in $(seq 100); do mkfifo f$i; done; touch "$(printf "\033[2J")" "$(printf "a\nb")"'
	ends 10 0 'many messages' '84 more were skipped' pull "$ctid" /names names
	same "$kind: in few lines, without controls" '17 ' "$(wc -l <"$work/said") $(grep -P '[\x00-\x09\x0b-\x1f]' "$work/said")"
	rm -rf names
	inside rm -rf /names
}

slow() { sleep 3; cat source; }
# What enters is stopped, killed and frozen by those inside.
stopped_inside() {
	in_background 'while :; do for p in /proc/[0-9]*; do grep -q "^pct-enter" $p/comm && kill -STOP ${p#/proc/}; done; done'
	ends 45 1 'its process is stopped' "container $ctid: there was no progress for 30 s; a process in the container blocks" \
		push "$ctid" - /stopped < <(slow)
	end_attack
	check "$kind: nobody holds the lock" free
	in_background 'while :; do for p in /proc/[0-9]*; do grep -q "^pct-enter" $p/comm && kill -KILL ${p#/proc/}; done; done'
	ends 10 1 'its process is killed' "container $ctid: the process at the other end has ended; the container" push "$ctid" - /killed < <(slow)
	end_attack
	(sleep 1; lxc-freeze -P "$PCT_LIB" -n "$ctid") &
	slow | timeout -k 1 60 "$pct" push "$ctid" - /frozen >"$work/said" 2>&1
	same "$kind: frozen meanwhile" "1 1" "$? $(grep -c 'is frozen; lxc-unfreeze' "$work/said")"
	lxc-unfreeze -P "$PCT_LIB" -n "$ctid"
	same "$kind: no file is incomplete" '' "$(inside ls /frozen /stopped /killed)"
}

# The names of users are theirs.
users() {
	inside sh -c 'mv /etc/passwd /passwd; mkfifo /etc/passwd'
	ends 10 1 'users in a FIFO' '/etc/passwd: is a FIFO' push "$ctid" source /x --user root
	inside sh -c 'rm /etc/passwd; head -c 2000000 /dev/zero >/etc/passwd'
	ends 10 1 'users in a large file' '/etc/passwd: is larger than' push "$ctid" source /x --user root
	inside sh -c 'echo evil:x:4294967295:0::/: >/etc/passwd; echo far:x:3000000000:0::/:/bin/sh >>/etc/passwd'
	ends 10 1 'an id that is none' 'evil: there is no such user' push "$ctid" source /x --user evil
	[ "$kind" = privileged ] ||
		ends 10 1 'an id outside of the map' 'its owner has no id here' push "$ctid" source /x --user far
	inside mv /passwd /etc/passwd
}

for kind in unprivileged privileged; do
	[ $kind = privileged ] && options=(--unprivileged 0) || options=()
	new_ct busybox --rootfs local:1 "${options[@]}" >/dev/null 2>&1
	"$pct" start "$ctid"
	inside sh -c 'mkfifo /fifo; head -c 100000 /dev/urandom >/big'
	swapped
	without_end
	stopped_inside
	users
	destroy "$ctid"
	same "$kind: nothing is left" '' "$(leftovers "$ctid")"
done
finish
