#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# RUN/lock is everybody's, and who can open a file can lock it: no user of the host keeps pct waiting.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox >/dev/null 2>&1
as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
# set_to NAME: whether pct set works; in less time than it would wait for a lock.
set_to() { timeout 5 "$pct" set "$ctid" --hostname "$1"; }

# Whoever comes first has the name.
rm -rf "$PCT_RUN/lock" && mkdir -m 1777 "$PCT_RUN/lock"
check 'a user makes the folder of locks that was' as_user mkdir "$PCT_RUN/lock/lxc"
check 'set all the same' set_to web2
check 'start' "$pct" start "$ctid"

# A user locks all that he can open.
hold_all() {
	local file fd
	while read -r file; do
		{ exec {fd}<"$file"; } 2>/dev/null && flock -n "$fd" && echo "$file"
	done < <(find "$@" -type f 2>/dev/null)
	echo held
	exec sleep 120
}
export -f hold_all
"$pct" stop "$ctid"
as_user bash -c 'hold_all "$@"' - "$PCT_RUN" "$PCT_LIB" "$PCT_ETC" "$PCT_VZ" >"$work/held" &
holder=$!
within 10 grep -qx held "$work/held"
same 'a user can hold no lock' '' "$(grep 'lock$' "$work/held")"
check 'set while he does' set_to web3
check 'start while he does' timeout 15 "$pct" start "$ctid"
check 'stop while he does' timeout 15 "$pct" stop "$ctid"
pkill -P $holder # which the shell of the function has begun
kill $holder 2>/dev/null

# A lock of a former version can be opened by all.
find "$PCT_RUN/pct" -name '*.lock' -exec chmod 644 {} +
"$pct" start "$ctid"
set_to web4 >/dev/null
same 'an old one is closed' '' "$(find "$PCT_RUN/pct" -name '*.lock' -perm /077)"

# After a reboot of the host there is no folder; a change waits, and lxc-start has it settled.
check 'a change waits' bash -c '"$1" set "$2" --tty 3 && "$1" pending "$2" | grep -q "^new tty"' - "$pct" "$ctid"
lxc-stop -k -P "$PCT_LIB" -n "$ctid"
rm -rf "${PCT_RUN:?}"/*
check 'lxc-start makes the folder' lxc-start -P "$PCT_LIB" -n "$ctid"
same 'nothing waits any more' '' "$("$pct" pending "$ctid" | grep ^new)"
"$pct" stop "$ctid"

# One that is not ours is refused.
locks=$PCT_RUN/pct/lock
rm -rf "$locks" && mkdir "$locks" && chown 65534 "$locks"
refuses 1 "a user's folder" "its locks are not safe; remove it .rm -r $locks" "$pct" set "$ctid" --tty 1
rm -r "$locks" && mkdir "$work/elsewhere" && ln -s "$work/elsewhere" "$locks"
refuses 1 'a link' 'its locks are not safe' "$pct" set "$ctid" --tty 1
rm "$locks"

# lxc-start has nobody to tell but the record, for which there may be no folder, either.
config=$PCT_ETC/lxc/$ctid/config
"$pct" start "$ctid" && "$pct" set "$ctid" --tty 4 >/dev/null
lxc-stop -k -P "$PCT_LIB" -n "$ctid"
check 'another change waits' grep -q '^new tty' <("$pct" pending "$ctid")
rm -rf "${PCT_RUN:?}"/*
mkdir "$PCT_RUN/pct" && ln -s "$work/elsewhere" "$locks"
check 'lxc-start with a lock that cannot be taken fails' \
	eval '! lxc-start -P "$PCT_LIB" -n "$ctid" 2>/dev/null'
check 'pct status says why' eval \
	'"$pct" status "$ctid" | grep -q "^last start failed (pre-start): .*its locks are not safe"'
check 'the change still waits' grep -q '^new tty' <("$pct" pending "$ctid")
rm "$locks"
check 'then it starts' lxc-start -P "$PCT_LIB" -n "$ctid"
same 'and the change is made' 'lxc.tty = 4' "$(grep '^lxc.tty' "$config")"
"$pct" stop "$ctid"

# Locks of hooks are no less safe than those of pct.
chmod 777 "$PCT_RUN/pct"
check 'lxc-start in a folder that others can write to fails' \
	eval '! lxc-start -P "$PCT_LIB" -n "$ctid" 2>/dev/null'
check 'and pct status says why' eval '"$pct" status "$ctid" | grep -q "its locks are not safe"'
refuses 1 'a folder above that others can write to' "its locks are not safe; chown 0 $PCT_RUN/pct" \
	"$pct" set "$ctid" --tty 1
chmod 755 "$PCT_RUN/pct"
check 'and then it is well again' set_to web5
destroy "$ctid"
same 'nothing is left behind' '' "$(leftovers "$ctid" && files_of "$ctid")"
finish
