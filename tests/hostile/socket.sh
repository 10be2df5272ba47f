#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# An ordinary user of the host takes the name of a container's command socket, where liblxc would
# believe what it is told: which process is init, which namespaces to enter.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox
squatter=''
trap '[ -z "$squatter" ] || kill "$squatter"; cleanup' EXIT

# squat [QUEUE]: until it is killed; what it is asked goes to $work/asked.  With a queue of 0 it takes
# no call, and so the queue is soon full.
squat() {
	rm -f "$work/ready"
	install -m 666 /dev/null "$work/asked"
	python3 - "$PCT_LIB/$ctid/command" "${1:-50}" <<-'PY' >>"$work/asked" &
			import os, signal, socket, sys
			os.setgroups([])
			os.setresgid(65534, 65534, 65534)
			os.setresuid(65534, 65534, 65534)
			listener = socket.socket(socket.AF_UNIX)
			listener.bind("\0" + sys.argv[1])
			listener.listen(int(sys.argv[2]))
			print("listens", flush=True)
			while sys.argv[2] == "0":
			    signal.pause()
			while True:
			    asked = listener.accept()[0].recv(1000)
			    if asked:
			        print("was asked", flush=True)
		PY
	squatter=$!
	within 5 grep -q listens "$work/asked" || not_ok 'the name is taken' </dev/null
}
unsquat() { kill "$squatter" && wait "$squatter" 2>/dev/null; squatter=''; }
was_asked_nothing() { ! grep 'was asked' "$work/asked"; }

squat
same 'it does not run' 'status: stopped' "$("$pct" status "$ctid")"
check 'nor in the list' grep -q "^$ctid *stopped" <("$pct" list)
for command in 'exec -- true' enter console shutdown stop 'wait --ip4 --timeout 1'; do
	read -ra words <<<"$command"
	refuses 1 "$command" "container $ctid: is not running" \
		"$pct" "${words[0]}" "$ctid" "${words[@]:1}"
done
check 'set' "$pct" set "$ctid" --hostname web2
check 'shutdown of all' "$pct" shutdown --all
check 'it was asked nothing' was_asked_nothing
refuses 1 'a start names the user' "command: process [0-9]+ of user 65534 listens there.*kill" \
	"$pct" start "$ctid"
check 'nor then' was_asked_nothing
unsquat

squat 0
for call in 1 2 3; do
	same "it does not run, by call $call" 'status: stopped' "$("$pct" status "$ctid")"
done
refuses 1 'a start says that somebody has the name' 'command: a process listens there.*ss -xlp' \
	"$pct" start "$ctid"
unsquat
check 'start' "$pct" start "$ctid"
check 'it runs' grep -q running <("$pct" status "$ctid")

# The monitor is killed, and somebody waits for that.
init=$("$pct" status "$ctid" --verbose | sed -n 's/^pid: //p')
kill -9 "$(monitor_pid "$ctid")" "$init"
within 10 no_monitor "$ctid"
squat
refuses 1 'exec after the end of the monitor' 'is not running' "$pct" exec "$ctid" -- true
check 'it was asked nothing' was_asked_nothing
check 'destroy' "$pct" destroy "$ctid"
unsquat
same 'nothing is left' '' "$(leftovers "$ctid" && files_of "$ctid")"
finish
