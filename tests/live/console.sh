#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct console: what is typed and said, the way out, and the terminal as it was.
. "$(dirname "$0")/../lib.sh"
new_ctid
template busybox
"$pct" create "$ctid" "$template" --hostname web1 >/dev/null 2>&1
check 'start' "$pct" start "$ctid" || finish

# typed OPTION...: at a terminal of 77 columns; standard input is what is typed.
typed() {
	timeout 30 script -qec "stty rows 33 cols 77; stty -a >$work/before; $pct console $ctid $*
		echo status \$?; stty -a | cmp - $work/before && echo as before" /dev/null 2>&1 | tr -d '\r'
}
# The getty asks for a name once it has a line to ask on.
{
	sleep 1 && printf '\n' && sleep 1 && stty -F "/proc/$(init_pid "$ctid")/root/dev/tty1" size >"$work/size"
	printf '\001q'
} | typed >"$work/said"
check 'it says how to leave' grep -q 'Type <Ctrl+a q> to exit' "$work/said"
check 'it is that of the container' grep -q 'web1 login:' "$work/said"
same 'the window has its size' '33 77' "$(cat "$work/size")"
check 'Ctrl-a q leaves it' grep -q 'status 0$' "$work/said"
check 'the terminal is as it was' grep -qx 'as before' "$work/said"
{ sleep 1 && printf '\001q\002q' && sleep 1; } | typed --escape '^b' >"$work/said"
check 'another way out' grep -q 'status 0$' "$work/said"

# In the getty's place: what arrives.
inside sh -c 'sed -i /tty1/d /etc/inittab && kill -HUP 1 && sleep 1 && killall getty'
inside sh -c 'stty -F /dev/tty1 raw -echo && head -c 5 /dev/tty1 >/got' &
{ sleep 1 && printf 'a\001\001b\001cd\001q'; } | typed >"$work/said"
same 'what is typed twice arrives once' 'a^Abcd' "$(cat -v "/proc/$(init_pid "$ctid")/root/got")"

(sleep 3 && "$pct" stop "$ctid") &
sleep 10 | typed >"$work/said"
wait $!
check 'it ends with the container' grep -q 'status 0$' "$work/said"
check 'and leaves the terminal as it was' grep -qx 'as before' "$work/said"
refuses 1 'not at a terminal' 'standard input: is not a terminal' bash -c '"$1" start "$2" && "$1" console "$2"' - "$pct" "$ctid"
finish
