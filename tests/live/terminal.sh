#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The caller's terminal, where exec has it as some of its descriptors: what runs inside has none of
# it, as who holds one can type into the caller's shell (TIOCSTI) and read what is typed for it.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox --unprivileged 0 >/dev/null 2>&1
check 'start' "$pct" start "$ctid"
inside() { "$pct" exec "$ctid" -- "$@" </dev/null; }

# on_terminal SCRIPT: run it by bash on a terminal, where standard input is typed.  The session's
# leader stays: the caller's shell, for which some of the input may be.  A test in the background
# has its interrupts ignored, which nothing in there could change.
export pct ctid
on_terminal() {
	printf '%s\n' "$1" >"$work/script"
	timeout 60 env --default-signal script -qec "bash $work/script" /dev/null | tr -d '\r'
}
# Each line after a while, so that it is there when somebody asks for it, and not before.
slowly() {
	local line
	for line in "$@"; do sleep 1.5 && printf '%b' "$line"; done
	sleep 1.5
}
# shellcheck disable=SC2016
terminals='for n in 0 1 2; do ! test -t $n || echo terminal $n >>/terminals; done'
for redirect in '>/dev/null' '2>/dev/null' '</dev/null' '</dev/null >/dev/null' '>/dev/null 2>&1'; do
	inside rm -f /terminals
	on_terminal "\$pct exec \$ctid -- sh -c '$terminals' $redirect" </dev/null >/dev/null
	same "exec $redirect: none of its descriptors is a terminal" '' "$(inside cat /terminals 2>/dev/null)"
done
inside rm -f /terminals
on_terminal "\$pct exec \$ctid -- sh -c '$terminals'" </dev/null >/dev/null
same 'exec with all of them: a terminal' 3 "$(inside grep -c . /terminals)"

same 'what is typed arrives' 'got some words' \
	"$(slowly 'some words\n' | on_terminal \
		"\$pct exec \$ctid -- sh -c 'read line; echo got \$line' >$work/got" >"$work/out"; cat "$work/got")"
slowly 'one\ntwo\n' '\004' | on_terminal "\$pct exec \$ctid -- cat >$work/got" >"$work/out"
same 'so does its end' 'one two' "$(paste -s -d ' ' "$work/got")"
same 'what goes to standard error arrives' said \
	"$(on_terminal "\$pct exec \$ctid -- sh -c 'echo said >&2' >/dev/null" </dev/null | grep -o said)"
same 'and to standard output' said \
	"$(on_terminal "\$pct exec \$ctid -- echo said </dev/null" </dev/null | grep -o said)"
# shellcheck disable=SC2016
both='i=0; while [ $i -lt 50 ]; do echo out $i; echo err $i >&2; i=$((i + 1)); done'
for ((i = 0; i < 50; i++)); do printf 'out %s\nerr %s\n' $i $i; done >"$work/want"
same 'both in their order' "$(cat "$work/want")" \
	"$(on_terminal "\$pct exec \$ctid -- sh -c '$both' </dev/null" </dev/null | grep -o '[a-z]* [0-9]*')"
same 'all of it' 300000 \
	"$(on_terminal "\$pct exec \$ctid -- sh -c 'head -c 300000 /dev/zero | tr \"\\0\" x' </dev/null" \
		</dev/null | tr -cd x | wc -c)"
same 'the exit status' 'status 7' \
	"$(on_terminal "\$pct exec \$ctid -- sh -c 'exit 7' >/dev/null; echo status \$?" </dev/null |
		grep -o 'status.*')"
same 'an interrupt' 'status 130' \
	"$(slowly '\003' | on_terminal \
		"trap : INT; \$pct exec \$ctid -- sleep 777 >/dev/null; echo status \$?" | grep -o 'status.*')"

same 'an interrupt is for all that the command runs' 'status 130' \
	"$(slowly '\003' | on_terminal \
		"trap : INT; \$pct exec \$ctid -- sh -c 'sleep 777; echo x' >/dev/null; echo status \$?" |
		grep -o 'status.*')"
same 'an interrupt of one that has closed its terminal' 'status 130' \
	"$(slowly '\003' | on_terminal "trap : INT
		\$pct exec \$ctid -- sh -c 'exec </dev/null >/dev/null 2>&1; exec sleep 777'; echo status \$?" |
		grep -o 'status.*')"

same 'what it said last, however late pct sees that' said \
	"$(on_terminal "set -m; \$pct exec \$ctid -- sh -c 'sleep 2; echo said' </dev/null &
		sleep 1; kill -STOP \$!; sleep 4; kill -CONT \$!; fg >/dev/null" </dev/null | grep -o '^said')"
same 'what is typed after it has closed its input is not for it' 'read for me' \
	"$(slowly '' '' '' 'for me\n' '' '' | on_terminal "\$pct exec \$ctid -- sh -c 'exec <&-; sleep 8' >/dev/null
		read -r -t 10 line; echo read \$line" | grep -o '^read.*')"

# In the container, with all rights of the host's root that it has.
cat >"$work/type.c" <<'END'
#include <sys/ioctl.h>

int main(void)
{
	for (int fd = 0; fd <= 2; fd++)
		for (const char *c = "planted\n"; *c; c++)
			ioctl(fd, TIOCSTI, c);
	return 0;
}
END
check 'a program that types' cc -static -o "$work/type" "$work/type.c" || finish
"$pct" exec "$ctid" -- sh -c 'cat >/type && chmod 755 /type' <"$work/type"
for redirect in '>/dev/null' '</dev/null' ''; do
	same "exec $redirect: cannot type into the caller's shell" 'read nothing' \
		"$(slowly | on_terminal "\$pct exec \$ctid -- /type $redirect
			read -r -t 1 line; echo read \${line:-nothing}" | grep -o '^read.*')"
done
# A background process of a shell without job control reads from /dev/null unless it is told to.
# shellcheck disable=SC2016
thief='while read -r line; do echo $line >>/stolen; done'
same 'what is typed later on is not for what exec left behind' 'read for me' \
	"$(slowly 'for me\n' | on_terminal "exec 3<&0
		\$pct exec \$ctid -- sh -c 'exec 3<&0; ($thief) <&3 >/dev/null 2>&1 &' >/dev/null
		read -r -t 10 line <&3; echo read \$line" | grep -o '^read.*')"
same 'which has none of it' '' "$(inside cat /stolen 2>/dev/null)"
began=$SECONDS
on_terminal "\$pct exec \$ctid -- sh -c 'sleep 777 &' >/dev/null" </dev/null >/dev/null
check 'exec ends with its command, whatever that left behind' test $((SECONDS - began)) -lt 20
began=$SECONDS
on_terminal "\$pct exec \$ctid -- sh -c 'yes & sleep 1' </dev/null
	\$pct exec \$ctid -- sh -c '(trap \"\" PIPE; while :; do echo y; done 2>/dev/null) & sleep 1' \
		</dev/null" </dev/null >/dev/null
check 'even if that goes on talking' test $((SECONDS - began)) -lt 20
inside sh -c 'kill -9 -1'

# Job control: only who is in the foreground reads the terminal.
same 'in the background it takes nothing from the terminal' "$(printf 'read mine\nstatus 0')" \
	"$(slowly 'mine\n' | on_terminal "set -m
		\$pct exec \$ctid -- sh -c 'sleep 3; exit 0' >/dev/null &
		read -r -t 10 line; echo read \$line
		wait \$!; echo status \$?" | grep -o '^read.*\|^status.*')"

# seconds_used SCRIPT: of the processor, by what it runs.
seconds_used() {
	on_terminal "TIMEFORMAT='used %U %S'; time { $1; } 2>/dev/null" | awk '/^used/ { print int($2 + $3) }'
}
for what in '>/dev/null' '</dev/null'; do
	same "exec $what: waits without using the processor" 0 \
		"$(slowly 'typed\n' 'typed\n' | seconds_used "\$pct exec \$ctid -- sleep 4 $what")"
	same "exec $what: also where the command has closed all" 0 \
		"$(slowly 'typed\n' 'typed\n' |
			seconds_used "\$pct exec \$ctid -- sh -c 'exec <&- >&- 2>&-; sleep 4' $what")"
done

# The terminal goes, and the hangup is ignored: the command gets to know by its output.
# shellcheck disable=SC2016
printf 'trap "" HUP\n$pct exec $ctid -- yes </dev/null\n' >"$work/script"
sleep 20 | script -qec "bash $work/script" /dev/null >/dev/null &
execs() { pgrep -f "^$pct exec $ctid -- yes"; }
talks() { inside ps | grep -q 'yes$'; }
check 'a command that talks' within 10 talks
kill -9 "$(pgrep -f "^script -qec bash $work/script")"
quiet() { ! talks && ! execs; }
check 'ends when the terminal is gone, and exec does' within 10 quiet
check 'stop' "$pct" stop "$ctid"
finish
