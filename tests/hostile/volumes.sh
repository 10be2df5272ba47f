#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Root of a container cannot keep the commands that look after its volumes waiting, make them show or
# touch another file system, or reach files of the host by them.
. "$(dirname "$0")/../lib.sh"
new_bridge
template busybox
mkdir "$work/tree"
tar -C "$work/tree" -xf "$cache/$template"
cat >"$work/freeze.c" <<'END'
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

int main(int n, char **argv)
{
	return ioctl(open("/", O_RDONLY), n > 1 ? FITHAW : FIFREEZE, 0) < 0;
}
END
check 'a program that freezes a file system' cc -static -w -o "$work/tree/bin/fs-freeze" "$work/freeze.c" || finish
tar -C "$work/tree" --zstd -cf "$PCT_VZ/template/cache/freezes.tar.zst" .
new_ctid
"$pct" create "$ctid" freezes.tar.zst --hostname web1 --unprivileged 0 --rootfs local:0.5 \
	--net0 "name=eth0,bridge=$bridge,ip=$net.20/24" >/dev/null 2>&1
image=$(echo "$images/$ctid"/*.raw)

# ends SECONDS WHAT COMMAND...: in time, with 0 or one line that says why not; nobody keeps the lock.
ends() {
	local seconds=$1 what=$2 began=$SECONDS status
	shift 2
	timeout -k 1 150 "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	if [ $((SECONDS - began)) -le "$seconds" ] && { [ $status -eq 0 ] ||
		{ [ $status -eq 1 ] && [ "$(wc -l <"$work/err")" -eq 1 ]; }; } &&
		flock -n "$PCT_RUN/pct/lock/$ctid.lock" true; then
		ok "$what (exit $status after $((SECONDS - began)) s)"
	else
		{ echo "exit $status after $((SECONDS - began)) s" && cat "$work/out" "$work/err"; } >"$work/why"
		not_ok "$what" <"$work/why"
	fi
}

check start "$pct" start "$ctid"
size=$("$pct" df "$ctid" --output-format json | jq '.[0].size_bytes')
if inside sh -c 'fs-freeze'; then
	ends 15 'df of a frozen file system' "$pct" df "$ctid"
	ends 15 'fstrim' timeout 12 "$pct" fstrim "$ctid"
	ends 75 'resize' "$pct" resize "$ctid" rootfs +64M
	ends 15 'fsck' "$pct" fsck "$ctid"
	ends 15 'mount' "$pct" mount "$ctid"
	ends 15 'unmount' "$pct" unmount "$ctid"
	ends 15 'rescan' "$pct" rescan --vmid "$ctid"
	inside fs-freeze thaw
else
	skip 'a frozen file system' 'FIFREEZE in a privileged container'
fi

# What it mounts over its folders is not what df and fstrim look at.
inside sh -c 'mount -t tmpfs -o size=1m none / 2>/dev/null; mount -t tmpfs -o size=1m none /mnt && cd /mnt'
same 'df shows the volume, not what is mounted over it' "$size" \
	"$("$pct" df "$ctid" --output-format json | jq '.[0].size_bytes')"
check stop "$pct" stop "$ctid"

# Its files do not lead out of the mount on the host, and do not run with its rights there.
check start "$pct" start "$ctid"
inside sh -c 'cp /bin/busybox /root/suid && chmod 4755 /root/suid && mknod /root/disk b 7 0 &&
	rm -rf /srv && ln -s /etc /srv && sync'
"$pct" stop "$ctid"
top=$("$pct" mount "$ctid")
same 'a device does not open' 'Permission denied' "$(head -c 1 "$top/root/disk" 2>&1 | grep -o 'Permission denied')"
same 'no setuid' 0 "$(findmnt -n -o OPTIONS "$top" | tr , '\n' | grep -cx suid)"
check 'a user of the host cannot run it' eval \
	'! setpriv --reuid 65534 --regid 65534 --clear-groups "$top/root/suid" true 2>/dev/null'
check unmount "$pct" unmount "$ctid"
same 'no errors' '' "$("$pct" fsck "$ctid" 2>&1 | grep -v ' files \|no errors')"
destroy "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid")"
finish
