#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# conformance.sh [--doc FILE] [KIND...]: the same operations on each kind of storage (kinds.sh); all that this
# kernel has, or those given.  --doc: write the table of operations and seconds.
. "$(dirname "$0")/../lib.sh"
. "$top/tests/storage/kinds.sh"
new_bridge
template busybox
doc=''
[ "${1:-}" != --doc ] || { doc=$2 && shift 2; }
kinds=("$@")
[ $# -gt 0 ] || kinds=(dir_ext4 dir_xfs dir_btrfs)
declare -A cells
operations=()
trap 'end_kind; cleanup' EXIT

# op NAME COMMAND...: a check, and its seconds, or "fails", in the table.
op() {
	local name=$1 began=${EPOCHREALTIME/./} cell=fails
	shift
	[[ " ${operations[*]/%/;} " = *" $name; "* ]] || operations+=("$name")
	! check "$kind: $name" "$@" || cell=$(awk -v us=$((${EPOCHREALTIME/./} - began)) 'BEGIN { printf "%.1f s", us / 1e6 }')
	cells[$name|$kind]=$cell
}
# refused NAME PATTERN COMMAND...: the same for an operation that must not be done.
refused() {
	local name=$1 pattern=$2
	shift 2
	[[ " ${operations[*]/%/;} " = *" $name; "* ]] || operations+=("$name")
	cells[$name|$kind]=refused
	refuses 1 "$kind: $name" "$pattern" "$@" || cells[$name|$kind]=fails
}

content() { "$pct" storage content "$kind" --output-format json | jq -r '.[].volid'; }
can() { "$pct" storage status --output-format json 2>/dev/null | jq -r --arg s "$kind" '.[] | select(.storage == $s) | .can | join(" ")'; }
mib_inside() { inside df -Pm "$1" | awk 'NR == 2 { print $2 }'; }
larger() { [ "$(mib_inside "$1")" -gt "$2" ]; }
make_ct() { new_ct busybox --rootfs "$kind:0.1" --mp0 "$kind:0.1,mp=/data" --memory 64 "$@"; }
value() { "$pct" config "$ctid" | sed -n "s/^$1: //p"; }
volid() { value "$1" | cut -d , -f 1; }
end_kind() {
	[ -z "${kind:-}" ] || for id in "${ctids[@]}"; do destroy "$id"; done
	[ -z "${kind:-}" ] || "end_$kind" >/dev/null 2>&1
}
may_grow_live() { capsh --has-p=cap_sys_resource 2>/dev/null; }

# data_stays: what was written before the last stop is there.
data_stays() { [ "$(inside cat /data/kept)" = kept ]; }

# life UNPRIVILEGED: a container from create to destroy.
life() {
	local size
	op "create, unprivileged $1" make_ct --unprivileged "$1"
	op "start" "$pct" start "$ctid"
	op 'write' inside sh -c 'echo kept >/data/kept && sync'
	op 'a full volume is full inside alone' inside sh -c \
		'! dd if=/dev/zero of=/data/fill bs=1M count=300 2>/dev/null && rm /data/fill && echo x >/etc/x'
	refused 'destroy while it runs' running "$pct" destroy "$ctid"
	refused 'free of a volume in use' "$ctid" "$pct" storage free "$(volid mp0)"
	op 'a new volume while it runs' "$pct" set "$ctid" --mp1 "$kind:0.05,mp=/more"
	op 'its files' inside sh -c 'echo more >/more/file'
	op 'take it away' "$pct" set "$ctid" --delete mp1
	size=$(mib_inside /data)
	! may_grow_live ||
		{ op 'grow while it runs' "$pct" resize "$ctid" mp0 +40M && op 'and it is larger' larger /data "$((size + 20))"; }
	op 'stop' "$pct" stop "$ctid"
	size=$(value rootfs | sed 's/.*size=//; s/M.*//')
	op 'grow while it is stopped' "$pct" resize "$ctid" rootfs +64M
	op 'check' "$pct" fsck "$ctid"
	op 'start again' "$pct" start "$ctid"
	op 'the data is there' data_stays
	op 'and the root is larger' larger / "$size"
	op 'stop again' "$pct" stop "$ctid"
	op 'rescan' "$pct" rescan --vmid "$ctid"
}

# taken: a volume with the name that pct would choose.
taken() {
	local other=$ctid
	new_ctid
	"$pct" storage alloc "$kind" "$ctid" '' 64M >"$work/taken" || return
	"$pct" storage free "$(cat "$work/taken")" && ctid=$other
}
# killed: a create that was killed, and another one of the same number.
killed() {
	new_ctid
	(exec "$pct" create "$ctid" "$template" --rootfs "$kind:0.1") >/dev/null 2>&1 &
	sleep "0.$((RANDOM % 4 + 1))" && kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	"$pct" destroy "$ctid" --force >/dev/null 2>&1
	"$pct" create "$ctid" "$template" --rootfs "$kind:0.1" >/dev/null 2>&1
}
at_once() {
	local a b pid
	new_ctid && a=$ctid
	new_ctid && b=$ctid
	"$pct" create "$a" "$template" --rootfs "$kind:0.1" >/dev/null 2>&1 &
	pid=$!
	"$pct" create "$b" "$template" --rootfs "$kind:0.1" >/dev/null 2>&1 && wait $pid
}
destroy_all() {
	local id all=("${ctids[@]}")
	for id in "${all[@]}"; do
		[ ! -e "$PCT_ETC/lxc/$id/config" ] || "$pct" destroy "$id" || return
	done
}

for kind in "${kinds[@]}"; do
	fs=$work/$kind can=can_$kind hard=hard_$kind what=what_$kind
	check "$kind: make the storage" "make_$kind" || continue
	op 'status' "$pct" storage status "$kind"
	same "$kind: what it can" "${!can}" "$(can)"
	life 1
	life 0
	op 'alloc and free' taken
	[ "${!hard:-}" != yes ] ||
		refused 'no room' 'MiB' "$pct" create 999999998 "$template" --rootfs "$kind:20"
	op 'create after a killed one' killed
	op 'two at once' at_once
	"gone_$kind"
	refused 'status without its place' "${!what}" "$pct" storage status "$kind"
	refused 'start without its place' "$kind" "$pct" start "$ctid"
	"back_$kind"
	op 'start when it is back' "$pct" start "$ctid"
	"$pct" stop "$ctid" >/dev/null 2>&1
	op 'destroy' destroy_all
	same "$kind: nothing is left" '' "$(content)"
	"end_$kind" >/dev/null
	kind=''
done

# table: a row for each operation.
table() {
	local kind operation
	printf '| Operation |' && printf ' %s |' "${kinds[@]//_/ on }" && echo
	printf '|---|' && printf -- '---|%.0s' "${kinds[@]}" && echo
	for operation in "${operations[@]}"; do
		printf '| %s |' "$operation"
		for kind in "${kinds[@]}"; do printf ' %s |' "${cells[$operation|$kind]:--}"; done
		echo
	done
}
[ -z "$doc" ] || table >"$doc"
finish
