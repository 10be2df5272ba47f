#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exec and enter: arguments, standard input, environment and exit status arrive as they are.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox >/dev/null 2>&1
check 'start' "$pct" start "$ctid"
inside() { "$pct" exec "$ctid" -- "$@"; }

# shellcheck disable=SC2016
odd=('a b' '' '$HOME' '"' "'" '*' 'a
b' '--help' '-x')
same 'exec passes arguments exactly' "$(printf '<%s>' "${odd[@]}")" \
	"$(inside printf '<%s>' "${odd[@]}" </dev/null)"
same 'exec without --' hello "$("$pct" exec "$ctid" echo hello </dev/null)"
for status in 0 1 2 77 255; do
	inside sh -c "exit $status" </dev/null
	same "exec passes status $status" $status $?
done
# shellcheck disable=SC2016
inside sh -c 'kill -9 $$' </dev/null
same 'exec passes a signal as 128 + signal' 137 $?
refuses 127 'exec of no command' 'frobnicate' "$pct" exec "$ctid" -- frobnicate
head -c 100000 /dev/urandom >"$work/in"
inside cat <"$work/in" >"$work/copy"
check 'exec passes standard input and output raw' cmp "$work/in" "$work/copy"
same 'exec has a clean environment' 0 "$(SECRET=1 inside env </dev/null | grep -c 'SECRET\|PCT_')"
# A folder of the host, open in the caller, would be a way out of the container.
exec 7</ 8<"$work"
# shellcheck disable=SC2016
held='ls -l /proc/$$/fd /proc/self/fd; ls /proc/self/fd/7/root /proc/self/fd/7/etc/hostname'
same 'exec hands on nothing that the caller has open' '' \
	"$(inside sh -c "$held" 2>&1 </dev/null | grep -w '[78] ->')"
same 'enter hands on nothing that the caller has open' '' \
	"$(printf '%s\nexit\n' "$held" | "$pct" enter "$ctid" 2>&1 | grep -w '[78] ->')"
exec 7<&- 8<&-
same 'enter is a login shell' "$(printf 'root\n/root')" \
	"$(printf 'id -un; pwd; exit\n' | "$pct" enter "$ctid" 2>/dev/null | tail -n 2)"
# script(1) gives it a terminal; typed slowly, as the shell asks the terminal where its cursor is.
type_slowly() { sleep 1 && printf "echo in'side'\nexit\n" && sleep 1; }
same 'enter works on a terminal' 1 \
	"$(type_slowly | script -qec "$pct enter $ctid" /dev/null | grep -c '^inside')"
# What runs inside could type into the caller's shell if it could open its terminal (TIOCSTI).
same 'the terminal of the caller is out of reach of exec' none \
	"$(script -qec "$pct exec $ctid -- sh -c '(: </dev/tty) && echo open || echo none' 2>&1 |
		tail -n 1" /dev/null | tr -d '\r')"
"$pct" exec "$ctid" -- sleep 777 </dev/null &
running() { inside ps </dev/null | grep -q '[s]leep 777'; }
within 5 running
kill -TERM $!
wait $!
same 'exec passes a signal on to the command' 143 $?
gone() { ! running; }
check 'which is gone then' within 5 gone
env --ignore-signal=CHLD "$pct" exec "$ctid" -- sh -c 'exit 7' </dev/null
same 'a caller that ignores SIGCHLD gets the status all the same' 7 $?
# On its way in, too: none is forgotten, whenever it comes.
late=''
for ms in 001 002 004 006 008 010 012 014 016 018 020 025 030 035 040; do
	rm -f "$PCT_RUN/pct/$ctid/enter"
	since=$EPOCHREALTIME
	timeout -s TERM "0.$ms" "$pct" exec "$ctid" -- sleep 2 </dev/null
	[ $((${EPOCHREALTIME/./} - ${since/./})) -lt 1900000 ] || late+=" $ms"
done
same 'a signal while the command is on its way in ends it' '' "$late"
# Both are given what is there, as it is not known who will read it; the later must not wait for more.
mkfifo "$work/shared"
exec 7<>"$work/shared"
"$pct" exec "$ctid" -- sh -c 'sleep 0.5; head -c 5' <&7 >"$work/first" &
"$pct" exec "$ctid" -- sh -c 'sleep 1; head -c 5' <&7 >"$work/second" &
second=$!
printf 12345 >&7
ended() { ! kill -0 $second 2>/dev/null; }
check 'of two with one standard input, none waits for what the other has read' within 5 ended
kill -9 $second 2>/dev/null
exec 7<&-
wait
# Who does not read the one does not hold up the other.
exec 7> >(sleep 3)
"$pct" exec "$ctid" -- sh -c 'cat /dev/zero & echo err >&2; sleep 2; kill $!' </dev/null 2>"$work/err" >&7
exec 7>&-
same 'standard error passes by an output that nobody reads' err "$(cat "$work/err")"
# shellcheck disable=SC2016
refuses 1 'exec without the limits of the container' 'cgroup hierarchy.*mount it there' \
	unshare -m sh -c 'mount -t tmpfs none /sys/fs/cgroup; exec "$@"' - "$pct" exec "$ctid" -- true
check 'stop' "$pct" stop "$ctid"
finish
