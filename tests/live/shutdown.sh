#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A shutdown after the boot, and at once after a start, when init does not yet handle the signal and the
# kernel drops it.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox --unprivileged 1 >/dev/null 2>&1

# init_is SCRIPT: the container's init is a shell, whatever it executes later.
init_is() {
	check start "$pct" start "$ctid"
	"$pct" exec "$ctid" -- sh -c 'cat >/sbin/new && chmod 755 /sbin/new && mv /sbin/new /sbin/init' \
		<<<"#!/bin/sh
$1"
	"$pct" stop "$ctid"
	check 'start with another init' "$pct" start "$ctid"
}

check start "$pct" start "$ctid"
check 'the end of its boot' "$pct" wait "$ctid" --boot --timeout 30
check 'it shuts down' "$pct" shutdown "$ctid" --timeout 20

init_is 'sleep 3; exec /bin/busybox init'
check 'it shuts down once it can' "$pct" shutdown "$ctid" --timeout 60
same 'it is stopped' 'status: stopped, last stop: it was shut down by pct' "$("$pct" status "$ctid" | paste -sd, | sed 's/,/, /')"

# Without anything to do first, it is in sigtimedwait() before anybody sees what it blocks.
init_is 'echo "::respawn:/bin/busybox sleep 1000" >/etc/inittab; sleep 1; exec /bin/busybox init'
for n in 1 2 3; do
	check "it shuts down when it begins to wait ($n)" "$pct" shutdown "$ctid" --timeout 10
	"$pct" stop "$ctid" 2>/dev/null
	"$pct" start "$ctid"
done
"$pct" stop "$ctid"

init_is 'while :; do sleep 1; done'
refuses 1 'an init that never handles the signal' 'as its init does not handle the signal' \
	"$pct" shutdown "$ctid" --timeout 1
"$pct" stop "$ctid"
destroy "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid" && files_of "$ctid")"
finish
