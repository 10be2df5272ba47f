#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Commands for several containers: each in the order given, and if one fails, the others still get it.
. "$(dirname "$0")/../lib.sh"
new_bridge
template busybox
cts=()
for name in a b c; do
	new_ctid
	cts+=("$ctid")
	"$pct" create "$ctid" "$template" --hostname "$name" >/dev/null 2>&1
done
a=${cts[0]} b=${cts[1]} c=${cts[2]}
running() { for id in "${cts[@]}"; do runs "$id" && echo "$id"; done; }
started() { awk '{ print $22 }' "/proc/$(init_pid "$1")/stat"; }

same 'status of several: a line each, in the order given' \
	"$(printf '%s: stopped\n' "$c" "$a")" "$("$pct" status "$c" "$a")"
same 'status of one is as ever' 'status: stopped' "$("$pct" status "$c")"
same 'status of several as JSON is an array' "[[$c,\"stopped\"],[$a,\"stopped\"]]" \
	"$("$pct" status "$c" "$a" --output-format json | jq -c '[.[] | [.vmid, .status]]')"
same 'status of one as JSON is an object' "$c" \
	"$("$pct" status "$c" --output-format json | jq -c .vmid)"
refuses 1 'status of a missing one says which' 'container 105: .*there is no container 105' \
	"$pct" status "$a" 105 "$b"
same 'and shows the others' "$(printf '%s: stopped\n' "$a" "$b")" "$(cat "$work/out")"
same 'as JSON, too' "[$a,$b]" \
	"$("$pct" status "$a" 105 "$b" --output-format json 2>/dev/null | jq -c '[.[].vmid]')"
same 'status --verbose names each' "$(printf 'container: %s\n' "$a" "$b")" \
	"$("$pct" status "$a" "$b" --verbose | grep ^container)"

refuses 2 'one given twice' "$a is given twice" "$pct" start "$a" "$b" "$a"
same 'starts none' '' "$(running)"
"$pct" set "$b" --net0 name=eth0,bridge=none0 >/dev/null 2>&1
refuses 1 'start of several, one of which fails' "^pct: container $b: .*none0" \
	"$pct" start "$c" "$b" "$a" --wait boot
same 'starts the others' "$(printf '%s\n' "$a" "$c")" "$(running)"
check 'in the order given' test "$(started "$c")" -lt "$(started "$a")"
pid_a=$(init_pid "$a") pid_c=$(init_pid "$c")
check 'reboot of several' "$pct" reboot "$a" "$c" --timeout 10
check 'each runs again' runs "$a" && check 'the other, too' runs "$c"
check 'each with another init' test "$pid_a" != "$(init_pid "$a")" -a "$pid_c" != "$(init_pid "$c")"
check 'wait for several' "$pct" wait "$a" "$c" --boot --timeout 30
refuses 1 'shutdown of several, one of which does not run' "container $b.*is not running" \
	"$pct" shutdown "$a" "$b" "$c" --timeout 20
same 'shuts down the others' '' "$(running)"
"$pct" set "$b" --delete net0 >/dev/null 2>&1
check 'start --all' "$pct" start --all
same 'starts each' "$(printf '%s\n' "${cts[@]}")" "$(running)"
check 'start --all again' "$pct" start --all
refuses 1 'stop of several, one of which is missing' 'no container 105' "$pct" stop 105 "$a"
same 'stops the other' "$(printf '%s\n' "$b" "$c")" "$(running)"
check 'stop --all' "$pct" stop --all
same 'stops each' '' "$(running)"
check 'stop --all of none' "$pct" stop --all
check 'start them' "$pct" start "$a" "$b"
since=$SECONDS
check 'shutdown --all with a timeout' "$pct" shutdown --all --timeout 20
check 'in this time' test $((SECONDS - since)) -lt 40
same 'shuts down each' '' "$(running)"

# An interrupt ends the one that is being started, and starts no other.
"$pct" start "$a" "$b" "$c" --wait dns --timeout 60 2>"$work/err" </dev/null &
within 20 runs "$a"
sleep 0.5
kill -TERM $!
wait $!
same 'an interrupted start' 1 $?
same 'starts no other' "$a" "$(running)"
same 'and says so for each' "$(printf '%s\n' "$a" "$b" "$c")" \
	"$(sed -n 's/^pct: container \([0-9]*\): .*\(was killed by signal 15\|interrupted before its turn\)$/\1/p' "$work/err")"
"$pct" stop --all >/dev/null 2>&1
check 'start one' "$pct" start "$b"
refuses 1 'destroy of several, one of which runs' "container $b.*running" "$pct" destroy "$a" "$b" "$c"
same 'removes the others' "$b" "$("$pct" list | awk 'NR > 1 { print $1 }')"
check 'destroy --force' "$pct" destroy --force "$b"
same 'nothing is left' '' "$(leftovers "${cts[@]}")"
for wrong in stop "stop --all $a" 'start --all --onboot' "shutdown $a --all" "status $a x" 'reboot' \
	'destroy --all' "exec $a"; do
	# shellcheck disable=SC2086
	refuses 2 "wrong use: $wrong" . "$pct" $wrong
done
finish
