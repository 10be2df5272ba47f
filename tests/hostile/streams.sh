#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a command inside can do to the standard streams, and the keys, of who runs it; and that they
# work as those of any other command.  streams.sh [--full]; the attacker is grab.c.
. "$(dirname "$0")/../lib.sh"
megabytes=8
[ "${1:-}" != --full ] || megabytes=500
grab=$build/hostile/grab
new_bridge
streams() { python3 "$top/tests/hostile/streams.py" "$@"; }
grabbed() { cat "$grabs" 2>/dev/null; }
forget() { inside rm -f /grabbed; }
# In a way that leaves standard input alone.
run() { timeout 20 "$pct" exec "$ctid" -- "$@"; }

# ---- attacks ----

attack_files() {
	local n
	for n in 0 1 2; do
		forget
		printf 'the secret of the host\nmore\n' >"$work/log"
		# A caller's log, of which this run is to see nothing and to which it is to add.
		case $n in
		0) { read -r _ && run /grab read 0; } <"$work/log" ;;
		1) run /grab read 1 >>"$work/log" ;;
		2) run /grab read 2 2>>"$work/log" ;;
		esac
		same "$kind, descriptor $n, a file: what is not for the command is not read" '' \
			"$(grabbed | grep -i secret)"
	done
	for n in 1 2; do
		for attack in truncate write; do
			echo 'the first line' >"$work/log"
			chmod 666 "$work/log"
			eval "run /grab $attack $n $n>>\"$work/log\""
			same "$kind, descriptor $n, a file, $attack: what was in there stays" 'the first line' \
				"$(head -n 1 "$work/log")"
		done
	done
	printf '%s\n' one two three >"$work/list"
	chmod 666 "$work/list"
	same "$kind: the offset of a script stays" one \
		"$({ run /grab seek 0 8 && read -r line && echo "$line"; } <"$work/list")"
	same "$kind: also where the command writes to it" 'one two three' \
		"$({ run /grab write 0 0 && paste -s -d ' '; } <>"$work/list")"
}

# What of the caller's descriptor differs afterwards: nothing.
attack_state() {
	local attack before after
	for attack in flags mode lock; do
		echo 'a line' >"$work/log"
		chmod 600 "$work/log"
		exec 7>>"$work/log" 8> >(cat >/dev/null)
		before=$("$grab" show 7; "$grab" show 8)
		run /grab $attack 1 5 >&7 2>&8
		run /grab $attack 2 5 >&7 2>&8
		after=$("$grab" show 7; "$grab" show 8)
		exec 7>&- 8>&-
		same "$kind, $attack: of a file and a pipe, all is as it was" "$before" "$after"
	done
	echo 'a line' >"$work/log"
	run /grab lock 0 5 <"$work/log"
	check "$kind: the file can be locked" flock -n "$work/log" true
	same "$kind: the caller's socket works" "b'to' b'from'
as large" "$(streams shut "$pct" exec "$ctid" -- /grab shutdown 1)"
}

attack_pipes() {
	forget
	same "$kind: who reads the caller's pipe gets all that is in there" 'the secret of the host' \
		"$({ echo the secret of the host; run /grab read 1; } | { sleep 0.3; cat; })"
	same "$kind: the command does not" '' "$(grabbed)"
	forget
	same "$kind: what comes by a pipe is for the next command, too" 'the secret of the host' \
		"$(echo the secret of the host | { run /bin/true; run /bin/true; cat; })"
}

attack_keys() {
	forget
	streams keys "$pct" exec "$ctid" -- /grab keys 0 @ </dev/null >"$work/out" 2>&1
	if grep -q '^no keys' "$work/out"; then
		skip "$kind: the caller's keys" 'the kernel has no keyrings'
	else
		same "$kind: the caller's keys are out of reach" '' "$(grabbed | grep 'the key')"
	fi
	forget
	streams keys timeout 20 script -qec "$pct exec $ctid -- /grab keys 0 @" /dev/null </dev/null >"$work/out" 2>&1
	same "$kind: on a terminal, too" '' "$(grabbed | grep 'the key')"
}

# ---- use ----

use_lists() {
	local how command
	printf '%s\n' one two three four five six >"$work/list"
	# shellcheck disable=SC2016
	local takes='read x; echo took $x'
	loop() { while read -r line; do echo "line $line"; run "$@"; done; }
	for command in true "$takes"; do
		if [ "$command" = true ]; then
			printf 'line %s\n' one two three four five six >"$work/want"
		else
			printf '%s\n' 'line one' 'took two' 'line three' 'took four' 'line five' \
				'took six' >"$work/want"
		fi
		what="a loop over a list, whose command is \"$command\""
		same "$what: a file" "$(cat "$work/want")" "$(loop sh -c "$command" <"$work/list")"
		same "$what: a pipe" "$(cat "$work/want")" \
			"$(cat "$work/list" | loop sh -c "$command")"
		same "$what: a slow pipe" "$(cat "$work/want")" "$(
			while read -r word; do sleep 0.1; echo "$word"; done <"$work/list" |
				loop sh -c "$command"
		)"
		same "$what: a socket" "$(cat "$work/want")" \
			"$(streams sockets "$work/list" "$pct" exec "$ctid" -- sh -c "$command")"
	done
	seq 20000 >"$work/long"
	same 'a part of a long file' '20000 10001' "$({ run sh -c 'i=0; while [ $i -lt 10000 ]; do
		read x; i=$((i + 1)); done' && read -r next && echo "$(tail -n 1) $next"; } <"$work/long")"
	same 'a part of a long pipe' '20000 10001' "$(cat "$work/long" | { run sh -c 'i=0; while [ $i -lt 10000 ]; do
		read x; i=$((i + 1)); done' && read -r next && echo "$(tail -n 1) $next"; })"
}

# ends WHAT SECONDS COMMAND...: within these; what it says is in $work/said.
ends() {
	local what=$1 limit=$2 began=$SECONDS
	shift 2
	timeout 20 "$@" >"$work/said" 2>&1
	check "$what" test $((SECONDS - began)) -le "$limit"
}

use_ends() {
	export pct ctid
	# shellcheck disable=SC2016
	ends 'what stays behind does not hold a pipe' 5 bash -c \
		'$pct exec $ctid -- sh -c "sleep 30 & echo said" </dev/null 2>&1 | tail -n 1'
	same 'and what was said arrives' said "$(cat "$work/said")"
	# shellcheck disable=SC2016
	ends 'nor if it goes on talking' 10 bash -c \
		'$pct exec $ctid -- sh -c "(trap \"\" PIPE; while :; do echo y; sleep 0.01; done 2>/dev/null) &" </dev/null 2>&1 | tail -n 1'
	inside sh -c 'kill -9 -1'
	# shellcheck disable=SC2016
	ends 'a reader that ends' 5 bash -c \
		'$pct exec $ctid -- yes </dev/null | head -n 1; echo ${PIPESTATUS[0]}'
	same 'ends the command by SIGPIPE' 'y 141' "$(paste -s -d ' ' "$work/said")"
	ends 'standard output is closed' 5 bash -c "$pct exec $ctid -- echo hi </dev/null >&- 2>$work/err"
	same 'and what is said goes nowhere else' '' "$(grep -x hi "$work/err")"
	# shellcheck disable=SC2016
	ends 'all are closed' 5 bash -c '$pct exec $ctid -- sh -c "exit 3" <&- >&- 2>&-'
	ends 'standard input is closed' 5 bash -c "$pct exec $ctid -- cat <&-"
	same 'and empty' '' "$(grep -v 'Bad file descriptor' "$work/said")"
	for command in 'echo hi' 'cat /bin/busybox'; do
		# shellcheck disable=SC2086
		timeout 10 "$pct" exec "$ctid" -- $command </dev/null >/dev/full 2>"$work/err"
		status=$?
		check "$command >/dev/full: it is told that it was not written" \
			test $status -ne 0 -a $status -ne 124
	done
}

use_bytes() {
	local copy began=$SECONDS
	head -c ${megabytes}M /dev/urandom >"$work/bytes"
	sum=$(sha256sum <"$work/bytes")
	run() { timeout 600 "$pct" exec "$ctid" -- "$@"; }
	run cat <"$work/bytes" >"$work/copy"
	same "$megabytes MB through a command, files" "$sum" "$(sha256sum <"$work/copy")"
	rm -f "$work/copy"
	same "$megabytes MB through a command, pipes" "$sum" \
		"$(cat "$work/bytes" | run cat | sha256sum)"
	same "$megabytes MB in" "$sum" "$(run sha256sum <"$work/bytes")"
	echo "# $megabytes MB, five times: $((SECONDS - began)) s"
	rm -f "$work/bytes"
}

use_order() {
	local i how
	# shellcheck disable=SC2016
	local both='i=0; while [ $i -lt 200 ]; do echo out $i; echo err $i >&2; i=$((i + 1)); done'
	for ((i = 0; i < 200; i++)); do printf 'out %s\nerr %s\n' $i $i; done >"$work/want"
	same '1 and 2 in one pipe keep their order' "$(cat "$work/want")" \
		"$(run sh -c "$both" </dev/null 2>&1 | cat)"
	run sh -c "$both" </dev/null >"$work/log" 2>&1
	same 'and in one file' "$(cat "$work/want")" "$(cat "$work/log")"
	run sh -c "$both" </dev/null >>"$work/log2" 2>>"$work/log2"
	same 'and in one that is added to' "$(cat "$work/want")" "$(cat "$work/log2")"
	run sh -c "$both" </dev/null >"$work/log" 2>"$work/err"
	same 'and are two where they are two' "$(grep out "$work/want")
$(grep err "$work/want")" "$(cat "$work/log" "$work/err")"
}

gone() { ! inside ps | grep -q "[s]leep $1"; }
use_signals() {
	local signal number=700 status
	for signal in TERM INT HUP QUIT; do
		number=$((number + 1))
		timeout --preserve-status -k 10 -s $signal 1 env --default-signal \
			"$pct" exec "$ctid" -- sleep $number </dev/null >/dev/null 2>&1
		status=$?
		same "SIG$signal is the command's" $((128 + $(kill -l $signal))) $status
		check 'which is gone' within 5 gone $number
	done
	# shellcheck disable=SC2016
	timeout --preserve-status -k 10 -s TERM 1 \
		"$pct" exec "$ctid" -- sh -c 'trap "exit 7" TERM; while :; do sleep 0.1; done' </dev/null
	same 'and its to handle' 7 $?
	"$pct" exec "$ctid" -- sleep 777 </dev/null >/dev/null 2>&1 &
	within 5 eval '! gone 777'
	kill -9 $!
	wait $! 2>/dev/null
	check 'a command dies with the pct that is killed' within 5 gone 777
}

use_terminal() {
	# A "$" of what is typed is the shell's inside.
	# shellcheck disable=SC2016
	same 'the size of the terminal, from the first moment on' '24 80 24 80 24 80' "$(for i in 1 2 3; do
		streams terminal 24x80 -- bash -c '$pct exec $ctid -- stty size' | grep -x '[0-9]* [0-9]*'
	done | paste -s -d ' ')"
	same 'and that it changes' 'now 50 132' "$(streams terminal 24x80 'ready?' 50x132 -- \
		"$pct" exec "$ctid" -- sh -c 'trap "[ \"\$(stty size)\" = \"24 80\" ] || { echo now \$(stty size); exit; }" WINCH
			sleep 0.5; echo ready; while :; do sleep 0.1; done' | grep now)"
	same 'an interrupt' 'status 130' \
		"$(streams terminal 'ready?' '\3' -- "$pct" exec "$ctid" -- \
			sh -c 'echo ready; exec sleep 60' | tail -n 1)"
	same 'a background process, by job control' 'Running Terminated' \
		"$(streams terminal '# ?' 'sleep 100 & echo A$((1 + 1))\n' 'A2?' 'jobs\n' 'Running?' \
			'kill %1; sleep 0.2; echo A$((1 + 2))\n' 'A3?' 'jobs\n' 'Terminated?' 'exit\n' -- \
			"$pct" enter "$ctid" | grep -o '\(Running\|Terminated\|turned off\)  *sleep' |
			cut -d ' ' -f 1 | uniq | paste -s -d ' ')"
	same 'and back in the foreground, where it is interrupted' 'got 130' \
		"$(streams terminal '# ?' 'sleep 100 & echo A$((1 + 1))\n' 'A2?' 'fg\n' 'sleep 100?' @0.3 '\3' \
			@0.3 'echo got $?\n' 'got 130?' 'exit\n' -- "$pct" enter "$ctid" | grep -o '^got [0-9]*')"
	same 'much that is typed' 2000 \
		"$(streams terminal 'ready?' "$(printf 'a line of some length, that is typed\\n%.0s' $(seq 2000))" \
			'\4' -- "$pct" exec "$ctid" -- sh -c 'stty -echo; echo ready; wc -l' | grep -x '[0-9]*')"
	# shellcheck disable=SC2016
	same 'the terminal is as it was, also where pct was told to end' "$(printf 'same\n%.0s' 1 2)" \
		"$(for how in true 'sleep 60'; do
			streams terminal -- bash -c 'a=$(stty -a); timeout --foreground 1 $pct exec $ctid -- '"$how"'
				b=$(stty -a); [ "$a" = "$b" ] && echo same' | grep same
		done)"
}

new_ct busybox --unprivileged 1 >/dev/null 2>&1
new_ct busybox --unprivileged 0 >/dev/null 2>&1
for ctid in "${ctids[@]}"; do
	[ "$ctid" = "${ctids[0]}" ] && kind=unprivileged || kind=privileged
	check "$kind: start" "$pct" start "$ctid" || finish
	grabs=/proc/$(init_pid "$ctid")/root/grabbed
	"$pct" exec "$ctid" -- sh -c 'cat >/grab && chmod 755 /grab' <"$grab"
	attack_files
	attack_state
	attack_pipes
	attack_keys
done
export pct ctid
use_lists
use_ends
use_order
use_signals
use_terminal
use_bytes
for id in "${ctids[@]}"; do destroy "$id"; done
finish
