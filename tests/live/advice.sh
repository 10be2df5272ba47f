#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What pct says of a command that the state of the container does not allow: the true reason, and
# advice that leads to what was asked for.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox >/dev/null 2>&1

for command in stop shutdown; do
	refuses 1 "$command of a stopped one" "^pct: container $ctid: is not running\$" "$pct" $command "$ctid"
done
refuses 1 'reboot of a stopped one' \
	"^pct: container $ctid: is not running; start it with pct start $ctid\$" "$pct" reboot "$ctid"
refuses 1 'exec in a stopped one' \
	"^pct: container $ctid: is not running; start it with pct start $ctid\$" "$pct" exec "$ctid" true

check 'start' "$pct" start "$ctid"
refuses 1 'destroy of a running one' "is running; stop it first: pct stop $ctid" \
	"$pct" destroy "$ctid"
check 'protect it' "$pct" set "$ctid" --protection 1
for force in '' --force; do
	refuses 1 "destroy $force of a protected one that runs" \
		"^pct: container $ctid: is protected; to remove the protection: pct set $ctid --protection 0\$" \
		"$pct" destroy "$ctid" $force
done
check 'it still runs' runs "$ctid"
check 'the advice leads there' "$pct" set "$ctid" --protection 0
check 'and then it goes' "$pct" destroy "$ctid" --force
same 'nothing is left' '' "$(leftovers "$ctid" && files_of "$ctid")"
finish
