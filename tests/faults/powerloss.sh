#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# powerloss.sh [--full] [STEP...]: what a disk holds after a power loss, at every point of every command.
#
# The configs, the runtime configs and the volumes lie on an ext4 of a loop device, whose file is
# served by tests/faults/powerloss (FUSE), which notes each write and each flush.  Commands are run
# on it.  Then the power goes at each flush, and before each mark: the disk is made anew as it would
# be with nothing of what was not flushed by then, and with a half of it, in pieces.  It is mounted,
# so that the journal is replayed, and:
#   - the config is the old one or the new one, byte for byte, or, of a create, the reserved one or
#     none; after the command said "done", it is the new one; likewise the runtime config's,
#   - the volume that a config names is there and sound, with all its files, each the old or the new
#     one; after "done" each the new one,
#   - pct destroy, or pct create where there is nothing, works, and leaves nothing.
# ext4's own guess at what a program forgot to sync is off (noauto_da_alloc), and so is its commit
# every 5 s.  Without --full: a few points of each command.

# Mounts that others' namespaces could copy would stay in use for as long as they live.
[ -n "${ALONE:-}" ] || ALONE=1 exec unshare -m bash "$0" "$@"
! findmnt -n -t tmpfs -O rw,nonoexec /dev/shm >/dev/null || export TMPDIR=${TMPDIR:-/dev/shm}
. "$(dirname "$0")/../lib.sh"
powerloss=$build/faults/powerloss
full='' limit=120
[ "${1:-}" != --full ] || { full=1 && shift; }
[ -w /dev/fuse ] || { skip powerloss 'the kernel has no FUSE' && finish; }

server='' loop=''
# After lib.sh's: with what is mounted gone, the loop device's file has another name.
trap '{
	[ -z "$loop" ] || { umount -l "$live"; losetup -d "$loop"; }
	[ -z "$server" ] || { umount -l "$fuse"; kill "$server"; }
} 2>/dev/null; cleanup' EXIT
fuse=$work/fuse live=$work/live log=$work/log kept=$work/kept
export PCT_ETC=$live/etc PCT_LIB=$live/lib PCT_VZ=$live/vz
images=$PCT_VZ/images
mkdir "$fuse" "$live" "$kept" "$work/mnt"
new_ctid
etc=$PCT_ETC/lxc/$ctid lib=$PCT_LIB/$ctid

# ---- the commands, on a disk that is watched ----

plug_in() {
	truncate -s 1536M "$work/disk"
	mke2fs -q -F -t ext4 -N 8192 -J size=4 -E lazy_itable_init=0,lazy_journal_init=0 "$work/disk"
	mount -o loop "$work/disk" "$live"
	mkdir -p "$PCT_ETC" "$PCT_LIB" "$PCT_VZ/template/cache"
	template busybox
	umount "$live"
	cp --sparse=always "$work/disk" "$work/first"
	"$powerloss" serve "$work/disk" "$log" "$fuse" &
	server=$!
	within 10 test -e "$fuse/disk" && loop=$(losetup -f --show "$fuse/disk") &&
		mount -o noauto_da_alloc,commit=300,noatime "$loop" "$live"
}
pull_out() {
	within 10 umount "$live" && losetup -d "$loop" && loop='' && within 10 umount "$fuse" &&
		wait "$server" && server=''
}
mark() { printf %s "$*" >"$fuse/mark"; }

volume() { # the file or folder that the config names
	local volid
	volid=$(sed -n 's/^pve\.volid = local://p' "$etc/config")
	echo "$images/$volid"
}
tree() { # tree FOLDER: each file with its checksum, each link with where it leads
	(cd "$1" && find . -name '.pct-*' -prune -o -path ./lost+found -prune -o -type l -printf '%l %p\n' -o \
		-type f -exec md5sum {} + | sed 's/  */ /' | sort -k 2)
}
in_volume() { # in_volume OPTIONS: its tree; fails when it cannot be mounted
	local volume
	volume=$(volume)
	if [ -d "$volume" ]; then
		tree "$volume"
	else
		mount -o "loop,$1" "$volume" "$work/mnt" && tree "$work/mnt" && umount "$work/mnt"
	fi
}

# step NAME COMMAND...: what it makes goes to $kept.
steps=()
step() {
	local name=$1
	shift
	mark begin "$name"
	"$@" || return
	mark "done" "$name"
	mark after "$name"
	steps+=("$name")
	touch "$kept/$name.config" "$kept/$name.runtime" "$kept/$name.tree"
	[ ! -e "$etc/config" ] || cp "$etc/config" "$kept/$name.config"
	[ ! -e "$lib/config" ] || cp "$lib/config" "$kept/$name.runtime"
	[ ! -e "$etc/config" ] || runs "$ctid" || in_volume ro,noload >"$kept/$name.tree"
}
commands() {
	local create=("$pct" create "$ctid" "$template" --hostname web1)
	touch "$kept/none.config" "$kept/none.runtime" "$kept/none.tree"
	steps=(none)
	step create "${create[@]}" --rootfs local:1 &&
		step 'set' "$pct" set "$ctid" --hostname web2 --memory 64 &&
		step setup "$pct" setup "$ctid" &&
		step start "$pct" start "$ctid" &&
		step set-running "$pct" set "$ctid" --hostname web3 &&
		step stop "$pct" stop "$ctid" &&
		step destroy "$pct" destroy "$ctid" &&
		step create-subvol "${create[@]}" --rootfs local:0 &&
		step set-subvol "$pct" set "$ctid" --hostname web2 &&
		step destroy-subvol "$pct" destroy "$ctid"
}

# ---- the power goes ----

works() { # works COMMAND...
	timeout -k 5 $limit "$@" >"$work/next" 2>&1 </dev/null && return
	echo "exit $?: ${*/$work/}" && cat "$work/next"
}
is_one_of() { # is_one_of FILE KEPT...: an empty one is a file that is not there
	local file=$1 k
	shift
	for k in "$@"; do
		if [ -s "$k" ]; then cmp -s "$k" "$file" && return; else [ ! -e "$file" ] && return; fi
	done
	echo "$file is neither of ${*#"$kept/"}"
	cat "$file" 2>&1
	return 1
}
# The tree of a volume, on standard input, against what it was and what it was to be.
tree_is_between() {
	awk 'FILENAME != "-" {
			name = substr($0, index($0, " ") + 1)
			may[$0] = 1
			if (FILENAME != last) { files++; last = FILENAME }
			if (!seen[FILENAME, name]++) in_files[name]++
			next
		}
		!($0 in may) { print "in the volume: neither old nor new: " $0 }
		{ there[substr($0, index($0, " ") + 1)] = 1 }
		END {
			for (name in in_files)
				if (in_files[name] == files && !(name in there))
					print "lacks in the volume: " name
		}' "$@" -
}
volume_is_between() { # volume_is_between TREE...
	local volume
	volume=$(volume)
	[ -e "$volume" ] || { echo "$volume is missing" && return; }
	in_volume rw >"$work/tree" 2>"$work/why" || { cat "$work/why" && return; }
	[ -d "$volume" ] || works e2fsck -fn "$volume"
	[ $# -eq 0 ] || tree_is_between "$@" <"$work/tree"
}

state() { # state MARK: what must hold when it is the last one
	local phase=${1%% *} name=${1#* } before i trees=() k
	for i in "${!steps[@]}"; do
		[ "${steps[i]}" != "$name" ] || before=${steps[i - 1]}
	done
	[ "$phase" = begin ] || before=$name
	if [[ $name = create* && $phase = begin ]] && grep -qx 'pve.lock = create' "$etc/config" 2>/dev/null; then
		works "$pct" config "$ctid"
		return
	fi
	is_one_of "$etc/config" "$kept/$before.config" "$kept/$name.config" || return
	[ "$phase" = begin ] || is_one_of "$lib/config" "$kept/$name.runtime"
	[ -e "$etc/config" ] || return
	works "$pct" config "$ctid"
	[[ $name != destroy* ]] || return
	# No tree was kept of what ran; one that is being created has all as soon as it has its config.
	for k in "$before" "$name"; do [ ! -s "$kept/$k.tree" ] || trees+=("$kept/$k.tree"); done
	[[ $name != start && $name != stop ]] || trees=()
	volume_is_between "${trees[@]}"
}
usable() {
	[ -e "$etc/config" ] || works "$pct" create "$ctid" "$template" --rootfs local:1
	works "$pct" destroy "$ctid"
	files_of "$ctid"
}
lose() { # lose AT SEED MARK
	local wrong
	rm -f "$work/lost" # a loop device that is not gone yet would be taken for the new one's
	cp --sparse=always "$work/first" "$work/lost"
	"$powerloss" replay "$log" "$work/lost" "$1" "$2"
	rm -rf "${PCT_RUN:?}"/*
	wrong=$({
		mount -o loop "$work/lost" "$live" && state "$3" && usable
		within 10 umount "$live" || echo 'it stays in use'
	} 2>&1)
	[ -z "$wrong" ] || { echo "$3, record $1, seed $2:" && sed 's/^/  /' <<<"$wrong"; } >>"$work/bad"
}

# points COMMAND: "AT SEED MARK" lines, where something is not flushed, or a mark is the last one.
# Without --full the last point of each mark, with nothing kept, and two before, with a half.
points() {
	"$powerloss" points "$log" | awk -v name="$1" -v full="$full" '
		$4 != name { next }
		{ mark = $3 " " $4 }
		mark != last || $2 { at[++n] = $1; marks[n] = mark; last = mark }
		END {
			for (i = 1; i <= n; i++) {
				ends = marks[i] != marks[i + 1]
				if (full || ends)
					print at[i], 0, marks[i]
				if (full)
					print at[i], at[i] + 1000000, marks[i]
				if (full || int(i * 2 / n) != int((i - 1) * 2 / n))
					print at[i], at[i], marks[i]
			}
		}'
}
losses_in() {
	local name=$1 at seed point n=0 began=$SECONDS
	: >"$work/bad"
	while read -r at seed point <&3; do
		lose "$at" "$seed" "$point"
		n=$((n + 1))
	done 3< <(points "$name")
	if [ ! -s "$work/bad" ] && [ $n -gt 2 ]; then
		ok "$name: the power goes $n times, $((SECONDS - began)) s"
	else
		not_ok "$name: the power goes $n times, $((SECONDS - began)) s" <"$work/bad"
		[ -z "${KEEP:-}" ] || cp "$work/bad" "$KEEP.$name"
	fi
}

check 'the disk is plugged in' plug_in && check 'the commands run on it' commands &&
	check 'it is pulled out' pull_out
[ $failures -eq 0 ] || finish
[ $# -gt 0 ] || set -- "${steps[@]:1}"
for name; do losses_in "$name"; done
finish
