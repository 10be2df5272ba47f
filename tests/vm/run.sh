#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh [RELEASE...]: the tests that need a real Debian host (systemd as PID 1, cgroup v2 alone,
# AppArmor, VLANs), in an emulated machine with Debian 12, then in one with 13.  The machine gets a
# second disk with these tests and what was compiled for its release, runs inside.sh, and hands back
# the lines on its second serial port.  TESTS=PATTERN: instead of those in the file "list"; LIMIT=S: of
# all, where the machine is busy with other things.
. "$(dirname "$0")/../lib.sh"
limit=${LIMIT:-1200} # seconds for the machines together; images and templates are not in it
machine='' patience='systemd.show_status=0 systemd.default_timeout_start_sec=900'
trap '[ -z "$machine" ] || kill "$machine"; cleanup' EXIT

# compile RELEASE: the suite, by the compiler and for the libraries of the release.
# shellcheck disable=SC2016
compile() {
	mkdir -p "$build/vm/$1/build"
	unshare --mount bash -c 'mount --bind "$1" "$2/tree/test" &&
		mount --bind "$2/build" "$2/tree/mnt" && mount -t proc proc "$2/tree/proc" &&
		exec chroot "$2/tree" make --no-print-directory -C /test -j2 O=/mnt all' \
		- "$top" "$build/vm/$1"
}

# disk RELEASE: the second disk.  No source is on it: there is nothing to compile there.
disk() {
	local disk=$work/disk
	rm -rf "$disk" && mkdir -p "$disk/build/cache" &&
		cp -a "$top/tests" "$top/distro-templates" "$disk/" &&
		cp -a "$build/vm/$1/build/"{pct,hooks,distro-templates} "$disk/build/" &&
		cp -a "$cache/." "$disk/build/cache/" &&
		{ [ -z "${TESTS:-}" ] || echo "$TESTS" >"$disk/tests/vm/list"; } &&
		rm -f "$work/test.img" && truncate -s 2G "$work/test.img" &&
		mke2fs -q -t ext4 -d "$disk" "$work/test.img"
}

# take LINE: a line that the machine's tests wrote.
take() {
	case $1 in
	'ok '*) ok "Debian $release: ${1#ok }" ;;
	'not ok '*) not_ok "Debian $release: ${1#not ok }" </dev/null ;; # its comment lines follow
	[0-9]*' passed, '*) ended=1 && echo "# Debian $release: $1" ;;
	*) echo "$1" ;;
	esac
}

# run RELEASE: what the machine writes is lost with it (snapshot=on).
run() {
	local release=$1 folder=$build/vm/$1 left=$((limit - SECONDS + paused)) ended='' line
	rm -f "$work/results" && mkfifo "$work/results"
	TMPDIR=$work timeout -k 10 $left nice -n ${NICE:-5} qemu-system-x86_64 -M q35 -cpu max,la57=off \
		-accel tcg,thread=multi -smp 2 -m 2048 -display none -no-reboot -nic none \
		-kernel "$folder/kernel" -initrd "$folder/initrd" \
		-append "root=/dev/vda rw console=ttyS0 mitigations=off $patience" \
		-drive "file=$folder/root.img,if=virtio,format=raw,snapshot=on,cache=unsafe" \
		-drive "file=$work/test.img,if=virtio,format=raw,snapshot=on,cache=unsafe" \
		-device virtio-rng-pci -serial "file:$folder/console" -serial stdio \
		</dev/null >"$work/results" 2>"$work/qemu" &
	machine=$!
	while IFS=$'\r' read -r line; do take "$line"; done <"$work/results"
	wait $machine
	machine=''
	[ -n "$ended" ] || {
		cat "$work/qemu" && tail -n 30 "$folder/console" | tr -d '\r'
	} >"$work/why"
	[ -n "$ended" ] || not_ok "Debian $release: its tests came to their end" <"$work/why"
}

template busybox
[ $# -gt 0 ] || set -- 12 13
paused=$SECONDS
for release; do
	began=$SECONDS
	"$top/tests/vm/image.sh" "$release" || { not_ok "Debian $release: an image" && continue; }
	check "Debian $release: the suite compiles" compile "$release" || continue
	check "Debian $release: a disk with it" disk "$release" || continue
	paused=$((paused + SECONDS - began))
	began=$SECONDS
	run "$release"
	echo "# Debian $release: $((SECONDS - began)) s"
done
echo "$((tests - failures)) passed, $failures failed"
finish
