#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The golden matrix: SKELETON/CASE is what setup says and writes into tests/skeletons' SKELETON for
# a case of tests/network-cases.json, and SKELETON/create what the phase create does without a
# network.  A case is a start after that; "A+B" is a start with A and then, shown, one with B.
# Each is run dry (nothing may change), for real, and once more (nothing is left to do).
#
# "run.sh --update SKELETON CASE..." writes the files anew, or adds them; read the diff.
# "run.sh SKELETON..." runs these alone.
. "$(dirname "$0")/../../lib.sh"
golden=$top/tests/golden/families trees=$work/trees
update=''
[ "${1:-}" != --update ] || { update=1 && shift; }
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1234567890

# setup NAME CASE [OPTION...]: on the tree NAME, as the user; all that it says.
setup() {
	local tree=$trees/$1 config=$work/$2.conf phase=start
	shift 2
	[ "$tree" != "$trees/create" ] || phase=create
	"${user[@]}" "$pct" setup --rootfs "$tree" --phase $phase --config "$config" \
		--host-resolv-conf "$top/tests/golden/setup/resolv.conf" --host-timezone Europe/Vienna \
		"$@" 2>&1
}

# case_of NAME: its last one, in $case, with a config.
case_of() {
	case=${1#*+}
	[ "$case" != create ] || case=none
	[ -e "$work/$case.conf" ] || "$top/tests/network-config" "$case" >"$work/$case.conf" ||
		not_ok "$skeleton/$1: no such case" </dev/null
}

# Older than whatever is written from now on.
age() { find "$1" -exec touch -h -d @0 {} +; }

# What was said, and each file that was written, in $shown.  The ledger holds but hashes of these.
show() {
	local kind mode path target verb text missing='' said=' '
	shown=$(<"$work/said/$1")
	while read -r verb path _; do
		case $verb in created | changed) said+="$path " ;; esac
	done <<<"$shown"
	while read -r kind mode path target; do
		if [ "$kind" = l ]; then
			shown+=$'\n'"== /$path -> $target"
		else
			IFS= read -r -d '' text <"$trees/$1/$path"
			shown+=$'\n'"== /$path $mode"$'\n'${text%$'\n'}
		fi
		case $said in *" /$path "*) ;; *) missing+="/$path " ;; esac
		said=${said/ \/$path / }
	done < <(cd "$trees/$1" && find . ! -type d -newermt 1971-01-01 \
		-printf '%y %m %P %l\n' | sort -k 3 | grep -v ' var/lib/pct/ledger $')
	said=${said/ \/var\/lib\/pct\/ledger / }
	while [ "${shown%$'\n'}" != "$shown" ]; do shown=${shown%$'\n'}; done
	same "$skeleton/$1: what is said is done, and nothing else" ' ' "$said$missing"
}

compare() {
	show "$1"
	[ -z "$update" ] || printf '%s\n' "$shown" >"$golden/$skeleton/$1"
	same "$skeleton/$1" "$(<"$golden/$skeleton/$1")" "$shown"
}

# run NAME...: their trees are there.  Step by step for all of them, so that few processes do.
run() {
	local name before
	rm -rf "$work/said" "$work/dry" && mkdir "$work/said" "$work/dry"
	before=$(fingerprint "$trees")
	for name; do case_of "$name" && setup "$name" "$case" --dry-run >"$work/dry/$name"; done
	same "$skeleton: a dry run changes nothing" "$before" "$(fingerprint "$trees")"
	for name; do case_of "$name" && setup "$name" "$case" >"$work/said/$name"; done
	before=$(fingerprint "$trees")
	for name; do case_of "$name" && setup "$name" "$case" >/dev/null; done
	same "$skeleton: again, and nothing changes" "$before" "$(fingerprint "$trees")"
	for name; do
		as_done "$(<"$work/dry/$name")"
		same "$skeleton/$name: a dry run says what a run does" "$as_done" \
			"$(<"$work/said/$name")"
		compare "$name"
	done
}

# run_skeleton [CASE...]
run_skeleton() {
	local name
	"$top/tests/skeletons/make.sh" "$skeleton" || { not_ok "$skeleton" </dev/null && return; }
	rm -rf "$trees" && mkdir "$trees" && cp -a "$build/skeletons/$skeleton" "$trees/create"
	age "$trees" && give_to_user "$trees"
	run create
	age "$trees/create" && mv "$trees/create" "$work/base"
	for name; do
		cp -a "$work/base" "$trees/$name"
		[ "${name%+*}" != "$name" ] || continue
		case_of "${name%+*}" && setup "$name" "$case" >/dev/null && age "$trees/$name"
	done
	run "$@"
	rm -rf "$work/base"
}

if [ $# -eq 0 ]; then
	# Its lines are short enough not to mix.
	(cd "$golden" && printf '%s\n' */) | xargs -n 3 -P "$(nproc)" "$0"
	exit
fi
skeletons=("$@") names=()
[ -z "$update" ] || { skeletons=("$1") && shift && names=("$@") && mkdir -p "$golden/${skeletons[0]}"; }
for skeleton in "${skeletons[@]%/}"; do
	[ -n "$update" ] || mapfile -t names < <(cd "$golden/$skeleton" && printf '%s\n' * | grep -vx create)
	run_skeleton "${names[@]}"
done
finish
