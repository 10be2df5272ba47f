#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A signal that comes to pct alone ends a build by mmdebstrap, with all that it has started, and nothing
# is left.  The build is a real one, which a hook of its recipe keeps from going on.
. "$(dirname "$0")/../lib.sh"

mkdir -p "$work/new" "$work/tmp/${work##*/}" "$stage/distro-templates/long"
cat >"$stage/distro-templates/long/recipe" <<END
help = never done
method = mmdebstrap
suite = bookworm
option = --setup-hook=touch $work/reached; tail -f $work/reached
END

# build [OPTION...]: with a /tmp of its own, by env with these options: a shell has what runs in the
# background ignore an interrupt.  Its process is $job.
build() {
	rm -f "$work/reached"
	# shellcheck disable=SC2016
	unshare --mount sh -c 'mount --bind "$1" "$1/tmp/${1##*/}" && mount --rbind "$1/tmp" /tmp &&
		shift && exec env "$@"' sh "$work" "$@" \
		"$pct" distro build long --output "$work/new/long.tar.zst" >"$work/said" 2>&1 &
	job=$!
	within 60 test -e "$work/reached"
}
ends() { ! kill -0 "$job" 2>/dev/null; }
# What a build has in its arguments, mmdebstrap's own and its hook's.
processes() { pgrep -af "$work/(new|reached)"; }
none() { [ -z "$(processes)" ]; }
kill_all() { pgrep -f "$work/(new|reached)" | xargs -r kill -9; }
trap 'kill_all; cleanup' EXIT

gone() {
	check "$1: it ends" within 20 ends || kill_all
	wait "$job"
	same "$1: its status" 1 $?
	check "$1: it says why" grep -q 'interrupted; nothing was made' "$work/said"
	check "$1: no process is left" within 5 none || kill_all
	same "$1: no file is left" '' "$(find "$work/new" -mindepth 1)"
	same "$1: nor one of mmdebstrap's" '' "$(find "$work/tmp" -mindepth 1 -maxdepth 1 \
		-name 'mm*' -o -name 'pct-distro*')"
}
for signal in INT TERM HUP; do
	check "a build for SIG$signal" build --default-signal=INT
	kill -s $signal "$job"
	gone "SIG$signal"
done

check 'a build under nohup' build --ignore-signal=HUP
kill -s HUP "$job"
sleep 1
check 'goes on' kill -0 "$job"
check 'with all of it' eval 'processes | grep -q "^[0-9]* tail"'
kill "$job"
gone 'and ends'

# One by busybox is over in a second.
for seconds in 0.1 0.2 0.3 0.4 0.5; do
	timeout $seconds "$pct" distro build busybox --output "$work/new/busybox.tar.zst" >/dev/null 2>&1
done
same 'busybox: no half of a file is left' '' "$(find "$work/new" -name '*.zst.*')"
finish
