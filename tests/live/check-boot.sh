#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct distro check --boot: a template in a container that is thrown away.
. "$(dirname "$0")/../lib.sh"

rest() {
	local lock
	# Each container that the check made has a lock file, which stays.
	for lock in "$PCT_RUN"/pct/lock/9????????.lock; do
		leftovers "$(basename "$lock" .lock)"
	done
	find "$PCT_ETC" "$PCT_LIB" "$images" -mindepth 1 \( -name '9????????' -o -name '*-9????????-*' \)
}

template busybox
archive=$PCT_VZ/template/cache/$template
check 'a template comes up with its address' "$pct" distro check "$archive" --boot
same 'and says so' 'boot:         came up with its address' "$(tail -n 1 "$work/out")"
same 'nothing is left' '' "$(rest)"
"$pct" distro check "$archive" --boot --output-format json >"$work/json" 2>"$work/err"
same 'or as JSON' '0 [true,{"came-up":true,"failure":null}]' \
	"$? $(jq -c '[.configurable, .boot]' "$work/json")"
"$pct" distro check "$archive" --output-format json >"$work/json"
same 'which has no boot where none was' null "$(jq -c .boot "$work/json")"

# What can be configured, and whose init ends at once.
mkdir "$work/tree" && zstd -dcq "$archive" | tar -x -C "$work/tree"
rm "$work/tree/sbin/init" && printf '#!/bin/sh\nexit 0\n' >"$work/tree/sbin/init"
chmod 755 "$work/tree/sbin/init"
ln -s ../init.d/networking "$work/tree/etc/rcS.d/S01networking" 2>/dev/null || {
	mkdir -p "$work/tree/etc/rcS.d" "$work/tree/etc/init.d"
	printf '#!/bin/sh\n' >"$work/tree/etc/init.d/networking"
	ln -s ../init.d/networking "$work/tree/etc/rcS.d/S01networking"
}
tar -C "$work/tree" -cf "$work/bad.tar" .
"$pct" distro check "$work/bad.tar" --boot >"$work/out" 2>"$work/err"
same 'one whose init ends does not' 1 $?
if grep -q '^pct: boot: init: ended' "$work/err"; then ok 'and is told so'; else not_ok 'and is told so' <"$work/err"; fi
"$pct" distro check "$work/bad.tar" --boot --output-format json >"$work/json" 2>"$work/err"
same 'or as JSON' '1 [true,{"came-up":false,"failure":"init: ended soon after the start"}]' \
	"$? $(jq -c '[.configurable, .boot]' "$work/json")"
same 'nothing is left of it' '' "$(rest)"

printf '#!/bin/sh\nwhile :; do sleep 1; done\n' >"$work/tree/sbin/init"
tar -C "$work/tree" -cf "$work/bad.tar" .
some_monitor() { pgrep -f "lxc monitor. $PCT_LIB "; }
"$pct" distro check "$work/bad.tar" --boot >"$work/out" 2>"$work/err" &
pid=$!
check 'one that sets no address runs' within 30 some_monitor
kill -TERM $pid
wait $pid
same 'an interrupt ends it' 'pct: boot: interrupted' "$(cat "$work/err")"
same 'nothing is left after an interrupt' '' "$(rest)"

# An interrupt at any moment: while it creates, between the steps, and while it starts.
for after in 0.05 0.2 0.4 0.6 0.8 1 1.3; do
	"$pct" distro check "$archive" --boot >"$work/out" 2>"$work/err" &
	pid=$!
	sleep $after
	kill -TERM $pid
	sleep 0.1
	kill -TERM $pid 2>/dev/null
	wait $pid
	same "nothing is left after an interrupt after $after s" '' "$(rest)"
done
refuses 1 'a folder is not booted' 'is a folder; --boot takes a template' \
	"$pct" distro check "$work/tree" --boot
same 'nor checked then' '' "$(cat "$work/out")"
finish
