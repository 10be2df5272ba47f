#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A process that enters a container can be had there by /proc/PID/exe: what is found must not be the
# host's file, and nobody may write to it.  Privileged, as others could not in any case.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox --unprivileged 0
"$pct" start "$ctid" || not_ok start </dev/null

# is_sealed PID: of a process that is to enter, or has.
is_sealed() {
	[ "$(readlink "/proc/$1/exe")" = '/memfd:pct (deleted)' ] && python3 -c '
import fcntl, sys
sys.exit(fcntl.fcntl(open(sys.argv[1], "rb"), fcntl.F_GET_SEALS) != fcntl.F_SEAL_SEAL |
    fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)' "/proc/$1/exe"
}
# while_runs WHAT COMMAND...
while_runs() {
	"$pct" "${@:2}" </dev/null >/dev/null 2>&1 &
	check "$1" within 5 is_sealed $!
	same "$1: it is still called so" pct "$(ps -o comm= -p $!)"
	kill $!
	wait $! 2>/dev/null
}
while_runs exec exec "$ctid" -- sleep 60
while_runs wait wait "$ctid" --ip6 --boot
same 'exec knows its hooks, and what it is given' 'a b' "$("$pct" exec "$ctid" -- echo 'a b')"
same 'and its input' text "$(echo text | "$pct" exec "$ctid" -- cat)"
"$pct" exec "$ctid" -- sh -c 'exit 3'
same 'and its exit status' 3 $?
same 'nobody is told of the copy' '' "$("$pct" exec "$ctid" -- env | grep PCT)"
destroy "$ctid"
finish
