#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The program that starts a container can be had inside by /proc/PID/exe, as its first process is a
# copy of it: what is found must not be the host's file, and nobody may write to it.  Privileged, as
# others could not in any case.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox --unprivileged 0

# is_sealed PID
is_sealed() {
	[ "$(readlink "/proc/$1/exe")" = '/memfd:pct (deleted)' ] && python3 -c '
import fcntl, sys
sys.exit(fcntl.fcntl(open(sys.argv[1], "rb"), fcntl.F_GET_SEALS) != fcntl.F_SEAL_SEAL |
    fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)' "/proc/$1/exe"
}
monitor_is_sealed() { is_sealed "$(monitor_pid "$ctid")"; }

check 'start' "$pct" start "$ctid"
check 'its monitor is a sealed copy' monitor_is_sealed
check 'reboot' "$pct" reboot "$ctid" --timeout 5
check 'its monitor is a sealed copy' monitor_is_sealed
inside reboot -f
again() { runs "$ctid" && monitor_is_sealed; }
check 'after a reboot from inside, too' within 10 again
check 'stop' "$pct" stop "$ctid"
"$pct" set "$ctid" --onboot 1
check 'start --onboot' "$pct" start --onboot
check 'its monitor is a sealed copy' monitor_is_sealed
destroy "$ctid"
new_ct busybox --unprivileged 0 --start 1
check 'create --start: its monitor is a sealed copy' monitor_is_sealed
same 'what enters knows its hooks, and what it is given' 'a b' "$("$pct" exec "$ctid" -- echo 'a b')"
same 'nobody is told of the copy' '' "$("$pct" exec "$ctid" -- env | grep PCT)"
destroy "$ctid"
finish
