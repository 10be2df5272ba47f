#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What stands in the way of an unprivileged container is named.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox >/dev/null 2>&1

mkdir -m 700 "$work/closed" && cp -R "$stage" "$work/closed/build"
refuses 1 'a start from a folder of mode 0700 names it' "$work/closed.*0700" \
	"$work/closed/build/pct" start "$ctid"
chmod 755 "$work/closed"
check 'the remedy helps' "$work/closed/build/pct" start "$ctid"
check 'stop' "$pct" stop "$ctid"

chmod 700 "$PCT_LIB"
refuses 1 'a closed folder above the rootfs is named' "$PCT_LIB.*0700" "$pct" start "$ctid"
chmod 755 "$PCT_LIB"

# Without a delegation newuidmap would refuse; the host's own files are not touched.
without_subuid() {
	# shellcheck disable=SC2016
	unshare -m bash -c 'for f in /etc/subuid /etc/subgid; do mount --bind /dev/null $f; done
		exec "$@"' bash "$@"
}
new_ctid
refuses 1 'create with an empty /etc/subuid names the line to add' 'root:100000:65536' \
	without_subuid "$pct" create "$ctid" "$template"
same 'and leaves nothing' '' "$(files_of "$ctid")"
check 'a privileged one needs none' \
	without_subuid "$pct" create "$ctid" "$template" --unprivileged 0
check 'and starts' without_subuid "$pct" start "$ctid"

same 'the folder of an image belongs to root alone' '700 0' "$(stat -c '%a %u' "$images/$ctid")"
check 'stop the privileged one' "$pct" stop "$ctid"
finish
