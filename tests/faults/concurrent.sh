#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# concurrent.sh: 32 processes create, set, start, stop, destroy and look at the same ten containers at
# random for T seconds (20), and until each of these has succeeded once.  SEED repeats the choices, if
# not their order in time.
#
# - Nothing hangs: each command ends within two minutes.
# - Each did what it said, or said that it did not: it ends with 0, or with 1 and one line of a kind
#   that the others' work can bring about.  The books balance: of each container creates less
#   destroys are 1 where it exists at the end, else 0; starts less stops are 1 where it runs.
# - No update is lost: each option of each container is set by one process alone, to ever new values,
#   while others set others in the same file.  After a set its own value is there (unless the
#   container, told by its host name, is another by then), and so is the last one at the end.
# - Each look at a config finds one that parses.
# - At the end stop and destroy work, and nothing is left of any container.
. "$(dirname "$0")/../lib.sh"
seconds=${T:-20} seed=${SEED:-$RANDOM} workers=32
echo "# $seconds s, SEED=$seed"
new_bridge
template busybox
for _ in $(seq 10); do new_ctid; done
options=(tags searchdomain description startup)

value_for() { # OPTION NUMBER
	case $1 in
	tags) echo "t$2" ;;
	searchdomain) echo "d$2.example" ;;
	description) echo "note $2" ;;
	startup) echo "order=$2" ;;
	esac
}
field() { sed -n "s/^$1: //p" <<<"$2"; }

# What the others' work can make of a command.
refusals='is held by another command|there is no container|exists already|already exists|is already running'
refusals+='|is not running|is running;|is locked \(create\)'

# try CTID COMMAND...: log it, and what it should not have said.
try() {
	local id=$1 status
	shift
	timeout -k 5 120 "$pct" "$@" >"$own/out" 2>"$own/err" </dev/null
	status=$?
	echo "$1 $id $status" >>"$own/events"
	case $status in
	0) cat "$own/err" ;;
	1)
		[ "$(wc -l <"$own/err")" -eq 1 ] && grep -Eq "$refusals" "$own/err" && return 1
		cat "$own/err"
		;;
	*) echo "exit $status" && cat "$own/err" ;;
	esac | sed "s|^|$*: |" >>"$own/bad"
	return $status
}

# Of the pairs of a container and an option this process has one or two to itself.
set_one() { # WORKER
	local pair=$1 id option value before after
	[ $((pair + workers)) -ge $((${#ctids[@]} * ${#options[@]})) ] || [ $((RANDOM % 2)) = 0 ] ||
		pair=$((pair + workers))
	id=${ctids[pair / ${#options[@]}]} option=${options[pair % ${#options[@]}]}
	value=$(value_for "$option" $((++number)))
	before=$(field hostname "$("$pct" config "$id" 2>/dev/null)")
	try "$id" set "$id" "--$option" "$value" || return
	after=$("$pct" config "$id" 2>/dev/null)
	echo "$id $option $before $(field hostname "$after") $value" >>"$own/sets"
	[ -z "$before" ] || [ "$before" != "$(field hostname "$after")" ] ||
		[ "$(field "$option" "$after")" = "$value" ] ||
		echo "lost at once: $id $option $value, now $(field "$option" "$after")" >>"$own/bad"
}

worker() {
	local me=$1 own=$work/worker$1 number=0 i id
	RANDOM=$((seed + me))
	until [ -e "$work/enough" ]; do
		i=$((RANDOM % ${#ctids[@]})) id=${ctids[i]}
		case $((RANDOM % 20)) in
		[0-2])
			try "$id" create "$id" "$template" --rootfs local:1 \
				--hostname "g$me-$((++number))" \
				--net0 "name=eth0,bridge=$bridge,ip=$net.$((i + 20))/24"
			;;
		3) try "$id" destroy "$id" ;;
		[4-6]) try "$id" start "$id" ;;
		[7-9]) try "$id" stop "$id" ;;
		10) try "$id" config "$id" ;;
		11) try all list ;;
		*) set_one "$me" ;;
		esac
	done
}

missing() {
	local command
	for command in create set start stop destroy config list; do
		cat "$work"/worker*/events | grep -q "^$command .* 0\$" || echo "$command"
	done
}

all_done() { [ -z "$(missing)" ]; }

# Certain: set on the container that is there now.  Else it may have been on the one before.
last_values() {
	local id option k now gen values
	for id in "${ctids[@]}"; do
		now=$("$pct" config "$id" 2>/dev/null) || continue
		gen=$(field hostname "$now")
		for k in "${!options[@]}"; do
			option=${options[k]}
			values=$(cat "$work"/worker*/sets | awk -v id="$id" -v option="$option" -v gen="$gen" '
				$1 != id || $2 != option { next }
				{ value = $0; sub(/^([^ ]* ){4}/, "", value) }
				$3 == gen && $4 == gen { n = 0; certain = 1 }
				$3 == gen || $4 == gen { all[n++] = value }
				END { for (i = 0; i < n; i++) print all[i]; if (!certain) print "" }')
			grep -qxF -- "$(field "$option" "$now")" <<<"$values" ||
				echo "lost: $id ($gen) $option is \"$(field "$option" "$now")\", not $values"
		done
	done
}

count() { cat "$work"/worker*/events | grep -c "^$1 $2 0\$"; }
books() {
	local id exists runs
	for id in "${ctids[@]}"; do
		exists=$([ -e "$PCT_ETC/lxc/$id/config" ] && echo 1 || echo 0)
		runs=$(runs "$id" && echo 1 || echo 0)
		[ $(($(count create "$id") - $(count destroy "$id"))) -eq "$exists" ] ||
			echo "$id: $(count create "$id") created, $(count destroy "$id") destroyed, now $exists"
		[ $(($(count start "$id") - $(count stop "$id"))) -eq "$runs" ] ||
			echo "$id: $(count start "$id") started, $(count stop "$id") stopped, now $runs"
	done
}
end_all() {
	local id
	for id in "${ctids[@]}"; do
		! runs "$id" || "$pct" stop "$id" || return
		[ ! -e "$PCT_ETC/lxc/$id/config" ] || "$pct" destroy "$id" || return
		files_of "$id"
	done
}

# Seen from here no "pct" of a worker is left behind: each waits for its own.
for me in $(seq 0 $((workers - 1))); do
	mkdir "$work/worker$me" && touch "$work/worker$me"/{events,bad,sets}
	worker "$me" &
done
sleep "$seconds"
within 600 all_done
touch "$work/enough"
wait
summary=$(for c in create set start stop destroy config list; do
	printf ' %s %s of %s,' "$c" "$(cat "$work"/worker*/events | grep -c "^$c .* 0\$")" \
		"$(cat "$work"/worker*/events | grep -c "^$c ")"
done)
echo "#$summary"
same 'each command did what it said, or said that it did not' '' "$(cat "$work"/worker*/bad)"
same 'no update was lost' '' "$(last_values)"
same 'what was created and started is there and runs, and nothing else' '' "$(books)"
same 'each kind of command has succeeded' '' "$(missing)"
same 'all can be stopped and destroyed' '' "$(end_all 2>&1)"
same 'and nothing is left' '' "$(leftovers "${ctids[@]}")"
finish
