#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# conformance.sh KIND...: the same checks for every kind of storage (kinds.sh).
# conformance.sh --doc [FILE...]: from what runs printed, the table of doc/storages.md.
#
# What a storage claims ("can" of its status) decides which forms of volumes are checked, and each
# claim is tried.  Each operation prints "# result KIND FORM SECONDS RESULT OPERATION", besides its
# check; RESULT is done, refused or failed.
. "$(dirname "$0")/../lib.sh"
. "$top/tests/storage/kinds.sh"

# ---- results ----

# timed COMMAND...: its duration is in $seconds.
timed() {
	local began=${EPOCHREALTIME/./} status took
	"$@"
	status=$?
	took=$((${EPOCHREALTIME/./} - began))
	printf -v seconds '%d.%03d' $((took / 1000000)) $((took % 1000000 / 1000))
	return $status
}
result() { echo "# result $row $form $seconds $1 $2"; }
label() { echo "$row, $form: $1"; }
# op OPERATION COMMAND...: it must succeed.
op() {
	local before=$failures
	timed check "$(label "$1")" "${@:2}"
	[ $failures -eq "$before" ] && result 'done' "$1" || result failed "$1"
	[ $failures -eq "$before" ]
}
# refused OPERATION PATTERN COMMAND...: it must be refused with one line like this.
refused() {
	local before=$failures
	timed refuses 1 "$(label "$1")" "${@:2}"
	[ $failures -eq "$before" ] && result refused "$1" || result failed "$1"
}
# equal WHAT EXPECTED ACTUAL: no operation, but what one has done.
equal() { same "$(label "$1")" "$2" "$3"; }

# doc FILE...: one table with a column for each kind and form, and operations in the order of their run.
doc() {
	awk '
		$2 == "result" || $3 == "result" {
			sub(/^.*# result /, "")
			column = $1 ", " $2; seconds = $3; outcome = $4
			sub(/^[^ ]* [^ ]* [^ ]* [^ ]* /, "")
			if (!(column in seen)) { seen[column] = 1; columns[++n] = column }
			if (!($0 in known)) { known[$0] = 1; operations[++m] = $0 }
			cell[$0, column] = outcome == "done" ? seconds : outcome
		}
		END {
			line = "| operation |"; rule = "|---|"
			for (c = 1; c <= n; c++) { line = line " " columns[c] " |"; rule = rule "---|" }
			print line "\n" rule
			for (o = 1; o <= m; o++) {
				line = "| " operations[o] " |"
				for (c = 1; c <= n; c++) {
					value = cell[operations[o], columns[c]]
					line = line " " (value == "" ? "-" : value) " |"
				}
				print line
			}
		}' "$@"
}

# ---- what the checks look at ----

can() { [[ " $words " = *" $1 "* ]]; }
words_of() { "$pct" storage status "$1" --output-format json | jq -r '.[0].can | join(" ")'; }
volumes() { "$pct" storage content "$1" --vmid "$ctid" --output-format json 2>/dev/null | jq -r '.[].volid' | sort; }
volume_of() { "$pct" config "$ctid" | sed -n "s/^$1: \([^,]*\).*/\1/p"; }
# size_between LOW HIGH: whether the root volume has so many MiB, as pct df tells.
size_between() {
	"$pct" df "$ctid" --output-format json 2>/dev/null |
		jq -e ".[0].size_bytes / 1048576 | . > $1 and . <= $2" >/dev/null
}
# The mounts and loop devices of the storages are no leftovers.
attached() { grep -sF "$work/" /proc/self/mountinfo /sys/block/loop*/loop/backing_file | grep -vE "$work/(data|small)(\.img)?( |\$)"; }
# The storage's volumes of $ctid, and all else that it leaves on this host.
left() { volumes data && leftovers "$ctid" && files_of "$ctid"; }
may_grow_ext4() { grep -q '^CapEff:.*[13579bdf]......$' /proc/self/status; }
create() { "$pct" create "$ctid" "$template" --rootfs "$1" --hostname web1 --memory 64 --swap 0 "${@:2}"; }
# write PATH MIB: so much of random bytes, which no storage compresses.
write() { inside sh -c "dd if=/dev/urandom of=$1 bs=1M count=$2 && sync"; }
too_much() { ! write "$@"; }

# ---- checks ----

check_storage() {
	form=storage
	op 'add' "make_$row" data 3072 || return
	op 'status' "$pct" storage status data
	words=$(words_of data) expected=can_$row
	[ -z "${!expected:-}" ] || equal 'what it can' "${!expected}" "$words"
	equal 'it has room' true \
		"$("$pct" storage status data --output-format json | jq '.[0] | .available_bytes > 1e9 and .used_bytes < .size_bytes')"
	equal 'it can be written to, and hold volumes' yes "$(can write && { can images || can folders; } && echo yes)"
}

# check_volume SIZE: a volume without a container.
check_volume() {
	local id size=$1
	op 'alloc' eval "\"\$pct\" storage alloc data $ctid '' $size >\"$work/id\""
	id=$(cat "$work/id")
	equal 'content lists it' "$id" "$(volumes data)"
	op 'content' "$pct" storage content data
	op 'path' "$pct" storage path "$id"
	refused 'alloc of a name that is taken' 'exists already' "$pct" storage alloc data "$ctid" "${id#*:}" "$size"
	equal 'the first is still there' "$id" "$(volumes data)"
	op 'free' "$pct" storage free "$id"
	refused 'free of one that is gone' 'there is no such volume' "$pct" storage free "$id"
	equal 'nothing is left' '' "$(left)"
}

# The size holds: more does not fit, and what was there stays.
check_limit() {
	op 'df' size_between 200 256
	op 'write more than the size: does not fit' too_much /big 300
	inside rm /big
	if [ "$form" = image ] && ! may_grow_ext4; then
		refused 'resize while it runs' 'lacks CAP_SYS_RESOURCE' "$pct" resize "$ctid" rootfs 512M
	else
		op 'resize while it runs' "$pct" resize "$ctid" rootfs 512M
		check "$(label 'df has the new size')" size_between 400 512
		op 'write more than the old size' write /big 300
	fi
	"$pct" stop "$ctid"
	op 'resize' "$pct" resize "$ctid" rootfs 600M
	equal 'the config has the size' 600M "$("$pct" config "$ctid" | sed -n 's/^rootfs: .*size=\([^,]*\).*/\1/p')"
	refused 'resize to less' 'cannot shrink' "$pct" resize "$ctid" rootfs 300M
	[ "$form" != image ] || op 'fsck' "$pct" fsck "$ctid"
	op 'start after resize' "$pct" start "$ctid"
	check "$(label 'df has the size after both')" size_between 480 600
}

# While it runs, nobody removes a volume: not by its id, not without the config, not another storage.
check_in_use() {
	local id
	id=$(volume_of rootfs)
	refused 'destroy while it runs' 'is running' "$pct" destroy "$ctid"
	refused 'free while it runs' "of container $ctid" "$pct" storage free "$id"
	mv "$PCT_ETC/lxc/$ctid/config" "$work/config"
	refused 'free while it runs, without a config' 'is attached already|is in use' \
		"$pct" storage free "$id"
	mv "$work/config" "$PCT_ETC/lxc/$ctid/config"
	refused 'storage remove while it has volumes' "has volumes of the containers $ctid" \
		"$pct" storage remove data
	equal 'its files are there' kept "$(inside cat /kept)"
}

check_mount_points() {
	op 'new mount point while it runs' "$pct" set "$ctid" --mp0 "data:$1,mp=/live"
	op 'write to it' inside sh -c 'echo live >/live/file && [ "$(stat -c %u:%g /live)" = 0:0 ]'
	"$pct" stop "$ctid"
	op 'new mount point' "$pct" set "$ctid" --mp1 "data:$1,mp=/more"
	op 'start with mount points' "$pct" start "$ctid"
	equal 'both are there' '0:0 live' "$(inside sh -c 'echo more >/more/file && echo $(stat -c %u:%g /more) $(cat /live/file)')"
	op 'rescan' "$pct" rescan --vmid "$ctid"
	equal 'rescan has nothing to correct' '' "$("$pct" rescan --vmid "$ctid" --dryrun 2>/dev/null)"
	equal 'three volumes' 3 "$(volumes data | wc -l)"
	"$pct" stop "$ctid"
	op 'remove a mount point' "$pct" set "$ctid" --delete mp1 --purge
	equal 'two volumes' 2 "$(volumes data | wc -l)"
}

# check_container ROOTFS UNPRIVILEGED
check_container() {
	local kind=privileged
	[ "$2" = 0 ] || kind=unprivileged
	new_ctid
	op "create, $kind" create "data:$1" --unprivileged "$2" || return
	op "start, $kind" "$pct" start "$ctid" || return
	op "write and read, $kind" inside sh -c 'echo kept >/kept && sync && [ "$(stat -c %u:%g /kept /bin)" = "0:0
0:0" ]'
	if [ "$2" = 1 ]; then
		check_in_use
		[ "$form" = folder ] || check_limit
		check_mount_points "$1"
	fi
	"$pct" stop "$ctid" >/dev/null 2>&1
	op "start again, $kind" "$pct" start "$ctid"
	equal "the file is there, $kind" kept "$(inside cat /kept)"
	"$pct" stop "$ctid"
	op "destroy, $kind" "$pct" destroy "$ctid"
	equal "nothing is left, $kind" '' "$(left)"
}

check_two_at_once() {
	local first second first_pid
	new_ctid
	first=$ctid
	new_ctid
	second=$ctid
	two() {
		(ctid=$first create "data:$1") >"$work/first" 2>&1 &
		first_pid=$!
		(ctid=$second create "data:$1") && wait $first_pid
	}
	op 'two creates at once' two "$1" || sed 's/^/# /' "$work/first"
	for ctid in $first $second; do
		equal 'each has its volume' 1 "$(volumes data | wc -l)"
		check "$(label 'destroy of one')" "$pct" destroy "$ctid"
		equal 'nothing is left of it' '' "$(left)"
	done
}

# Killed at moments that a clock finds: what the config or the storage says of it is all there is.
check_killed() {
	local moment pid
	for moment in 0.02 0.1 0.2 0.4; do
		new_ctid
		create "data:$1" >"$work/out" 2>&1 &
		pid=$!
		sleep $moment
		kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
		within 10 no_worker
		if [ -e "$PCT_ETC/lxc/$ctid/config" ]; then
			op 'destroy of a create that was killed' "$pct" destroy "$ctid"
		fi
		equal "killed after $moment s: nothing is left" '' "$(left)"
		op 'create again after it' create "data:$1"
		"$pct" destroy "$ctid"
		equal "and nothing of that" '' "$(left)"
	done
}
no_worker() { ! pgrep -f "$stage/pct create $ctid " >/dev/null; }

check_no_room() {
	form=storage
	check "$(label 'a small storage')" "make_$row" small 320 && "fill_$row" small
	new_ctid
	refused 'create without room' 'small.*([Nn]o space|has [0-9]* MiB left)|[Nn]o space.*small' \
		create small:0.25
	equal 'nothing is left' '' "$(volumes small; left)"
	"empty_$row" small
	op 'create when there is room again' create small:0.25
	check "$(label 'destroy of it')" "$pct" destroy "$ctid"
	check "$(label 'remove of the small storage')" "$pct" storage remove small
	"end_$row" small
}

# Its file system is not mounted, its disk not there.
check_gone() {
	local what=what_$row
	declare -F "gone_$row" >/dev/null || return
	form=storage
	new_ctid
	create "data:0.25" >"$work/out" 2>&1
	"gone_$row" data
	refused 'status without its place' "${!what}" "$pct" storage status data
	refused 'start without its place' "${!what}" "$pct" start "$ctid"
	"back_$row" data
	op 'start when it is back' "$pct" start "$ctid"
	"$pct" stop "$ctid"
	check "$(label 'destroy of that')" "$pct" destroy "$ctid"
}

# check_form SIZE: volumes that STORAGE:SIZE makes.
check_form() {
	new_ctid
	check_volume "$([ "$1" = 0 ] && echo 0 || echo 64M)"
	check_container "$1" 1
	check_container "$1" 0
	check_two_at_once "$1"
	check_killed "$1"
}

conform() {
	row=$1
	check_storage || return
	if can folder-limits; then
		form=limited-folder
		check_form 0.25
	elif can images; then
		form=image
		check_form 0.25
	fi
	if can folders; then
		form=folder
		check_form 0
	fi
	check_gone
	form=storage
	op 'storage remove' "$pct" storage remove data
	"end_$row" data
	check_no_room
}

if [ "${1:-}" = --doc ]; then
	shift
	doc "$@"
	exit
fi
template busybox
for row; do conform "$row"; done
finish
