#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct fsck: damage is found and repaired, and no volume is checked while something uses it.
. "$(dirname "$0")/../lib.sh"
# does WHAT COMMAND...: check, which keeps what the command said for says.
does() { check "$@" && cp "$work/out" "$work/said"; }
# says WHAT [-x] PATTERN: a line of it matches.
says() { check "$1" grep -Eq "${@:2}" "$work/said"; }
new_bridge
new_ct busybox --rootfs local:0.25 >/dev/null 2>&1
image=$(echo "$images/$ctid"/*.raw)
cp --sparse=always "$image" "$work/kept"

does 'of a sound one' "$pct" fsck "$ctid"
says 'what e2fsck says is shown' 'files .* blocks$'
says 'and what it means' -x 'rootfs: no errors'
same 'it stays as it was' '' "$("$pct" config "$ctid" | grep lock)"

# ---- damage ----
# A wrong count in the superblock is what -p repairs; -f finds it although it counts as clean.
debugfs -w -R 'ssv free_inodes_count 7' "$image" 2>/dev/null
does 'a small fault' "$pct" fsck "$ctid" --device rootfs
says 'is repaired' -x 'rootfs: the errors are repaired'
check 'e2fsck agrees' e2fsck -fn "$image"

damage() { debugfs -w -R 'clri /bin' "$image" 2>/dev/null; }
damage
refuses 1 'a fault that needs a decision' \
	"^pct: rootfs: errors are left; pct fsck $ctid --device rootfs --force repairs all" "$pct" fsck "$ctid"
cp "$work/out" "$work/said"
says 'what e2fsck says is shown, too' 'UNEXPECTED INCONSISTENCY'
does 'with --force' "$pct" fsck "$ctid" --force
says 'it is repaired' -x 'rootfs: the errors are repaired'
check 'e2fsck agrees again' e2fsck -fn "$image"
dd if=/dev/zero of="$image" bs=1M count=250 conv=notrunc status=none
refuses 1 'what is no file system' 'e2fsck failed \(status 8\): e2fsck: Bad magic number in super-block' "$pct" fsck "$ctid"
cp --sparse=always "$work/kept" "$image"

# A name inside is shown, not obeyed.
debugfs -w -f /dev/stdin "$image" >/dev/null 2>&1 <<END
mkdir "$(printf 'a\033[31mred')"
END
debugfs -w -R "clri $(printf 'a\033[31mred')" "$image" 2>/dev/null
does 'with such a name in it' "$pct" fsck "$ctid" --force
same 'no escape sequence of a name inside' 0 "$(grep -c "$(printf '\033')" "$work/said")"
says 'the name' 'red'
cp --sparse=always "$work/kept" "$image"

# ---- in use ----
check start "$pct" start "$ctid"
refuses 1 'while it runs' "container $ctid: is running; stop it first: pct shutdown" "$pct" fsck "$ctid"
check stop "$pct" stop "$ctid"
exec {held}<"$image" && flock -n $held
refuses 1 'locked by somebody else' 'is attached already' "$pct" fsck "$ctid"
exec {held}<&-
does 'and then' "$pct" fsck "$ctid"
# ---- what cannot be ----
refuses 1 'no such slot' 'mp3: container .* has no such volume; it has rootfs' "$pct" fsck "$ctid" --device mp3
rm "$image"
refuses 1 'a volume that is missing' 'there is no such volume' "$pct" fsck "$ctid"
new_ct busybox --rootfs local:0 >/dev/null 2>&1
refuses 1 'a folder' 'cannot check local:.*: it is a folder' "$pct" fsck "$ctid"
same 'nothing is left' '' "$(leftovers "${ctids[@]}")"
finish
