#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Mount points: volumes, folders of the host, at a start and while the container runs.
. "$(dirname "$0")/../lib.sh"
template busybox
share="$work/share"
mkdir -p "$share/sub"
chmod 0755 "$work" "$share"
echo host >"$share/file"
chown 1000:1000 "$share/file"
images="$PCT_VZ/images"

# mount_of PATH: its options in the running container.
options_of() { "$pct" exec "$ctid" -- sed -n "s|^[^ ]* $1 [^ ]* \([^ ]*\) .*|\1|p" /proc/mounts; }
inside() { "$pct" exec "$ctid" -- sh -c "$1" 2>&1; }
lines() { sed -n 's/^pve\.\(mp\|unused\)/\1/p' "$PCT_ETC/lxc/$ctid/config"; }

for unprivileged in ${KINDS:-1 0}; do
	new_ctid
	kind="unprivileged $unprivileged"
	check "$kind: create with mount points" "$pct" create "$ctid" "$template" --memory 64 --swap 0 \
		--unprivileged "$unprivileged" --mp0 local:0.05,mp=/srv/data,backup=1 \
		--mp1 "$share,mp=/srv,ro=1" --mp2 local:0,mp=/var/lib,mountoptions='noexec;noatime'
	same "$kind: the config names the volumes" "mp0 = local:$ctid/vm-$ctid-disk-0.raw,mp=/srv/data,backup=1,size=52M
mp1 = $share,mp=/srv,ro=1
mp2 = local:$ctid/subvol-$ctid-disk-0.subvol,mp=/var/lib,mountoptions=noexec;noatime" "$(lines)"
	refuses 1 "$kind: a mount point in a folder of the host, which lacks it" \
		"mp0: .*/srv/data.*" "$pct" start "$ctid"
	mkdir -p "$share/data"
	check "$kind: start" "$pct" start "$ctid"
	same "$kind: the parent is below" "$(printf 'data\nfile\nsub')" "$(inside 'ls /srv')"
	same "$kind: a folder of the host is read-only" 1 "$(options_of /srv | tr , '\n' | grep -cx ro)"
	same "$kind: options" 'noatime noexec rw' \
		"$(options_of /var/lib | tr , '\n' | grep -x 'noexec\|noatime\|rw' | sort | tr '\n' ' ' | sed 's/ $//')"
	check "$kind: root of the container writes to its volumes" "$pct" exec "$ctid" -- \
		sh -c 'echo kept >/srv/data/a && echo kept >/var/lib/b && [ "$(stat -c %u:%g /srv/data)" = 0:0 ]'
	refuses 1 "$kind: not to the folder of the host" 'Read-only' "$pct" exec "$ctid" -- touch /srv/x

	check "$kind: set of a new volume while it runs" "$pct" set "$ctid" --mp3 local:0.05,mp=/new/place
	grep -q 'in effect: mp3' "$work/out" || not_ok "$kind: and it says so" <"$work/out"
	same "$kind: it is there" '0:0 755' "$(inside 'touch /new/place/x && stat -c "%u:%g %a" /new/place')"
	check "$kind: set of a folder while it runs" "$pct" set "$ctid" --mp4 "$share,mp=/host"
	same "$kind: it is there" host "$(inside 'cat /host/file')"
	"$pct" exec "$ctid" -- ln -s / /link
	refuses 1 "$kind: a set whose last volume fails" 'mp6: /link: .*nothing was changed.*' \
		"$pct" set "$ctid" --mp5 local:0.05,mp=/half --mp6 local:0,mp=/link
	same "$kind: leaves none of them" '' "$(options_of /half; lines | grep 'mp5\|unused'
		find "$images/$ctid" -name '*disk-[2-9]*')"
	check "$kind: a mount in it" "$pct" exec "$ctid" -- mount -t tmpfs x /host/sub
	same "$kind: does not reach the host" '' "$(grep " $share/sub " /proc/self/mountinfo)"
	"$pct" exec "$ctid" -- umount /host/sub
	check "$kind: delete while it runs" "$pct" set "$ctid" --delete mp4
	same "$kind: it is gone" '' "$(options_of /host)"
	check "$kind: and comes again" "$pct" set "$ctid" --mp4 "$share,mp=/host"
	check "$kind: a volume" "$pct" set "$ctid" --mp5 local:0.05,mp=/gone
	check "$kind: is deleted while it runs" "$pct" set "$ctid" --delete mp5
	same "$kind: and kept" "unused0 = local:$ctid/vm-$ctid-disk-2.raw" "$(lines | grep unused)"
	check "$kind: is removed then" "$pct" set "$ctid" --delete unused0 --purge
	same "$kind: and it is gone" '' "$(lines | grep unused; find "$images/$ctid" -name '*disk-2*')"
	check "$kind: a volume for a short time" "$pct" set "$ctid" --mp5 local:0.05,mp=/gone
	check "$kind: is deleted and removed" "$pct" set "$ctid" --delete mp5 --purge
	same "$kind: at once" '' "$(lines | grep 'unused\|mp5'; find "$images/$ctid" -name '*disk-2*')"
	refuses 2 "$kind: a size that is none" 'local:1\.2\.3: a volume cannot have this size' \
		"$pct" set "$ctid" --mp5 local:1.2.3,mp=/gone
	refuses 1 "$kind: a folder of the host whose name looks like a size" "$share:8: there is no such folder" \
		"$pct" set "$ctid" --mp5 "$share:8,mp=/gone"
	chmod 0755 "$images/$ctid"
	refuses 1 "$kind: users of the host can enter the folder of its volumes" 'has mode 0755' \
		"$pct" set "$ctid" --mp5 local:0.05,mp=/gone
	chmod 0700 "$images/$ctid"
	check "$kind: reboot" "$pct" reboot "$ctid"
	same "$kind: the same after a start" "$(printf 'kept\nkept\nx\nhost')" \
		"$(inside 'cat /srv/data/a /var/lib/b; ls /new/place | grep x; cat /host/file')"
	# The kernel locks the mounts that an unprivileged container starts with.
	[ "$unprivileged" = 1 ] && want='pending until the next start: mp4' || want='in effect: mp4'
	same "$kind: delete of a mount of the start" "$want" "$("$pct" set "$ctid" --delete mp4 2>&1)"
	"$pct" exec "$ctid" -- sh -c 'cd /new/place && while :; do sleep 1; done' >/dev/null 2>&1 &
	sleep 1
	"$pct" set "$ctid" --delete mp3 >"$work/out" 2>&1
	same "$kind: a volume in use is pending" 'pending until the next start: mp3' "$(grep pending "$work/out")"
	check "$kind: stop" "$pct" stop "$ctid"
	wait
	check "$kind: start without it" "$pct" start "$ctid"
	same "$kind: the volume is kept" "unused0 = local:$ctid/vm-$ctid-disk-1.raw" "$(lines | grep unused)"
	check "$kind: stop" "$pct" stop "$ctid"
	refuses 2 "$kind: its volume is not lost by mistake" 'unused0: its volume would be lost; .*--purge' \
		"$pct" set "$ctid" --delete unused0
	check "$kind: purge" "$pct" set "$ctid" --delete unused0 --purge
	same "$kind: the volume is gone" '' "$(find "$images/$ctid" -name '*disk-1*')"
	same "$kind: nothing is attached" '' "$(losetup -a | grep "$images/$ctid")"
	truncate -s 16M "$work/disc"
	mke2fs -q -t ext4 "$work/disc" 2>/dev/null
	disc=$(losetup -r -f --show "$work/disc")
	check "$kind: set of a device that cannot be written to" "$pct" set "$ctid" --mp6 "$disc,mp=/disc,ro=1"
	check "$kind: start with it" "$pct" start "$ctid"
	same "$kind: it is there" lost+found "$(inside 'ls /disc')"
	check "$kind: stop" "$pct" stop "$ctid"
	losetup -d "$disc"
	check "$kind: destroy" "$pct" destroy "$ctid"
	same "$kind: no volume is left" 'no' "$(find "$images/$ctid" 2>/dev/null || echo no)"
	same "$kind: the folder of the host is" host "$(cat "$share/file")"
	rm -rf "$share/data"
done
finish
