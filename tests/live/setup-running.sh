#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct setup tells of a running container what the next start would change, and changes nothing.
. "$(dirname "$0")/../lib.sh"
new_bridge

for unprivileged in 1 0; do
	new_ct busybox --unprivileged $unprivileged >/dev/null 2>&1
	check 'start' "$pct" start "$ctid" || finish
	same 'a container just started needs no change' '' "$("$pct" setup "$ctid" --diff)"
	inside sh -c 'echo other >/etc/hostname'
	"$pct" setup "$ctid" --diff >"$work/diff"
	same '--diff of a running container' 0 $?
	same 'has the files that init sees' '-other +web1' "$(grep -xE -- '[-+](other|web1)' "$work/diff" | xargs)"
	check '--explain names the program that reads the files' "$pct" setup "$ctid" --explain
	cp "$work/out" "$work/told"
	check 'which is chosen' grep -q '^  ifupdown  *enabled, chosen' "$work/told"
	check 'and the file' grep -q 'would change  */etc/hostname (hostname)' "$work/told"
	same '--dry-run lists the same' 'would change /etc/hostname (hostname)' "$("$pct" setup "$ctid" --dry-run)"
	same 'JSON, too' 'ifupdown' "$("$pct" setup "$ctid" --diff --output-format json | jq -r .consumer)"
	same 'nothing has changed' other "$(inside cat /etc/hostname)"
	refuses 1 'a change is left to a start' \
		"container $ctid is running; each start runs setup: pct reboot $ctid; --diff shows its changes" \
		"$pct" setup "$ctid"
	refuses 1 'other phases are of a stopped one' "container $ctid is running" \
		"$pct" setup "$ctid" --phase clone --diff
	# What is pending takes effect at that start.
	printf 'pending.hostname = later\n' >>"$PCT_ETC/lxc/$ctid/config"
	same 'pending changes count' '+later' "$("$pct" setup "$ctid" --diff | grep -x '+later')"
	"$pct" stop "$ctid"
	same 'also when it is stopped' '+later' "$("$pct" setup "$ctid" --diff | grep -x '+later')"
done
finish
